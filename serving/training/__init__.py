"""Makes the three mini-XCEPTION models: read, frame, train, calibrate, export, evaluate."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
