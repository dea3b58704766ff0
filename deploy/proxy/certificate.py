"""Sees to it that the proxy has a certificate; one that no browser knows where it was given none.

python certificate.py FOLDER
"""

from __future__ import annotations

import datetime
import sys
import tempfile
from pathlib import Path

from cryptography import x509

from web.http.certificate import LIFETIME, make_certificate

FILE = "proxy.pem"
_GROUP_MAY_READ = 0o640
_OURS = "made on this machine"


def ensure_certificate(folder: Path) -> bool:
    """Writes certificate and key into one PEM file where there is none, or an old one of ours.

    Returns:
        Whether it wrote one.
    """
    file = folder / FILE
    if file.exists() and not _is_worn(file):
        return False
    fresh = folder / f".{FILE}"
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=_GROUP_MAY_READ)
    with tempfile.TemporaryDirectory() as parts:
        pems = make_certificate(Path(parts))
        fresh.write_bytes(b"".join(pem.read_bytes() for pem in pems))
    fresh.replace(file)  # The proxy must never see half of it.
    return True


def _is_worn(file: Path) -> bool:
    """Whether it is a certificate of ours in the second half of its life."""
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return _OURS in certificate.subject.rfc4514_string() and left < LIFETIME / 2


if __name__ == "__main__":
    made = ensure_certificate(Path(sys.argv[1]))
    print("made a certificate" if made else "there is a certificate")
