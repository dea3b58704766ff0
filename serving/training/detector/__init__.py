"""Training of the face detector: a student that learns the dense maps of a larger YuNet.

Needs PyTorch (`pip install .[detector-training]`), which no other part of Mien uses. Nothing here
is imported by the service.
"""
