"""Why a model answered as it did: where in the crop its evidence lies.

B. Zhou et al., "Learning Deep Features for Discriminative Localization", 2016: where global average
pooling is the last step, what is pooled says of each place how much it speaks for each class. The
maps are the evidence itself and cost nothing beyond the answer.
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
    """The class whose evidence explains an answer.

    Args:
        spec: The model that answered.
        outputs: Its answer about one face, as it is told.
        classes: Number of its class maps.

    Returns:
        Of a classification the best class, even where the answer is `unsure`; of a measure, whose
        class k stands for the value k, the class nearest the value.
    """
    if spec.kind == "classification":
        return int(np.argmax(outputs["probabilities"]))
    return int(np.clip(np.rint(outputs[spec.unit]), 0, classes - 1))


def evidence_grid(maps: NDArray[np.float32], index: int) -> Grid:
    """The evidence for one class against the mean of all classes.

    What speaks for every class alike says nothing about the answer, and softmax does not see it:
    hence the mean is taken off. The largest magnitude becomes 1.

    Args:
        maps: `(rows, columns, classes)` class activation maps of one crop.
        index: The class.

    Returns:
        `(rows, columns)` numbers with two decimals; zeros where no place tells the classes apart.
    """
    evidence = maps[..., index] - maps.mean(axis=-1)
    largest = float(np.abs(evidence).max())
    scaled = evidence / largest if largest > 0 else np.zeros_like(evidence)
    # Zero is added so that no -0.0 is sent.
    grid: Grid = (np.round(scaled.astype(np.float64), _DECIMALS) + 0.0).tolist()
    return grid
