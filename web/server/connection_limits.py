"""Admission of connections, with the limits of the settings."""

from __future__ import annotations

from process.descriptors import room_for
from web.settings import Settings
from web.transport.admission import Admission, ConnectionLimits

METRICS_CONNECTIONS = 64
"""Places of the metrics port, apart from the service's own so that clients cannot fill them."""


def admit_clients(settings: Settings) -> Admission:
    """Builds the admission for the service's own port."""
    total = room_for(settings.limits.max_connections)
    per_address = min(total, settings.limits.max_connections_per_address)
    return Admission(ConnectionLimits(total, per_address, settings.access.trusted_proxies))


def admit_scrapers() -> Admission:
    """Builds the admission for the metrics port."""
    return Admission(ConnectionLimits(METRICS_CONNECTIONS, METRICS_CONNECTIONS))
