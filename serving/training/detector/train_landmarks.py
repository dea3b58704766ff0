"""Trains the landmark network: `python -m serving.training.detector.train_landmarks --help`.

Ten minutes on one CPU core are enough.
"""

from __future__ import annotations

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from serving.training.detector.landmark_network import LandmarkNetwork
from serving.training.detector.landmarks import Faces, random_angles, read_faces, turned

RATE = 4e-3
BATCH = 128
HELD_OUT = 600
ANGLES = (-180, -90, -60, -30, 0, 30, 60, 90)
AVERAGE = 0.999


def train(faces: Faces, seconds: float) -> LandmarkNetwork:
    """Trains for some time and returns the averaged network."""
    network = LandmarkNetwork()
    average: LandmarkNetwork = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    start, steps = time.monotonic(), 0
    while (progress := (time.monotonic() - start) / seconds) < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, progress / 0.03) * (1 + math.cos(math.pi * progress)) / 2
        index = torch.randint(HELD_OUT, len(faces.images), (BATCH,))
        pixels, points = turned(faces, index, random_angles(BATCH))
        loss = functional.smooth_l1_loss(network(pixels), points, beta=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
        _follow(average, network, min(AVERAGE, steps / (steps + 10)))
    return average


@torch.no_grad()
def _follow(average: LandmarkNetwork, network: LandmarkNetwork, keep: float) -> None:
    weights = network.state_dict()
    for name, value in average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(weights[name], 1 - keep)


@torch.no_grad()
def roll_errors(network: LandmarkNetwork, faces: Faces, angle: float) -> Tensor:
    """Errors of the tilt of the held-out faces at an angle, in degrees."""
    index = torch.arange(HELD_OUT)
    pixels, points = turned(faces, index, torch.full((HELD_OUT,), angle), exact=True)
    difference = torch.deg2rad(_roll(network(pixels)) - _roll(points))
    return torch.rad2deg(torch.atan2(torch.sin(difference), torch.cos(difference))).abs()


def _roll(points: Tensor) -> Tensor:
    return torch.rad2deg(torch.atan2(points[:, 3] - points[:, 1], points[:, 2] - points[:, 0]))


def main() -> None:
    """Reads the command line, trains, and prints the errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path, nargs="+", help="zips of square colour faces")
    parser.add_argument("--blazeface", type=Path, required=True, help="the file that labels them")
    parser.add_argument("--limit", type=int, default=12_000, help="faces of each zip")
    parser.add_argument("--seconds", type=float, default=540)
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    faces = read_faces(arguments.faces, arguments.blazeface, arguments.limit)
    network = train(faces, arguments.seconds)
    np.savez(arguments.out, **{k: v.numpy() for k, v in network.state_dict().items()})
    for angle in ANGLES:
        errors = roll_errors(network, faces, angle)
        middle, most = errors.quantile(torch.tensor([0.5, 0.9])).tolist()
        print(f"{angle:4d} degrees: median {middle:.1f}, nine tenths within {most:.1f}")


if __name__ == "__main__":
    main()
