"""Brings pip into a virtual environment that was made without it.

Debian keeps `ensurepip` in python3-venv, which cannot be had without root. `make` runs this with
the environment's own Python, so nothing but the standard library is there.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
import subprocess
import sys
import tempfile
from configparser import RawConfigParser
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urldefrag, urljoin
from urllib.request import Request, urlopen

WHEEL = "pip-26.3-py3-none-any.whl"
PUBLIC_INDEX = "https://pypi.org/simple"
CONFIG_FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
TIMEOUT_SECONDS = 60


class NoPipError(Exception):
    """The index does not have the wheel as it must be."""


def main() -> None:
    """Installs pip into the environment of the Python that runs this."""
    try:
        wheel = fetch_wheel(index_url())
    except (NoPipError, OSError, HTTPException) as error:
        sys.exit(f"pip could not be fetched from {index_url()}: {error}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / WHEEL
        path.write_bytes(wheel)
        # Python runs a package inside a zip file: the wheel installs itself.
        command = [sys.executable, f"{path}/pip", "install", "--quiet", "--no-index", str(path)]
        subprocess.run(command, check=True)


def index_url() -> str:
    """The package index that pip is set up for; the public one without any set-up."""
    config = RawConfigParser()
    files = [Path(file).expanduser() for file in CONFIG_FILES]
    config.read([*files, os.environ.get("PIP_CONFIG_FILE", "")])
    everywhere = config.get("global", "index-url", fallback=PUBLIC_INDEX)
    configured = config.get("install", "index-url", fallback=everywhere)
    return os.environ.get("PIP_INDEX_URL") or configured


def fetch_wheel(index: str) -> bytes:
    """Fetches pip's wheel.

    Args:
        index: URL of a package index in its simple form, which every index has.

    Raises:
        NoPipError: The wheel is not there, or is not what the index says it is.
        OSError: The index cannot be reached.
    """
    page = index.rstrip("/") + "/pip/"
    links = re.findall(r"""href=["']([^"']+)["']""", _get(page).decode())
    link = next((url for url in map(html.unescape, links) if f"/{WHEEL}#" in url), None)
    if link is None:
        raise NoPipError(f"it has no {WHEEL} with a checksum")
    url, checksum = urldefrag(urljoin(page, link))
    wheel = _get(url)
    if checksum != f"sha256={hashlib.sha256(wheel).hexdigest()}":
        raise NoPipError(f"{WHEEL} is not the file that the index names")
    return wheel


def _get(url: str) -> bytes:
    request = Request(url, headers={"Accept": "text/html, */*;q=0.1"})
    with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        return bytes(response.read())


if __name__ == "__main__":
    main()
