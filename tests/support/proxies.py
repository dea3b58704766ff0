"""A real nginx and a real HAProxy as child processes on free ports."""

from __future__ import annotations

import random
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from web.settings import ROOT

START_SECONDS = 20
PAGE = (ROOT / "docs" / "how-to" / "reverse-proxies.md").read_text(encoding="utf-8")

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{servers}
}}
"""

HAPROXY = """
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
"""


def quiet_port() -> int:
    """A free port outside the range from which the system gives ports to connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def documented(name: str, app_port: int, port: int) -> str:
    """The configuration that the page of proxies has for one, with these ports."""
    (text,) = re.findall(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    text = text.replace("127.0.0.1:5000", f"127.0.0.1:{app_port}")
    return re.sub(r"(listen |bind ):?8081", rf"\g<1>127.0.0.1:{port}", str(text))


@contextmanager
def running_nginx(servers: str, port: int, folder: Path) -> Iterator[str]:
    """Runs nginx with these parts of its `http`; yields its address."""
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, servers=servers), encoding="utf-8")
    with _running(["nginx", "-c", str(file), "-e", str(folder / "nginx.log")], port) as url:
        yield url


@contextmanager
def running_haproxy(configuration: str, port: int, folder: Path) -> Iterator[str]:
    """Runs HAProxy with a whole configuration; yields its address."""
    file = folder / "haproxy.cfg"
    file.write_text(configuration, encoding="utf-8")
    with _running(["haproxy", "-db", "-f", str(file)], port) as url:
        yield url


@contextmanager
def running_documented(
    name: str, app_port: int, folder: Path, changes: Mapping[str, str]
) -> Iterator[str]:
    """Runs a proxy as its page has it.

    Args:
        name: `nginx` or `haproxy`.
        app_port: Port of the app.
        folder: For its files.
        changes: Parts of the configuration -> what stands there instead.
    """
    port = quiet_port()
    text = documented(name, app_port, port)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    if name == "nginx":
        with running_nginx(text, port, folder) as url:
            yield url
    else:
        with running_haproxy(HAPROXY + text, port, folder) as url:
            yield url


@contextmanager
def _running(command: list[str], port: int) -> Iterator[str]:
    if shutil.which(command[0]) is None and not Path(f"/usr/sbin/{command[0]}").exists():
        pytest.skip(f"no {command[0]}: apt-get install {command[0]}")
    path = shutil.which(command[0]) or f"/usr/sbin/{command[0]}"
    with subprocess.Popen([path, *command[1:]], stderr=subprocess.PIPE, text=True) as process:
        try:
            _await(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _await(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")
