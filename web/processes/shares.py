"""Shares of the service's limits, for one of its app processes."""

from __future__ import annotations

import math

from pydantic import BaseModel

from web.processes.place import Place
from web.settings import Settings

_SHARED = {
    "detection": ("workers",),
    "limits": ("max_connections", "max_connections_per_address", "max_buffer_bytes"),
    "sessions": ("max_sessions", "max_sessions_per_address"),
}
"""Group of settings -> the limits that all processes share."""


def share_settings(settings: Settings, place: Place) -> Settings:
    """The settings of one process: its share of each limit, and a metrics port of its own.

    The parent spreads connections evenly, so that equal shares fit. They are rounded up.
    """
    changes: dict[str, BaseModel] = {}
    for group, names in _SHARED.items():
        model: BaseModel = getattr(settings, group)
        shares = {name: math.ceil(getattr(model, name) / place.count) for name in names}
        changes[group] = model.model_copy(update=shares)
    if port := settings.observability.metrics_port:
        update = {"metrics_port": port + place.index}
        changes["observability"] = settings.observability.model_copy(update=update)
    return settings.model_copy(update=changes)
