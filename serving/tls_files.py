"""TLS files: loads certificates and keys, and names the files that cannot be used.

gRPC itself only reports that it cannot listen or connect.
"""

from __future__ import annotations

import ssl
from pathlib import Path


class TlsFilesError(OSError):
    """A TLS file cannot be read, or a certificate and its key do not match."""


def load_tls_files(
    context: ssl.SSLContext,
    certificate: Path | None = None,
    key: Path | None = None,
    authorities: Path | None = None,
) -> ssl.SSLContext:
    """Loads PEM files into a context.

    Args:
        context: The context.
        certificate: This side's certificate, or None.
        key: The key of `certificate`.
        authorities: Certificates of the authorities that sign the other side's, or None.

    Returns:
        The same context.

    Raises:
        TlsFilesError: A file cannot be used; the message names all of them.
    """
    try:
        if authorities:
            context.load_verify_locations(authorities)
        if certificate:
            context.load_cert_chain(certificate, key)
    except OSError as error:
        names = " and ".join(str(file) for file in (authorities, certificate, key) if file)
        reason = error.strerror or error
        raise TlsFilesError(f"The TLS files {names} cannot be used: {reason}.") from error
    return context
