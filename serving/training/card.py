"""Writes a model card, `docs/models/MODEL.md`, from a model's report.

M. Mitchell et al., "Model Cards for Model Reporting", 2019. What a person wrote about the model
lies in `cards/MODEL.md`; every figure comes from the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from face_utils.model_spec import ModelSpec
from serving.training import pictures
from serving.training.curves import CURVES
from serving.training.figures import DETECTED, sentence
from serving.training.judgement import main_figure
from serving.training.recipe import recipe_file

PROSE = Path(__file__).parent / "cards"
PICTURES = "pictures"

Report = dict[str, Any]


def write_card(folder: Path, spec: ModelSpec, report: Report, log: list[dict[str, Any]]) -> None:
    """Writes the card and its pictures."""
    parts = [_about(spec, report), _footprint(report), _results(report)]
    for source, framings in report["data"].items():
        parts += _data_set(folder, spec, source, framings[DETECTED])
    parts += [_curves(folder, spec, report), _training(folder, spec, report, log)]
    (folder / f"{spec.name}.md").write_text(
        "\n\n".join(filter(None, parts)) + "\n", encoding="utf-8"
    )


def _about(spec: ModelSpec, report: Report) -> str:
    prose = PROSE / f"{spec.name}.md"
    text = prose.read_text(encoding="utf-8").strip() if prose.is_file() else f"# {spec.title}"
    return text + "\n\nThe figures below were written by `python -m serving.training.evaluate`."


def _footprint(report: Report) -> str:
    cost = report["footprint"]
    return (
        f"**Cost.** {cost['weights']:,} weights, {cost['bytes'] / 1e6:.1f} MB as a SavedModel, "
        f"{cost['ms']:.2f} ms for one face on one core ({cost['machine']}, OpenVINO)."
    )


def _results(report: Report) -> str:
    rows = ["## Results", "", "| test data | faces | crop | figures |", "| --- | --- | --- | --- |"]
    for source, framings in report["data"].items():
        for framing, figures in framings.items():
            rows.append(f"| {source} | {figures['faces']} | {framing} | {sentence(figures)} |")
    rows += ["", "`detected` crops are framed by the detector, as the service does it; `whole`"]
    rows += ["pictures are given to the model as the data set has them."]
    return "\n".join(rows)


def _data_set(folder: Path, spec: ModelSpec, source: str, figures: Report) -> Iterator[str]:
    yield f"## On {source}"
    if "confusion" in figures:
        yield _confusion(folder, spec, source, figures)
    bands = {k: v for k, v in figures["groups"].items() if k.startswith("age ")}
    if "mean_error" in figures and bands:
        yield _picture(
            folder, f"{spec.name}-{source}-bands", "Error by age", pictures.by_band, bands
        )
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
        pictures.confusion,
        figures["confusion"],
        spec.labels,
    )
    bins = _picture(
        folder, f"{name}-reliability", "Reliability", pictures.reliability, figures["reliability"]
    )
    return "\n".join([*rows, "", shades, bins])


def _groups(figures: Report) -> str:
    names = [name for name in next(iter(figures["groups"].values())) if name != "faces"]
    titles = " | ".join(name.replace("_", " ") for name in names)
    rows = [f"| group | faces | {titles} |", "| --- " * (len(names) + 2) + "|"]
    for group, values in figures["groups"].items():
        worst = group == figures.get("worst")
        cells = " | ".join(f"{values[name]:.3g}" for name in names)
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
    name = main_figure(next(iter(report["data"].values()))[DETECTED]).replace("_", " ")
    picture = _picture(
        folder, f"{spec.name}-curves", "Quality against", pictures.curves, report["curves"], name
    )
    rows = [
        f"## When pictures get worse\n\n{picture}\n",
        f"| property | data | {name} at each level |",
    ]
    rows += ["| --- | --- | --- |"]
    for property_name, lines in report["curves"].items():
        levels = CURVES[property_name].levels
        for source, values in lines.items():
            pairs = ", ".join(
                f"{level:g}: {v:.3g}" for level, v in zip(levels, values, strict=True)
            )
            rows.append(f"| {CURVES[property_name].title} | {source} | {pairs} |")
    return "\n".join(rows)


def _training(folder: Path, spec: ModelSpec, report: Report, log: list[dict[str, Any]]) -> str:
    if not log:
        return ""
    name = "mean error" if spec.kind == "measure" else "accuracy"
    picture = _picture(folder, f"{spec.name}-training", "Training", pictures.training, log, name)
    minutes = sum(entry["seconds"] for entry in log) / 60
    recipe = recipe_file(spec.name).name
    return (
        f"## Training\n\n`python -m serving.training.train {spec.name}` makes it again from "
        f"`serving/training/recipes/{recipe}`. It took {len(log)} epochs and {minutes:.0f} "
        f"minutes on one core of a machine that did other work beside it.\n\n{picture}"
    )


def _picture(folder: Path, name: str, title: str, draw: Any, *content: Any) -> str:
    draw(folder / PICTURES / f"{name}.png", *content)
    return f"![{title}]({PICTURES}/{name}.png)"
