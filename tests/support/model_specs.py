"""Model specs for tests, small unless a test says otherwise."""

from __future__ import annotations

from typing import Any

from face_utils.model_spec import ModelSpec, Smoothing


def classification(name: str = "mood", **changes: Any) -> ModelSpec:
    """A model with labels."""
    usual: dict[str, Any] = {
        "title": "",
        "labels": ("calm", "angry"),
        "size": 48,
        "margin": 0.05,
        "interval_ms": 100,
        "smoothing": Smoothing("average", 1),
    }
    return ModelSpec(name=name, kind="classification", **(usual | changes))


def regression(name: str = "age", **changes: Any) -> ModelSpec:
    """A model with a value and a range."""
    usual: dict[str, Any] = {
        "title": "",
        "unit": "years",
        "size": 48,
        "margin": 0.05,
        "interval_ms": 3000,
        "smoothing": Smoothing("average", 30),
    }
    return ModelSpec(name=name, kind="regression", **(usual | changes))
