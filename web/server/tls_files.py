"""The files for TLS, which are made if the settings name none."""

from __future__ import annotations

from pathlib import Path

from web.settings.server import ServerSettings


def tls_files(server: ServerSettings, folder: Path) -> tuple[Path, Path] | None:
    """Finds or makes the certificate and its key; None without HTTPS.

    Args:
        server: The settings.
        folder: Private folder for a certificate that is made here.
    """
    if not server.https:
        return None
    if server.tls_certificate and server.tls_key:
        return server.tls_certificate, server.tls_key
    from web.http.certificate import make_certificate  # It takes 10 MiB.

    return make_certificate(folder)
