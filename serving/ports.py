"""Bounds of TCP ports, for the app and the model server."""

from __future__ import annotations

LAST_PORT = 65535
