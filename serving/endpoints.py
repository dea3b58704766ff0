"""Ports, paths and message sizes that the app, the model servers and their clients share."""

from __future__ import annotations

LAST_PORT = 65535

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""Largest gRPC message from a model server, and largest tensor in one."""

METRICS_PATH = "/monitoring/prometheus/metrics"
"""Path of the metrics in TensorFlow Serving and in the embedded server."""
