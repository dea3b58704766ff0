"""How good answers are: the figures that training uses, from answers in anyone's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.file_protocol import OWN, WHOLE, Answer
from serving.training import metrics
from serving.training.faces import Faces
from serving.training.groups import GENDERS, band_of, per_group, worst_group
from serving.training.readers.labels import VOTE_COLUMNS
from serving.training.targets import CLASSES, emotion_targets

EMOTIONS = VOTE_COLUMNS[: CLASSES["emotion"]]
"""The labels of FER+ in its order. FER2013, and so every peer, lacks the last one, contempt."""

SYNONYMS = {
    "happy": "happiness",
    "surprised": "surprise",
    "sad": "sadness",
    "angry": "anger",
    "disgusted": "disgust",
    "fearful": "fear",
}
"""The peers' words for the same labels."""

Figures = dict[str, Any]
Values = NDArray[np.float64]


def emotion_label(word: str) -> int:
    """Index of an emotion in `EMOTIONS`.

    Raises:
        ValueError: There is no such emotion.
    """
    label = SYNONYMS.get(word, word)
    if label not in EMOTIONS:
        raise ValueError(f"{word!r} is no emotion of FER+")
    return EMOTIONS.index(label)


def completed(answers: dict[str, list[Answer]]) -> dict[str, list[Answer]]:
    """Answers by framing; where a peer's own detector found nothing, its answer to the picture."""
    if OWN not in answers:
        return answers
    own = [mine or plain for mine, plain in zip(answers[OWN], answers[WHOLE], strict=True)]
    return {**answers, OWN: own}


def judge(faces: Faces, answers: Sequence[Answer]) -> dict[str, Figures]:
    """Figures of all that the answers speak of, by `emotion`, `age` and `gender`."""
    return {
        name: score(faces, [answer[key] for answer in answers])
        for name, (key, score) in _JUDGES.items()
        if key in answers[0]
    }


def _emotion(faces: Faces, words: list[str]) -> Figures:
    truth = emotion_targets(faces).truth
    predicted = np.array([emotion_label(word) for word in words])
    counts = metrics.confusion(predicted, truth, len(EMOTIONS))
    common = counts.copy()
    common[EMOTIONS.index("contempt")] = 0
    return {
        **_share(predicted == truth),
        "macro_f1": metrics.macro_f1(counts),
        "common_accuracy": metrics.accuracy(common),
        "common_macro_f1": metrics.macro_f1(common),
        "confusion": counts.tolist(),
    }


def _gender(faces: Faces, words: list[str]) -> Figures:
    right = np.array(words) == np.array(GENDERS)[faces.gender]
    return {**_share(right), **_worst(faces, right)}


def _age(faces: Faces, years: list[float]) -> Figures:
    """The error where the truth is an age; where it is a range, how often the band is right."""
    guessed = np.array(years, np.float32)
    if (faces.ages[:, 0] == faces.ages[:, 1]).all():
        errors = np.abs(guessed - faces.ages[:, 0])
        return {"mean_error": float(errors.mean()), "plus_minus": _plus_minus(errors)}
    apart = np.abs(band_of(guessed) - band_of(faces.ages[:, 0].astype(np.int64)))
    return {**_share(apart == 0), "within_one": float((apart <= 1).mean())}


def _share(right: NDArray[np.bool_]) -> Figures:
    return {"accuracy": float(right.mean()), "plus_minus": _plus_minus(right.astype(float))}


def _plus_minus(values: Values) -> float:
    """Half the width of a 95 % confidence interval of the mean."""
    return float(1.96 * values.std() / np.sqrt(len(values)))


def _worst(faces: Faces, right: NDArray[np.bool_]) -> Figures:
    shares = per_group(faces, lambda rows: {"accuracy": float(right[rows].mean())})
    name = worst_group(shares, "accuracy", higher_is_better=True)
    return {"worst_group": name, "worst_accuracy": shares[name]["accuracy"] if name else None}


_JUDGES: dict[str, tuple[str, Callable[[Faces, list[Any]], Figures]]] = {
    "emotion": ("emotion", _emotion),
    "age": ("years", _age),
    "gender": ("gender", _gender),
}
"""By what is judged: the key of the answers, and the judge."""
