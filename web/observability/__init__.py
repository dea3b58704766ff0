"""Metrics and the instrumentation of frames and predictions."""
