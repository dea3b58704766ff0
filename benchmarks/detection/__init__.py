"""Measures how well faces are found and followed, before and after a change."""
