"""Losses of the face detector against the teacher's maps."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

FACE_WEIGHT = 2.0
"""Weight of a cell that shows a face, over that of one that shows none."""
CERTAIN = 0.3
"""Score of the teacher from which its boxes and landmarks are learnt."""


def distillation_loss(maps: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:
    """Computes the losses of a batch.

    Args:
        maps: The student's maps, per stride `(n, 15, h, w)`; scores are logits.
        targets: The teacher's, scores from 0 to 1.

    Returns:
        `score`, `box` and `landmarks`, each a scalar.
    """
    rows = torch.cat([each.float().flatten(2) for each in maps], dim=2)
    wanted = torch.cat([each.float().flatten(2) for each in targets], dim=2)
    score = wanted[:, 0]
    weight = score * (score > CERTAIN)
    total = weight.sum().clamp(min=1.0)
    entropy = functional.binary_cross_entropy_with_logits(rows[:, 0], score, reduction="none")
    # The cross-entropy minus its least value, so that the loss of a perfect student is 0.
    least = functional.binary_cross_entropy(score, score, reduction="none")
    side = torch.exp(wanted[:, 3:5].clamp(-3, 5))
    centre = _huber((rows[:, 1:3] - wanted[:, 1:3]) / side)
    size = _huber(rows[:, 3:5] - wanted[:, 3:5])
    points = _huber((rows[:, 5:] - wanted[:, 5:]) / side.repeat(1, 5, 1))
    return {
        "score": ((entropy - least) * (1 + FACE_WEIGHT * score)).sum() / total,
        "box": ((centre + size) * weight[:, None]).sum() / total,
        "landmarks": (points * weight[:, None]).sum() / total / 5,
    }


def _huber(difference: Tensor) -> Tensor:
    return functional.smooth_l1_loss(
        difference, torch.zeros_like(difference), reduction="none", beta=0.05
    )
