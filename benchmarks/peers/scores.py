"""Scores: the metrics of training, computed from predictions in any system's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.file_protocol import OWN, WHOLE, Prediction
from serving.training import metrics
from serving.training.faces import Faces
from serving.training.groups import GENDERS, band_of, per_group, worst_group
from serving.training.readers.labels import VOTE_COLUMNS
from serving.training.targets import CLASSES, emotion_targets

EMOTIONS = VOTE_COLUMNS[: CLASSES["emotion"]]
"""The labels of FER+ in order. FER2013, and so every peer, lacks the last one, contempt."""

SYNONYMS = {
    "happy": "happiness",
    "surprised": "surprise",
    "sad": "sadness",
    "angry": "anger",
    "disgusted": "disgust",
    "fearful": "fear",
}
"""The peers' words for the same labels."""

Scores = dict[str, Any]
Values = NDArray[np.float64]


def emotion_label(word: str) -> int:
    """Returns the index of an emotion in `EMOTIONS`.

    Raises:
        ValueError: The emotion is unknown.
    """
    label = SYNONYMS.get(word, word)
    if label not in EMOTIONS:
        raise ValueError(f"Unknown emotion {word!r}. Add it to SYNONYMS.")
    return EMOTIONS.index(label)


def fill_missing(by_input: dict[str, list[Prediction]]) -> dict[str, list[Prediction]]:
    """Uses a peer's prediction for the whole image if its detector found no face."""
    if OWN not in by_input:
        return by_input
    pairs = zip(by_input[OWN], by_input[WHOLE], strict=True)
    return {**by_input, OWN: [own or whole for own, whole in pairs]}


def score_predictions(faces: Faces, predictions: Sequence[Prediction]) -> dict[str, Scores]:
    """Scores the tasks that the predictions contain: `emotion`, `age`, `gender`."""
    return {
        task: score(faces, [prediction[key] for prediction in predictions])
        for task, (key, score) in _SCORERS.items()
        if key in predictions[0]
    }


def _score_emotion(faces: Faces, words: list[str]) -> Scores:
    truth = emotion_targets(faces).truth
    predicted = np.array([emotion_label(word) for word in words])
    counts = metrics.confusion(predicted, truth, len(EMOTIONS))
    common = counts.copy()
    common[EMOTIONS.index("contempt")] = 0
    return {
        **_accuracy(predicted == truth),
        "macro_f1": metrics.macro_f1(counts),
        "common_accuracy": metrics.accuracy(common),
        "common_macro_f1": metrics.macro_f1(common),
        "confusion": counts.tolist(),
    }


def _score_gender(faces: Faces, words: list[str]) -> Scores:
    right = np.array(words) == np.array(GENDERS)[faces.gender]
    return {**_accuracy(right), **_worst(faces, right)}


def _score_age(faces: Faces, years: list[float]) -> Scores:
    """The error for exact ages; for age groups, how often the group is right."""
    predicted = np.array(years, np.float32)
    if (faces.ages[:, 0] == faces.ages[:, 1]).all():
        errors = np.abs(predicted - faces.ages[:, 0])
        return {"mean_error": float(errors.mean()), "plus_minus": _plus_minus(errors)}
    apart = np.abs(band_of(predicted) - band_of(faces.ages[:, 0].astype(np.int64)))
    return {**_accuracy(apart == 0), "within_one": float((apart <= 1).mean())}


def _accuracy(right: NDArray[np.bool_]) -> Scores:
    return {"accuracy": float(right.mean()), "plus_minus": _plus_minus(right.astype(float))}


def _plus_minus(values: Values) -> float:
    """Half the width of a 95 % confidence interval of the mean."""
    return float(1.96 * values.std() / np.sqrt(len(values)))


def _worst(faces: Faces, right: NDArray[np.bool_]) -> Scores:
    shares = per_group(faces, lambda rows: {"accuracy": float(right[rows].mean())})
    name = worst_group(shares, "accuracy", higher_is_better=True)
    return {"worst_group": name, "worst_accuracy": shares[name]["accuracy"] if name else None}


_SCORERS: dict[str, tuple[str, Callable[[Faces, list[Any]], Scores]]] = {
    "emotion": ("emotion", _score_emotion),
    "age": ("years", _score_age),
    "gender": ("gender", _score_gender),
}
"""By task: the key of the predictions, and the scoring function."""
