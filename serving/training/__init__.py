"""Trains the three mini-XCEPTION models: read, align, train, calibrate, export, evaluate."""

import os
from pathlib import Path

_CACHE = Path(__file__).parents[2] / ".cache"

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Keras, and Matplotlib which Keras imports, would otherwise write to the home folder.
os.environ.setdefault("KERAS_HOME", str(_CACHE / "keras"))
os.environ.setdefault("MPLCONFIGDIR", str(_CACHE / "matplotlib"))
