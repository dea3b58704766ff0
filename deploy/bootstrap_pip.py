"""Runs pip in an environment that has none: `python deploy/bootstrap_pip.py install PACKAGE`.

`make` creates its virtual environment without pip, which would take seconds, and needs pip only to
install uv. Python comes with a wheel of pip, and Python runs a package inside a wheel. Debian keeps
that wheel in python3-venv, which only root can install. Without it, this downloads pip's wheel.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
import subprocess
import sys
import sysconfig
from configparser import RawConfigParser
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urldefrag, urljoin
from urllib.request import Request, urlopen

WHEEL = "pip-26.3-py3-none-any.whl"
PUBLIC_INDEX = "https://pypi.org/simple"
CONFIG_FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
SHARED_WHEELS = Path("/usr/share/python-wheels")
TIMEOUT_SECONDS = 60


class NoPipError(Exception):
    """The index does not have the expected wheel."""


def main() -> int:
    """Runs pip with the arguments of the command line, and returns its exit code."""
    wheel = find_wheel() or _download_wheel()
    command = [sys.executable, f"{wheel}/pip", *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


def find_wheel() -> Path | None:
    """The wheel of pip that this Python comes with, or None."""
    spec = find_spec("ensurepip")
    bundled = [Path(spec.origin).parent / "_bundled"] if spec and spec.origin else []
    configured = sysconfig.get_config_var("WHEEL_PKG_DIR")
    folders = [*bundled, *([Path(configured)] if configured else []), SHARED_WHEELS]
    return next((wheel for folder in folders for wheel in folder.glob("pip-*.whl")), None)


def _download_wheel() -> Path:
    """Downloads pip's wheel into the environment, unless it is there."""
    path = Path(sys.prefix) / WHEEL
    if not path.is_file():
        try:
            path.write_bytes(fetch_wheel(index_url()))
        except (NoPipError, OSError, HTTPException) as error:
            sys.exit(f"pip could not be downloaded from {index_url()}: {error}")
    return path


def index_url() -> str:
    """The package index that pip is configured for, or the public one."""
    config = RawConfigParser()
    files = [Path(file).expanduser() for file in CONFIG_FILES]
    config.read([*files, os.environ.get("PIP_CONFIG_FILE", "")])
    everywhere = config.get("global", "index-url", fallback=PUBLIC_INDEX)
    configured = config.get("install", "index-url", fallback=everywhere)
    return os.environ.get("PIP_INDEX_URL") or configured


def fetch_wheel(index: str) -> bytes:
    """Downloads pip's wheel.

    Args:
        index: URL of a package index with the simple API.

    Raises:
        NoPipError: The index does not list the wheel, or the file's checksum is wrong.
        OSError: The index cannot be reached.
    """
    page = index.rstrip("/") + "/pip/"
    links = re.findall(r"""href=["']([^"']+)["']""", _get(page).decode())
    link = next((url for url in map(html.unescape, links) if f"/{WHEEL}#" in url), None)
    if link is None:
        raise NoPipError(f"it does not list {WHEEL} with a checksum")
    url, checksum = urldefrag(urljoin(page, link))
    wheel = _get(url)
    if checksum != f"sha256={hashlib.sha256(wheel).hexdigest()}":
        raise NoPipError(f"{WHEEL} has another checksum than the index says")
    return wheel


def _get(url: str) -> bytes:
    request = Request(url, headers={"Accept": "text/html, */*;q=0.1"})
    with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        return bytes(response.read())


if __name__ == "__main__":
    sys.exit(main())
