"""Degradation of the student's pictures: light, colour, cover, blur, noise and JPEG.

The teacher sees the pictures before this, so that the student learns to find what is hard to see.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


def degrade(pictures: Tensor) -> Tensor:
    """Degrades `(n, 3, h, w)` pictures, 0 to 255, each in its own way; returns float32."""
    pictures = _blur(pictures.float() / 255)
    pictures = _pixelate(pictures)
    pictures = _light(pictures)
    pictures = _noise(pictures)
    pictures = _compress(pictures)
    return pictures.clamp(0, 1) * 255


def cover(pictures: Tensor, share: float = 0.3, patches: int = 3) -> Tensor:
    """Covers parts of some pictures with plain rectangles; teacher and student see these."""
    count, _, height, width = pictures.shape
    rows = torch.arange(height, device=pictures.device)[None, :, None] / height
    columns = torch.arange(width, device=pictures.device)[None, None, :] / width
    for _ in range(patches):
        y, x = (torch.rand(count, 1, 1, device=pictures.device) for _ in range(2))
        h, w = (torch.rand(count, 1, 1, device=pictures.device) * 0.15 for _ in range(2))
        colour = (
            torch.rand(count, pictures.shape[1], 1, 1, device=pictures.device).to(pictures.dtype)
            * 255
        )
        chosen = torch.rand(count, 1, 1, device=pictures.device) < share
        inside = chosen & (rows > y) & (rows < y + h) & (columns > x) & (columns < x + w)
        pictures = torch.where(inside[:, None], colour, pictures)
    return pictures


def _some(pictures: Tensor, share: float) -> Tensor:
    return torch.rand(len(pictures), 1, 1, 1, device=pictures.device) < share


def _uniform(pictures: Tensor, low: float, high: float, channels: int = 1) -> Tensor:
    return torch.rand(len(pictures), channels, 1, 1, device=pictures.device) * (high - low) + low


def _light(pictures: Tensor) -> Tensor:
    gain = torch.exp(_uniform(pictures, math.log(0.15), math.log(1.5)))
    gain = torch.where(_some(pictures, 0.4), gain, 1.0)
    colour = torch.where(_some(pictures, 0.5), _uniform(pictures, 0.8, 1.2, pictures.shape[1]), 1.0)
    gamma = torch.where(_some(pictures, 0.4), _uniform(pictures, 0.6, 1.7), 1.0)
    lit = (pictures * colour).clamp(1e-4, 1) ** gamma * gain
    grey = lit.mean(dim=1, keepdim=True)
    saturation = torch.where(_some(pictures, 0.4), _uniform(pictures, 0.0, 1.4), 1.0)
    return grey + (lit - grey) * saturation


def _blur(pictures: Tensor) -> Tensor:
    """Gaussian blur of up to 1.8 pixels for a third of the pictures."""
    count, channels, height, width = pictures.shape
    sigma = torch.where(_some(pictures, 0.35), _uniform(pictures, 0.3, 1.8), 0.05)
    offsets = torch.arange(-4, 5, device=pictures.device)
    kernel = torch.exp(-(offsets**2) / (2 * sigma.view(count, 1) ** 2))
    kernel = (kernel / kernel.sum(dim=1, keepdim=True)).repeat_interleave(channels, 0)
    maps = pictures.reshape(1, count * channels, height, width)
    groups = count * channels
    maps = functional.conv2d(maps, kernel[:, None, :, None], padding=(4, 0), groups=groups)
    maps = functional.conv2d(maps, kernel[:, None, None, :], padding=(0, 4), groups=groups)
    return maps.view_as(pictures)


def _pixelate(pictures: Tensor) -> Tensor:
    small = functional.avg_pool2d(pictures, 2)
    coarse = functional.interpolate(small, scale_factor=2.0, mode="nearest")
    return torch.where(_some(pictures, 0.08), coarse, pictures)


def _noise(pictures: Tensor) -> Tensor:
    sigma = torch.where(_some(pictures, 0.5), _uniform(pictures, 0.0, 0.06), 0.0)
    return pictures + torch.randn_like(pictures) * sigma


def _compress(pictures: Tensor) -> Tensor:
    """Rounds the coefficients of 8x8 cosine transforms, as JPEG does, in half of the pictures."""
    count, channels, height, width = pictures.shape
    basis = _cosines(pictures.device)
    blocks = pictures.view(count, channels, height // 8, 8, width // 8, 8).transpose(3, 4)
    spectrum = basis @ blocks @ basis.T
    index = torch.arange(8, device=pictures.device)
    shape = 1 + (index[:, None] + index[None, :]) * 0.6
    step = torch.where(_some(pictures, 0.6), _uniform(pictures, 0.005, 0.12), 1e-4)
    step = step[..., None, None] * shape
    blocks = basis.T @ (torch.round(spectrum / step) * step) @ basis
    return blocks.transpose(3, 4).reshape_as(pictures)


def _cosines(device: torch.device) -> Tensor:
    """The orthonormal cosine transform of eight values, `(8, 8)`."""
    index = torch.arange(8, device=device)
    basis = torch.cos((2 * index[None, :] + 1) * index[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    return basis
