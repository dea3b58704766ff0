"""Plots of a model card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from serving.training.robustness_curves import CURVES, levels_and_lines

MIN_FACES = 5
"""Bins with fewer faces are not drawn, since their accuracy is chance."""

INK, LINE = "#22303c", "#2a6f97"
mpl.rcParams |= {"font.size": 9, "text.color": INK, "axes.labelcolor": INK}


def confusion(path: Path, counts: list[list[int]], labels: tuple[str, ...]) -> None:
    """Plots a confusion matrix as the share of each true class."""
    shares = np.array(counts) / np.maximum(np.sum(counts, axis=1, keepdims=True), 1)
    side = 1.6 + 0.55 * len(labels)
    figure, axes = _figure(side, side)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        shade = "white" if share > 0.5 else INK
        axes.text(column, row, f"{share:.0%}", ha="center", va="center", color=shade)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="prediction", ylabel="label")
    _save(figure, path)


def reliability(path: Path, bins: list[list[float]]) -> None:
    """Plots accuracy by confidence, over the share of faces with that confidence."""
    shown = [row for row in bins if row[0] >= MIN_FACES] or bins
    faces, confidence, accuracy = np.array(shown).T
    figure, axes = _figure(3.6, 3.6)
    axes.plot([0, 1], [0, 1], color="#b0b8bf", linewidth=1)
    axes.bar(confidence, faces / faces.sum(), width=0.05, color="#d5e3ec", label="share of faces")
    axes.plot(confidence, accuracy, color=LINE, marker="o", markersize=4, label="accuracy")
    axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False)
    _save(figure, path)


def by_band(path: Path, bands: dict[str, dict[str, float]]) -> None:
    """Plots mean error and bias in years for each age band."""
    names = [name.removeprefix("age ") for name in bands]
    figure, axes = _figure(5, 3)
    axes.bar(names, [band["mean_error"] for band in bands.values()], color="#a9c9dd")
    axes.plot(names, [band["bias"] for band in bands.values()], "o-", color=LINE, label="bias")
    axes.axhline(0, color=INK, linewidth=0.5)
    axes.set(xlabel="true age", ylabel="mean error, years")
    axes.legend(frameon=False)
    _save(figure, path)


def curves(path: Path, measured: dict[str, dict[str, list[float]]], ylabel: str) -> None:
    """Plots the primary metric of each data set by level, one panel per property."""
    figure = Figure(figsize=(3 * len(measured), 2.8), layout="constrained")
    for axes, (name, curve) in zip(
        figure.subplots(1, len(measured)), measured.items(), strict=True
    ):
        levels, lines = levels_and_lines(curve)
        for source, values in lines.items():
            axes.plot(levels, values, marker="o", markersize=3, label=source)
        axes.set(xlabel=CURVES[name].title, ylim=(0, None if ylabel == "mean error" else 1))
        axes.set_xscale(CURVES[name].scale)
        if CURVES[name].scale == "log":
            axes.set_xticks(levels, [f"{level:g}" for level in levels])
            axes.minorticks_off()
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel(ylabel)
    figure.axes[0].legend(frameon=False)
    _save(figure, path)


def training(path: Path, log: list[dict[str, Any]], ylabel: str) -> None:
    """Plots the loss and the held-out metric after each epoch."""
    epochs = [entry["epoch"] for entry in log]
    figure, axes = _figure(5, 2.8)
    axes.plot(epochs, [entry["loss"] for entry in log], color="#b0b8bf")
    axes.set(xlabel="epoch", ylabel="loss (grey)")
    right = axes.twinx()
    right.plot(epochs, [entry["holdout"] for entry in log], color=LINE)
    right.set_ylabel(f"{ylabel} on held-out faces")
    _save(figure, path)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without date and version, the same values give the same file.
    figure.savefig(path, dpi=110, metadata={"Software": None})
