"""Checks Mien's accuracy on the golden images and prints every prediction.

python -m benchmarks.golden            print predictions and scores
python -m benchmarks.golden --record   also record them, after a new model or detector

Exits with 1 if a model misses a bar, or differs from the recorded predictions.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.golden.faces import FOLDER, load_faces
from benchmarks.golden.predictions import Prediction, error_of, label_of, predict_all, verdict
from benchmarks.golden.records import changes, read_records, write_records
from benchmarks.golden.scores import Score, score
from benchmarks.models import load_models
from face_utils.model_spec import ModelSpec
from serving.contract import CONTRACT, MODELS


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contract", type=Path, default=CONTRACT, help="models.toml (%(default)s)")
    parser.add_argument("--models", type=Path, default=MODELS, help="SavedModels (%(default)s)")
    parser.add_argument("--images", type=Path, default=FOLDER, help="golden images (%(default)s)")
    parser.add_argument("--record", action="store_true", help="record the predictions")
    options = parser.parse_args(arguments)

    models = load_models(options.contract, options.models)
    faces = load_faces(options.images)
    predictions = predict_all(faces, models)
    known = {name for face in faces for name in face.truth}
    specs = [model.spec for name, model in models.items() if name in known]
    scores = {spec.name: score(spec, predictions) for spec in specs}
    print("\n".join([*_table(specs, predictions), "", *_summary(scores)]))

    records = options.images / "predictions.json"
    if options.record:
        write_records(predictions, records)
    different = changes(predictions, read_records(records)) if records.is_file() else []
    for change in different:
        print(f"Changed since it was recorded: {change}")
    return int(bool(different) or not all(each.good_enough for each in scores.values()))


def _table(specs: Sequence[ModelSpec], predictions: Sequence[Prediction]) -> Iterator[str]:
    """Markdown: a row for each face and condition."""
    names = [spec.name for spec in specs]
    yield "| " + " | ".join(["face", "condition", "overlap", "quality", *names]) + " |"
    yield "| " + " | ".join(["---"] * (4 + len(names))) + " |"
    for prediction in predictions:
        quality = ", ".join(prediction.quality_reasons) or (
            "good" if prediction.overlap else "not found"
        )
        first = [prediction.face.name, prediction.condition, f"{prediction.overlap:.2f}", quality]
        cells = [_cell(spec, prediction) for spec in specs]
        yield "| " + " | ".join([*first, *cells]) + " |"


def _cell(spec: ModelSpec, prediction: Prediction) -> str:
    """One model's prediction, and how it compares with the truth."""
    outputs, truth = prediction.outputs.get(spec.name), prediction.face.truth.get(spec.name)
    if outputs is None or truth is None:
        return ""
    if spec.kind == "classification":
        label, probability = label_of(spec, outputs)
        return f"{label} {probability:.2f}, {verdict(spec, outputs, truth)}"
    return f"{float(outputs[spec.unit]):.0f}, off by {error_of(spec, outputs, truth):.0f}"


def _summary(scores: dict[str, Score]) -> Iterator[str]:
    for name, each in scores.items():
        if each.errors:
            mean = sum(each.errors) / each.known
            figures = f"off by {mean:.1f} on average, {max(each.errors):.1f} at most"
        else:
            counts = each.verdicts
            figures = ", ".join(f"{counts[kind]} {kind}" for kind in ("right", "unsure", "wrong"))
        result = "reaches its bar" if each.good_enough else "misses its bar"
        yield f"{name}: {each.known} predictions, {figures}: {result}"


if __name__ == "__main__":
    sys.exit(main())
