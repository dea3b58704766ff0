"""Measures what thresholds and smoothing should be: `python -m benchmarks.tuning`."""
