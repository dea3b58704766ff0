"""TLS of every server: one context, without old versions and without CBC suites."""

from __future__ import annotations

import ssl
from pathlib import Path

from serving.tls_files import load_tls_files

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Suites of TLS 1.2 with forward secrecy and authenticated encryption. TLS 1.3 has no others."""


def build_context(certificate: Path, key: Path | None) -> ssl.SSLContext:
    """Builds the server side's context from PEM files.

    Raises:
        TlsFilesError: A file cannot be read, or the two do not belong together.
    """
    return harden(load_tls_files(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), certificate, key))


def harden(context: ssl.SSLContext, ciphers: str = CIPHERS) -> ssl.SSLContext:
    """Removes old versions and weak suites from a context, and returns it.

    Args:
        context: The context.
        ciphers: Suites of TLS 1.2, as OpenSSL names them.
    """
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    # A client that renegotiates forever would keep the processor busy.
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    return context
