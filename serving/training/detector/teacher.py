"""Teacher of the face detector: YuNet, read from its ONNX file and run by PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

_Attributes = dict[str, Any]


class Teacher(nn.Module):
    """YuNet without the layers behind its maps, for pictures of any size.

    Args:
        file: `face_detection_yunet_2023mar.onnx`.

    Returns of a call:
        Per stride `(n, 15, h / stride, w / stride)`: score from 0 to 1, box and landmarks.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        graph = onnx.load(str(file)).graph
        self._nodes = [
            (node.op_type, list(node.input), node.output[0], _attributes(node))
            for node in graph.node
            if node.op_type in _OPERATIONS
        ]
        self._maps = _map_names(graph)
        self._weights = {}
        for index, tensor in enumerate(graph.initializer):
            values = numpy_helper.to_array(tensor)
            if values.dtype == "float32":
                self.register_buffer(f"weight_{index}", torch.tensor(values))
                self._weights[tensor.name] = f"weight_{index}"

    @torch.no_grad()
    def forward(self, images: Tensor) -> list[Tensor]:
        """Returns the maps of `(n, 3, h, w)` images, blue, green, red, 0 to 255."""
        values = {name: getattr(self, buffer) for name, buffer in self._weights.items()}
        values["input"] = images
        for kind, inputs, output, attributes in self._nodes:
            values[output] = _OPERATIONS[kind]([values.get(name) for name in inputs], attributes)
        return [self._join(values, stride) for stride in (8, 16, 32)]

    def _join(self, values: dict[str, Tensor], stride: int) -> Tensor:
        parts = {kind: values[self._maps[f"{kind}_{stride}"]].float() for kind in _KINDS}
        score = torch.sqrt(torch.sigmoid(parts["cls"]) * torch.sigmoid(parts["obj"]))
        return torch.cat([score, parts["bbox"], parts["kps"]], dim=1)


_KINDS = ("cls", "obj", "bbox", "kps")


def _attributes(node: onnx.NodeProto) -> _Attributes:
    return {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}


def _map_names(graph: onnx.GraphProto) -> dict[str, str]:
    """Name of an output -> the convolution that it is made of, by transposes and sigmoids."""
    source = {node.output[0]: node for node in graph.node}
    names = {}
    for output in graph.output:
        node = source[output.name]
        while node.op_type != "Conv":
            node = source[node.input[0]]
        names[output.name] = node.output[0]
    return names


def _convolve(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    return functional.conv2d(
        inputs[0],
        inputs[1].to(inputs[0].dtype),
        inputs[2].to(inputs[0].dtype),
        stride=attributes["strides"],
        padding=attributes["pads"][:2],
        groups=attributes["group"],
    )


_OPERATIONS: dict[str, Callable[[list[Tensor], _Attributes], Tensor]] = {
    "Conv": _convolve,
    "Relu": lambda inputs, _: functional.relu(inputs[0]),
    "MaxPool": lambda inputs, _: functional.max_pool2d(inputs[0], 2),
    "Resize": lambda inputs, _: functional.interpolate(inputs[0], scale_factor=2.0, mode="nearest"),
    "Add": lambda inputs, _: inputs[0] + inputs[1],
}
