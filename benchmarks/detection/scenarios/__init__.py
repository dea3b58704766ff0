"""Scenarios: each measures a version and returns figures."""
