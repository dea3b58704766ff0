from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509

from web.http.certificate import make_certificate


def test_the_certificate_is_for_this_machine_and_matches_its_key(tmp_path: Path) -> None:
    certificate_file, key_file = make_certificate(tmp_path)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate_file, key_file)
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    _, key_file = make_certificate(tmp_path)
    assert key_file.stat().st_mode & 0o077 == 0
