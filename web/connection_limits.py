"""Admission of connections as the settings have it."""

from __future__ import annotations

from web.settings import Settings
from web.transport.admission import Admission, ConnectionLimits
from web.transport.descriptors import room_for

METRICS_CONNECTIONS = 64
"""On the metrics port, which has places of its own so that nothing can keep it busy."""


def admit_clients(settings: Settings) -> Admission:
    """Builds the admission of the service's own port."""
    total = room_for(settings.limits.max_connections)
    per_address = min(total, settings.limits.max_connections_per_address)
    return Admission(ConnectionLimits(total, per_address, settings.access.trusted_proxies))


def admit_scrapers() -> Admission:
    """Builds the admission of the metrics port."""
    return Admission(ConnectionLimits(METRICS_CONNECTIONS, METRICS_CONNECTIONS))
