"""Accuracy check on the golden images, the few faces that live in the repository."""
