"""Makes a self-signed certificate for the proxy, unless the operator has provided one.

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
_SELF_MADE = "made on this machine"


def ensure_certificate(folder: Path) -> bool:
    """Writes certificate and key into one PEM file, if it is missing or due for renewal.

    Returns:
        Whether it wrote one.
    """
    file = folder / FILE
    if file.exists() and not _needs_renewal(file):
        return False
    fresh = folder / f".{FILE}"
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=_GROUP_MAY_READ)
    with tempfile.TemporaryDirectory() as parts:
        pems = make_certificate(Path(parts))
        fresh.write_bytes(b"".join(pem.read_bytes() for pem in pems))
    fresh.replace(file)  # Atomic: the proxy must never read half a file.
    return True


def _needs_renewal(file: Path) -> bool:
    """Whether it is self-made and in the second half of its lifetime."""
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return _SELF_MADE in certificate.subject.rfc4514_string() and left < LIFETIME / 2


if __name__ == "__main__":
    made = ensure_certificate(Path(sys.argv[1]))
    print("Made a certificate." if made else "Kept the existing certificate.")
