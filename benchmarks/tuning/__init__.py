"""Measures which thresholds and smoothing times fit the models: `python -m benchmarks.tuning`."""
