"""Writes a model card, `docs/reference/model-cards/MODEL.md`, from a model's report.

M. Mitchell et al., "Model Cards for Model Reporting", 2019. What a person wrote about the model
lies in `cards/MODEL.md`; every figure comes from the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from face_utils.model_spec import ModelSpec
from serving.training import plots
from serving.training.evaluation import primary_metric
from serving.training.history import Training
from serving.training.recipe import recipe_file
from serving.training.report_values import DETECTED, summary
from serving.training.robustness_curves import CURVES, FACES, levels_and_lines

PROSE = Path(__file__).parent / "cards"
PLOTS = "plots"
FRAMINGS = """\
`detected` crops are framed by the detector, as the service does it. Where it finds no face in a
picture of FER+, UTKFace or FairFace, the usual square of that data set stands in; the service would
say nothing. `whole` pictures are given to the model as the data set has them."""
DRAW = f"""\
Measured on at most {FACES} faces of each data set, drawn from those above: even where nothing is
worse, the figures differ from theirs by the luck of the draw."""

Report = dict[str, Any]


def write_card(
    folder: Path, spec: ModelSpec, report: Report, trainings: Sequence[Training]
) -> None:
    """Writes the card and its pictures.

    Args:
        folder: Where the card goes.
        spec: The model's table in the contract.
        report: What `evaluate.measure` returned.
        trainings: The model's own, after those that it started and learned from.
    """
    parts = [_about(spec, report), _footprint(report), _results(report)]
    for source, framings in report["data"].items():
        parts += _data_set(folder, spec, source, framings[DETECTED])
    parts += [_curves(folder, spec, report), _training(folder, spec, trainings)]
    (folder / f"{spec.name}.md").write_text(
        "\n\n".join(filter(None, parts)) + "\n", encoding="utf-8"
    )


def _about(spec: ModelSpec, report: Report) -> str:
    prose = PROSE / f"{spec.name}.md"
    text = prose.read_text(encoding="utf-8").strip() if prose.is_file() else f"# {spec.title}"
    return text + "\n\nThe figures below were written by `python -m serving.training.evaluate`."


def _footprint(report: Report) -> str:
    cost = report["cost"]
    return (
        f"**Cost.** {cost['weights']:,} weights, {cost['bytes'] / 1e6:.1f} MB as a SavedModel, "
        f"{cost['ms']:.2f} ms for one face on one core ({cost['machine']}, OpenVINO)."
    )


def _results(report: Report) -> str:
    rows = ["## Results", "", "| test data | faces | crop | figures |", "| --- | --- | --- | --- |"]
    for source, framings in report["data"].items():
        for framing, figures in framings.items():
            rows.append(f"| {source} | {figures['faces']} | {framing} | {summary(figures)} |")
    return "\n".join([*rows, "", FRAMINGS])


def _data_set(folder: Path, spec: ModelSpec, source: str, figures: Report) -> Iterator[str]:
    yield f"## On {source}"
    if "confusion" in figures:
        yield _confusion(folder, spec, source, figures)
    bands = {k: v for k, v in figures["groups"].items() if k.startswith("age ")}
    if "mean_error" in figures and bands:
        yield _picture(folder, f"{spec.name}-{source}-bands", "Error by age", plots.by_band, bands)
    if figures["groups"]:
        yield _groups(figures)


def _confusion(folder: Path, spec: ModelSpec, source: str, figures: Report) -> str:
    head = "| label \\ answer | " + " | ".join(spec.labels) + " | recall |"
    rows = [head, "| --- " * (len(spec.labels) + 2) + "|"]
    for label, counts in zip(spec.labels, figures["confusion"], strict=True):
        cells = " | ".join(map(str, counts))
        rows.append(f"| {label} | {cells} | {figures['recall'][label]:.0%} |")
    name = f"{spec.name}-{source}"
    shades = _picture(
        folder,
        f"{name}-confusion",
        "Confusion",
        plots.confusion,
        figures["confusion"],
        spec.labels,
    )
    bins = _picture(
        folder, f"{name}-reliability", "Reliability", plots.reliability, figures["reliability"]
    )
    return "\n".join([*rows, "", shades, bins])


def _groups(figures: Report) -> str:
    measured = {name for values in figures["groups"].values() for name in values} - {"faces"}
    names = [name for name in figures if name in measured]
    titles = " | ".join(name.replace("_", " ") for name in names)
    rows = [f"| group | faces | {titles} |", "| --- " * (len(names) + 2) + "|"]
    for group, values in figures["groups"].items():
        worst = group == figures.get("worst")
        cells = " | ".join(f"{values[name]:.3g}" if name in values else "" for name in names)
        rows.append(
            f"| {f'**{group}** (worst)' if worst else group} | {values['faces']} | {cells} |"
        )
    rows += [
        "",
        f"The worst group by {names[0].replace('_', ' ')} is {figures.get('worst', 'none')};",
    ]
    rows += ["babies and groups under 30 faces are shown, but not named worst."]
    return "\n".join(rows)


def _curves(folder: Path, spec: ModelSpec, report: Report) -> str:
    if not report.get("curves"):
        return ""
    name = primary_metric(next(iter(report["data"].values()))[DETECTED]).replace("_", " ")
    picture = _picture(
        folder, f"{spec.name}-curves", "Quality against", plots.curves, report["curves"], name
    )
    rows = [f"## When pictures get worse\n\n{DRAW}\n\n{picture}\n"]
    rows += [f"| property | data | {name} at each level |", "| --- | --- | --- |"]
    for property_name, curve in report["curves"].items():
        levels, lines = levels_and_lines(curve)
        for source, values in lines.items():
            pairs = ", ".join(
                f"{level:g}: {v:.3g}" for level, v in zip(levels, values, strict=True)
            )
            rows.append(f"| {CURVES[property_name].title} | {source} | {pairs} |")
    return "\n".join(rows)


def _training(folder: Path, spec: ModelSpec, trainings: Sequence[Training]) -> str:
    recipe = recipe_file(spec.name).name
    text = (
        f"## Training\n\n`python -m serving.training.train {spec.name}` makes it again from "
        f"`serving/training/recipes/{recipe}`. It took {_taken(trainings)}."
    )
    log = _log([training for training in trainings if training.size == spec.size])
    if not log:
        return text
    name = "mean error" if spec.kind == "regression" else "accuracy"
    title = f"{spec.name}-training"
    return f"{text}\n\n{_picture(folder, title, 'Training', plots.training, log, name)}"


def _taken(trainings: Sequence[Training]) -> str:
    sizes = dict.fromkeys(training.size for training in trainings)
    alike = {size: [each for each in trainings if each.size == size] for size in sizes}
    return ", then ".join(
        f"{sum(each.epochs for each in group)} epochs and "
        f"{sum(each.minutes for each in group):.0f} minutes on {size} pixels"
        for size, group in alike.items()
    )


def _log(trainings: Sequence[Training]) -> list[dict[str, Any]]:
    """The epochs of trainings that follow one another, counted through."""
    before = [sum(each.epochs for each in trainings[:n]) for n in range(len(trainings))]
    pairs = zip(before, trainings, strict=True)
    return [e | {"epoch": n + e["epoch"]} for n, training in pairs for e in training.log]


def _picture(folder: Path, name: str, title: str, draw: Any, *content: Any) -> str:
    draw(folder / PLOTS / f"{name}.png", *content)
    return f"![{title}]({PLOTS}/{name}.png)"
