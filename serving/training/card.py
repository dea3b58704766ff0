"""Model cards: writes `docs/reference/model-cards/MODEL.md` and its plots from a model's report.

M. Mitchell et al., "Model Cards for Model Reporting", 2019. `cards/MODEL.md` holds the text that a
person wrote about the model. Every number comes from the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from face_utils.model_spec import ModelSpec
from serving.training import plots
from serving.training.evaluation import primary_metric
from serving.training.groups import MIN_GROUP_SIZE
from serving.training.history import Training
from serving.training.recipe_files import recipe_file
from serving.training.report_values import DETECTED, summary
from serving.training.robustness_curves import CURVES, FACES, levels_and_lines

PROSE = Path(__file__).parent / "cards"
PLOTS = "plots"
CROPS = """\
`detected` crops are cut around the detected face, as in the service. If the detector finds no face
in an image of FER+, UTKFace or FairFace, the data set's usual square is used; the service would
report no face. `whole` crops are the whole images of the data set."""
SAMPLE = f"""\
Measured on a random sample of at most {FACES} test faces per data set. The values therefore differ
slightly from those above, even without degradation."""

Report = dict[str, Any]


def write_card(
    folder: Path, spec: ModelSpec, report: Report, trainings: Sequence[Training]
) -> None:
    """Writes the card and its plots.

    Args:
        folder: Folder for the card.
        spec: The model's table in the contract.
        report: Result of `evaluate.measure`.
        trainings: All training stages of the model, in order.
    """
    parts = [_about(spec, report.get("date", "")), _cost(report), _results(report)]
    for source, crops in report["data"].items():
        parts += _data_set(folder, spec, source, crops[DETECTED])
    parts += [_robustness(folder, spec, report), _training(folder, spec, trainings)]
    text = "\n\n".join(filter(None, parts)) + "\n"
    (folder / f"{spec.name}.md").write_text(text, encoding="utf-8")


def _about(spec: ModelSpec, date: str) -> str:
    prose = PROSE / f"{spec.name}.md"
    text = prose.read_text(encoding="utf-8").strip() if prose.is_file() else f"# {spec.title}"
    when = f" on {date}" if date else ""
    command = f"python -m serving.training.evaluate {spec.name}"
    return f"{text}\n\n`{command}` wrote the values below{when}."


def _cost(report: Report) -> str:
    cost = report["cost"]
    return (
        f"**Cost.** {cost['weights']:,} weights, {cost['bytes'] / 1e6:.1f} MB as a SavedModel, "
        f"{cost['ms']:.2f} ms for one face on one core ({cost['machine']}, OpenVINO)."
    )


def _results(report: Report) -> str:
    rows = ["## Results", "", "| test data | faces | crop | results |", "| --- | --- | --- | --- |"]
    for source, crops in report["data"].items():
        for name, metrics in crops.items():
            rows.append(f"| {source} | {metrics['faces']} | {name} | {summary(metrics)} |")
    return "\n".join([*rows, "", CROPS])


def _data_set(folder: Path, spec: ModelSpec, source: str, metrics: Report) -> Iterator[str]:
    yield f"## Results on {source}"
    name = f"{spec.name}-{source}"
    if "confusion" in metrics:
        yield _confusion(folder, spec, name, metrics)
    bands = {k: v for k, v in metrics["groups"].items() if k.startswith("age ")}
    if "mean_error" in metrics and bands:
        yield _plot(folder, f"{name}-bands", "Error by age", plots.by_band, bands)
    if metrics["groups"]:
        yield _groups(metrics)


def _confusion(folder: Path, spec: ModelSpec, name: str, metrics: Report) -> str:
    head = "| label \\ prediction | " + " | ".join(spec.labels) + " | recall |"
    rows = [head, "| --- " * (len(spec.labels) + 2) + "|"]
    for label, counts in zip(spec.labels, metrics["confusion"], strict=True):
        cells = " | ".join(map(str, counts))
        rows.append(f"| {label} | {cells} | {metrics['recall'][label]:.0%} |")
    confusion, bins = (metrics["confusion"], spec.labels), metrics["reliability"]
    shares = _plot(folder, f"{name}-confusion", "Confusion", plots.confusion, *confusion)
    reliability = _plot(folder, f"{name}-reliability", "Reliability", plots.reliability, bins)
    return "\n".join([*rows, "", shares, reliability])


def _groups(metrics: Report) -> str:
    measured = {name for values in metrics["groups"].values() for name in values} - {"faces"}
    names = [name for name in metrics if name in measured]
    titles = " | ".join(name.replace("_", " ") for name in names)
    rows = [f"| group | faces | {titles} |", "| --- " * (len(names) + 2) + "|"]
    for group, values in metrics["groups"].items():
        title = f"**{group}** (worst)" if group == metrics.get("worst") else group
        cells = " | ".join(f"{values[name]:.3g}" if name in values else "" for name in names)
        rows.append(f"| {title} | {values['faces']} | {cells} |")
    primary, worst = names[0].replace("_", " "), metrics.get("worst", "none")
    note = (
        f"Worst group by {primary}: {worst}. Babies and groups with fewer than "
        f"{MIN_GROUP_SIZE} faces are listed, but never named worst."
    )
    return "\n".join([*rows, "", note])


def _robustness(folder: Path, spec: ModelSpec, report: Report) -> str:
    if not report.get("curves"):
        return ""
    metric = primary_metric(next(iter(report["data"].values()))[DETECTED]).replace("_", " ")
    curves = report["curves"], metric
    plot = _plot(folder, f"{spec.name}-curves", "Robustness", plots.curves, *curves)
    rows = [f"## Robustness\n\n{SAMPLE}\n\n{plot}\n"]
    rows += [f"| property | data | {metric} at each level |", "| --- | --- | --- |"]
    for name, curve in report["curves"].items():
        levels, lines = levels_and_lines(curve)
        for source, values in lines.items():
            pairs = zip(levels, values, strict=True)
            cells = ", ".join(f"{level:g}: {value:.3g}" for level, value in pairs)
            rows.append(f"| {CURVES[name].title} | {source} | {cells} |")
    return "\n".join(rows)


def _training(folder: Path, spec: ModelSpec, trainings: Sequence[Training]) -> str:
    recipe = recipe_file(spec.name).name
    text = (
        f"## Training\n\n`python -m serving.training.train {spec.name}` trains the model with the "
        f"recipe `serving/training/recipes/{recipe}`. It took {_duration(trainings)}."
    )
    log = _log([training for training in trainings if training.size == spec.size])
    if not log:
        return text
    metric = "accuracy" if spec.kind == "classification" else "mean error"
    plot = _plot(folder, f"{spec.name}-training", "Training", plots.training, log, metric)
    return f"{text}\n\n{plot}"


def _duration(trainings: Sequence[Training]) -> str:
    sizes = dict.fromkeys(training.size for training in trainings)
    alike = {size: [each for each in trainings if each.size == size] for size in sizes}
    return ", then ".join(
        f"{sum(each.epochs for each in group)} epochs and "
        f"{sum(each.minutes for each in group):.0f} minutes on {size} pixels"
        for size, group in alike.items()
    )


def _log(trainings: Sequence[Training]) -> list[dict[str, Any]]:
    """Joins the logs of consecutive stages and numbers their epochs continuously."""
    before = [sum(each.epochs for each in trainings[:n]) for n in range(len(trainings))]
    pairs = zip(before, trainings, strict=True)
    return [e | {"epoch": n + e["epoch"]} for n, training in pairs for e in training.log]


def _plot(folder: Path, name: str, title: str, draw: Any, *content: Any) -> str:
    draw(folder / PLOTS / f"{name}.png", *content)
    return f"![{title}]({PLOTS}/{name}.png)"
