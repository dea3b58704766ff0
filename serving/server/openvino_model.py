"""A SavedModel compiled by OpenVINO, which reads SavedModel folders directly.

Each batch size of a short list has its own compiled network with fixed shapes, and a request is cut
into slices of these sizes. One network with a dynamic batch size takes a third longer per face (442
instead of 341 us), even longer whenever the size changes, and keeps memory for each size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from face_utils.quiet_openvino import openvino
from serving.server.saved_model import InvalidModelError, Signature

Arrays = Mapping[str, NDArray[Any]]

BATCH_SIZES = (1, 2, 4)
"""A face takes 341, 320 and 310 us in batches of 1, 2 and 4, and no less in larger ones."""


@dataclass(frozen=True)
class _FixedBatch:
    """A compiled network for one batch size, and views of its input and output memory."""

    request: openvino.InferRequest
    inputs: Arrays
    outputs: Arrays


class OpenVinoModel:
    """A model that is compiled, and has run once, for each batch size. It runs one call at a time.

    Args:
        folder: The SavedModel.
        signature: Its signature to serve.
        threads: Threads that one inference may use.

    Raises:
        InvalidModelError: OpenVINO cannot read or run the model, or its names differ.
    """

    def __init__(self, folder: Path, signature: Signature, threads: int) -> None:
        try:
            core = openvino.Core()
            # A memory-mapped file that is truncated while it is read would crash the process.
            core.set_property({"ENABLE_MMAP": False})
            model = core.read_model(folder)
            self._batches = {
                size: _compile(core, model, signature, size, threads) for size in BATCH_SIZES
            }
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise InvalidModelError(f"OpenVINO cannot run the model: {reason}") from error

    def run(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        """Computes all outputs.

        Args:
            inputs: Arrays of the signature's types and shapes, all of the same batch size n >= 0.

        Returns:
            The outputs, each with n rows.
        """
        rows = len(next(iter(inputs.values())))
        outputs = {
            name: np.empty((rows, *view.shape[1:]), view.dtype)
            for name, view in self._batches[1].outputs.items()
        }
        for part in _slices(rows):
            batch = self._batches[part.stop - part.start]
            for name, view in batch.inputs.items():
                view[:] = inputs[name][part]
            batch.request.infer(share_outputs=True)  # The views below have the outputs already.
            for name, view in batch.outputs.items():
                outputs[name][part] = view
        return outputs


def _slices(rows: int) -> Iterator[slice]:
    """Cuts a batch into slices of the compiled sizes, the largest first."""
    start = 0
    for size in reversed(BATCH_SIZES):
        while rows - start >= size:
            yield slice(start, start + size)
            start += size


def _compile(
    core: openvino.Core, model: openvino.Model, signature: Signature, size: int, threads: int
) -> _FixedBatch:
    shapes = {name: [size, *port.shape[1:]] for name, port in signature.inputs.items()}
    model.reshape(shapes)
    config = {
        "INFERENCE_PRECISION_HINT": "f32",  # The default is bfloat16 if the CPU supports it.
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
    }
    request = core.compile_model(model, "CPU", config).create_infer_request()
    batch = _FixedBatch(
        request,
        {name: request.get_tensor(name).data for name in signature.inputs},
        {name: request.get_tensor(name).data for name in signature.outputs},
    )
    _warm_up(batch, size)
    return batch


def _warm_up(batch: _FixedBatch, size: int) -> None:
    batch.request.infer()
    for name, view in batch.outputs.items():
        if view.shape[:1] != (size,):
            raise InvalidModelError(f"output {name!r} does not have one row for each input row")
