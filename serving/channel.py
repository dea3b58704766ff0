"""gRPC channel to a model server: load balancing, reconnection, TLS."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from process.unpatched_grpc import grpc
from serving.endpoints import MAX_MESSAGE_BYTES
from serving.tls_files import load_tls_files

_OPTIONS: list[tuple[str, Any]] = [
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    # A restarted server should be found again within a second or two, not in gRPC's minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
    # A server that returns with another address, as containers do, is found as quickly.
    ("grpc.dns_min_time_between_resolutions_ms", 1000),
    # Pings notice a peer that has vanished silently, while calls are open.
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
]


@dataclass(frozen=True)
class TlsFiles:
    """PEM files of a TLS channel.

    Attributes:
        ca: Certificates of the authorities that sign the server's certificate.
        certificate: The client's own certificate for mutual TLS, or None.
        key: The key of `certificate`, or None.
    """

    ca: Path
    certificate: Path | None = None
    key: Path | None = None

    def check(self) -> None:
        """Checks that the files can be used.

        Raises:
            TlsFilesError: One of them cannot.
        """
        load_tls_files(ssl.create_default_context(), self.certificate, self.key, self.ca)


def open_channel(target: str, tls: TlsFiles | None = None, *, use_proxy: bool = False) -> Any:
    """Opens a channel that spreads its calls over all addresses of the target.

    Args:
        target: `host:port` or any gRPC target.
        tls: PEM files for TLS, or None for plain text.
        use_proxy: Whether the proxy that `https_proxy` or the like names may see the faces.

    Raises:
        TlsFilesError: A PEM file cannot be used.
    """
    target = (
        target if "://" in target or target.startswith(("unix:", "ipv")) else f"dns:///{target}"
    )
    options = [*_OPTIONS, ("grpc.enable_http_proxy", int(use_proxy))]
    if tls is None:
        return grpc.insecure_channel(target, options=options)
    tls.check()
    credentials = grpc.ssl_channel_credentials(
        tls.ca.read_bytes(),
        tls.key.read_bytes() if tls.key else None,
        tls.certificate.read_bytes() if tls.certificate else None,
    )
    return grpc.secure_channel(target, credentials, options=options)
