"""The face detector's weights become a SavedModel that OpenVINO runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from face_utils.quiet_openvino import openvino

pytest.importorskip("tensorflow", reason="the training packages are not installed")

from serving.training.detector.export import export

FIRST, SECOND, REST = 4, 6, 8
BLOCKS = {
    "stride_4.0": (FIRST, SECOND),
    "stride_4.1": (SECOND, SECOND),
    "stride_4.2": (SECOND, REST),
    **{f"stages.{stage}.{block}": (REST, REST) for stage in range(3) for block in range(2)},
    **{f"necks.{index}": (REST, REST) for index in range(3)},
}

Array = NDArray[np.float32]


def weights(kernel_scale: float = 1.0, gain: float = 1.0) -> dict[str, Array]:
    """Weights as `train` saves them, the same ones at each call but for the scales."""
    rng = np.random.default_rng(0)
    draw: Callable[..., Array] = lambda *shape: rng.normal(0, 0.3, shape).astype(np.float32)  # noqa: E731
    result = {"stem.weight": kernel_scale * draw(FIRST, 3, 3, 3), **norm("stem_norm", FIRST, gain)}
    for name, (inputs, outputs) in BLOCKS.items():
        result[f"{name}.depthwise.weight"] = draw(inputs, 1, 3, 3)
        result[f"{name}.pointwise.weight"] = kernel_scale * draw(outputs, inputs, 1, 1)
        result |= norm(f"{name}.norm", outputs, gain)
    for index in range(3):
        result[f"heads.{index}.depthwise.weight"] = draw(REST, 1, 3, 3)
        result[f"heads.{index}.pointwise.weight"] = draw(15, REST, 1, 1)
        result[f"heads.{index}.pointwise.bias"] = draw(15)
    return result


def norm(name: str, channels: int, gain: float) -> dict[str, Array]:
    values = {"weight": gain, "bias": 0.1, "running_mean": 0.0, "running_var": 1.0 - 1e-5}
    return {f"{name}.{key}": np.full(channels, value, np.float32) for key, value in values.items()}


def maps(tmp_path: Path, arrays: dict[str, Array], image: Array) -> dict[str, Array]:
    np.savez(tmp_path / "weights.npz", **arrays)
    export(tmp_path / "weights.npz", tmp_path / "model")
    compiled = openvino.Core().compile_model(
        tmp_path / "model", "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    outputs = compiled(image)
    return {port.get_any_name(): outputs[port] for port in compiled.outputs}


IMAGE = np.random.default_rng(1).integers(0, 256, (1, 64, 96, 3)).astype(np.float32)


def test_there_is_one_map_of_fifteen_values_a_cell_for_each_stride(tmp_path: Path) -> None:
    shapes = {name: array.shape for name, array in maps(tmp_path, weights(), IMAGE).items()}

    assert shapes == {
        "stride_8": (1, 8, 12, 15),
        "stride_16": (1, 4, 6, 15),
        "stride_32": (1, 2, 3, 15),
    }


def test_batch_normalization_is_folded_into_the_kernels(tmp_path: Path) -> None:
    in_kernels = maps(tmp_path, weights(kernel_scale=1.5), IMAGE)
    in_gains = maps(tmp_path, weights(gain=1.5), IMAGE)

    for name, expected in in_kernels.items():
        np.testing.assert_allclose(in_gains[name], expected, rtol=1e-3, atol=1e-3)
