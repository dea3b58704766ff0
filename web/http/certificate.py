"""Self-signed TLS certificate, so that a phone on the same network can use its camera."""

from __future__ import annotations

import datetime
import ipaddress
import socket
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from web.http.network_address import network_address

LIFETIME = datetime.timedelta(days=30)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Writes a self-signed certificate for this machine's names and addresses.

    Args:
        folder: Folder for the two PEM files.

    Returns:
        Paths of the certificate and of its key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _sign(key)
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


def _sign(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mien, made on this machine")])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(_names()), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _names() -> list[x509.GeneralName]:
    addresses = {"127.0.0.1", network_address() or "127.0.0.1"}
    hosts = {"localhost", socket.gethostname()}
    return [
        *(x509.DNSName(host) for host in sorted(hosts)),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in sorted(addresses)),
    ]
