"""Class activation maps: the evidence for a prediction at each place of a crop.

B. Zhou et al., "Learning Deep Features for Discriminative Localization", 2016: if global average
pooling is the last step of a network, the pooled values are the evidence for each class at each
place. The network computes the maps anyway, so they cost nothing extra.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec
from face_utils.smoothing import Outputs

Grid = list[list[float]]
"""One number from -1 to 1 per place of a crop, row by row from the top left."""

_DECIMALS = 2


def predicted_class(spec: ModelSpec, outputs: Outputs, classes: int) -> int:
    """The class whose evidence explains a prediction.

    Args:
        spec: The model.
        outputs: Its outputs for one face, as they are reported to the client.
        classes: Number of its class maps.

    Returns:
        For a classification the best class, even if the label is `unsure`. For a regression,
        whose class k stands for the value k, the class nearest to the value.
    """
    if spec.kind == "classification":
        return int(np.argmax(outputs["probabilities"]))
    return int(np.clip(np.rint(outputs[spec.unit]), 0, classes - 1))


def evidence_grid(maps: NDArray[np.float32], index: int) -> Grid:
    """The evidence for one class, relative to the mean of all classes.

    Evidence that is the same for every class does not affect the prediction, because softmax
    cancels it. The mean is therefore subtracted. The largest magnitude becomes 1.

    Args:
        maps: `(rows, columns, classes)` class activation maps of one crop.
        index: The class.

    Returns:
        `(rows, columns)` numbers with two decimals; all zeros if all classes have the same map.
    """
    evidence = maps[..., index] - maps.mean(axis=-1)
    largest = float(np.abs(evidence).max())
    scaled = evidence / largest if largest > 0 else np.zeros_like(evidence)
    # Adding zero turns -0.0 into 0.0.
    grid: Grid = (np.round(scaled.astype(np.float64), _DECIMALS) + 0.0).tolist()
    return grid
