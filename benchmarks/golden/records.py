"""Recorded predictions: what the shipped models said about the golden faces at their release."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.golden.faces import FOLDER
from benchmarks.golden.predictions import Prediction

RECORDS = FOLDER / "predictions.json"
TOLERANCES = {"probabilities": 0.1}
"""Largest change of an output that another processor or image library may cause."""
DEFAULT_TOLERANCE = 3.0
"""The same for outputs in units, such as years."""
BOX_TOLERANCE = 0.03
"""The same for a box, as a share of its width."""

Records = dict[str, dict[str, Any]]


def to_records(predictions: Sequence[Prediction]) -> Records:
    """The predictions as plain numbers, by face and condition."""
    records: Records = {}
    for prediction in predictions:
        record: dict[str, Any] = {
            "box": _rounded(prediction.box, 1),
            "quality_reasons": [*prediction.quality_reasons],
        }
        for model, outputs in prediction.outputs.items():
            record[model] = {name: _rounded(value, 4) for name, value in outputs.items()}
        records.setdefault(prediction.face.name, {})[prediction.condition] = record
    return records


def write_records(predictions: Sequence[Prediction], path: Path = RECORDS) -> None:
    """Writes the predictions for later comparisons."""
    rows = json.dumps(to_records(predictions), indent=1)
    path.write_text(rows + "\n", encoding="utf-8")


def read_records(path: Path = RECORDS) -> Records:
    """Reads what `write_records` wrote."""
    records: Records = json.loads(path.read_text(encoding="utf-8"))
    return records


def changes(predictions: Sequence[Prediction], records: Records) -> list[str]:
    """Says where predictions differ from the records by more than the tolerances."""
    found = []
    for face, conditions in to_records(predictions).items():
        for condition, now in conditions.items():
            then = records.get(face, {}).get(condition)
            place = f"{face}, {condition}"
            if then is None:
                found.append(f"{place}: no record")
            else:
                found += [f"{place}: {change}" for change in _differences(now, then)]
    return found


def _differences(now: dict[str, Any], then: dict[str, Any]) -> list[str]:
    if now.keys() != then.keys():
        return [f"has {sorted(now)}, the record {sorted(then)}"]
    reasons, old_reasons = now["quality_reasons"], then["quality_reasons"]
    found = [] if reasons == old_reasons else [f"quality reasons {reasons}, were {old_reasons}"]
    if _distance(now["box"], then["box"]) > BOX_TOLERANCE * max(then["box"][2], 1):
        found.append(f"box {now['box']}, was {then['box']}")
    for model in now.keys() - {"box", "quality_reasons"}:
        for name, value in now[model].items():
            if _distance(value, then[model][name]) > TOLERANCES.get(name, DEFAULT_TOLERANCE):
                found.append(f"{model} {name} {value}, was {then[model][name]}")
    return found


def _distance(now: Any, then: Any) -> float:
    return float(np.abs(np.subtract(now, then)).max())


def _rounded(values: Any, digits: int) -> Any:
    return np.round(np.asarray(values, np.float64), digits).tolist()
