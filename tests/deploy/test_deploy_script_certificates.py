"""The certificates that deploy.sh makes for mutual TLS between app and model server."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tests.deploy.sandbox import LOGGED_IN, NO_IMAGE, Answer, Sandbox


def test_the_certificates_are_good_for_mutual_tls(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    stuck: Answer = ("kubectl * apply --kustomize*", 1, "enough")
    sandbox.deploy(answers=[*LOGGED_IN, *NO_IMAGE, stuck])
    server = _context(sandbox.record / "mien-model-server-tls", ssl.PROTOCOL_TLS_SERVER)
    client = _context(sandbox.record / "mien-app-tls", ssl.PROTOCOL_TLS_CLIENT)
    assert _peer_of_the_server(server, client, "mien-model-server") == "mien-app"
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        _peer_of_the_server(server, client, "elsewhere")


def _context(secret: Path, protocol: int) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.load_verify_locations(secret / "ca.crt")
    context.load_cert_chain(secret / "tls.crt", secret / "tls.key")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _peer_of_the_server(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> str:
    """Lets both ends shake hands in memory; returns the client's name as the server sees it."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for end in ends * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    certificate = ends[1].getpeercert()
    assert certificate
    return dict(pair[0] for pair in certificate["subject"])["commonName"]  # type: ignore[misc]
