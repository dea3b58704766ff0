"""The loss of all models, for one head or several."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf


def heads_loss(
    values: tf.Tensor,
    interval: tf.Tensor,
    logits: tf.Tensor,
    heads: Sequence[int],
    expectation: float,
    auxiliary_weight: float,
) -> tf.Tensor:
    """Sums `label_loss` over the heads.

    Args:
        values: `(n, k)` float32, the values of all heads side by side.
        interval: `(n, heads)` bool.
        logits: `(n, k)` float32.
        heads: Number of classes of each head.
        expectation: See `label_loss`; for the first head only.
        auxiliary_weight: Weight of the losses of the other heads.
    """
    parts = zip(
        tf.split(values, heads, axis=1),
        tf.unstack(interval, num=len(heads), axis=1),
        tf.split(logits, heads, axis=1),
        strict=True,
    )
    own, *others = parts
    auxiliary = [auxiliary_weight * label_loss(*part, 0.0) for part in others]
    return tf.add_n([label_loss(*own, expectation), *auxiliary])


def label_loss(
    values: tf.Tensor, interval: tf.Tensor, logits: tf.Tensor, expectation: float
) -> tf.Tensor:
    """Negative log-likelihood of labels that are distributions or intervals.

    Args:
        values: `(n, k)` float32, as in `targets.Targets`.
        interval: `(n,)` bool, one head's column of it.
        logits: `(n, k)` float32.
        expectation: Weight of the absolute error of the expected class, for ordered classes
            (B. Gao et al., "Age Estimation Using Expectation of Label Distribution Learning",
            2018). It applies where the label is a distribution.

    Returns:
        Scalar float32, the mean over the rows.
    """
    log_probabilities = tf.nn.log_softmax(logits)
    distribution = -tf.reduce_sum(values * log_probabilities, axis=1)
    allowed = tf.where(values > 0, log_probabilities, log_probabilities.dtype.min)
    within = -tf.reduce_logsumexp(allowed, axis=1)
    loss = tf.where(interval, within, distribution)
    if expectation > 0:
        order = tf.range(logits.shape[1], dtype=tf.float32)
        error = tf.reduce_sum((tf.exp(log_probabilities) - values) * order, axis=1)
        loss += expectation * tf.where(interval, 0.0, tf.abs(error))
    return tf.reduce_mean(loss)
