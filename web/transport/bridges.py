"""Builds the bridge from native threads to the app's own world."""

from __future__ import annotations

from process.unpatched_modules import is_patched
from serving.hub_bridge import HubBridge


def build_bridge() -> HubBridge:
    """Builds the bridge of an app, which runs calls in a green or in a native thread."""
    if not is_patched():
        return HubBridge()
    from web.transport.green_bridge import GreenBridge

    return GreenBridge()
