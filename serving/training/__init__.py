"""Makes the three mini-XCEPTION models: read, frame, train, calibrate, export, evaluate."""

import os

# oneDNN's AVX-512 code corrupts the heap on some processors (oneDNN issue 6035); TensorFlow reads
# this when it is imported, so it must stand before any module of this package does that.
os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX2")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
