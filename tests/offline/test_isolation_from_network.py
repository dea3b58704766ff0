"""Nothing is sent to a host that the operator did not name, and no file appears elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from web.settings import ROOT

AS_ROOT = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
UNSHARE = ["unshare", *AS_ROOT, "--net"]
OWN_FOLDERS = {".git", ".venv", ".cache", "__pycache__", ".mypy_cache", ".ruff_cache"}
TIMEOUT_SECONDS = 280
STRANGER = 12345
"""An id of a user that no machine has."""


def may_unshare() -> bool:
    """Whether this machine lets us have a network of our own."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not may_unshare(), reason="no network namespace can be had here")


@pytest.fixture
def home() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder with a short path, as Chromium needs it for its sockets."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


def files(folder: Path) -> set[str]:
    """All files and folders, but for those that tools may keep in a checkout."""
    found: set[str] = set()
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in OWN_FOLDERS]
        found |= {str(Path(place, name)) for name in [*folders, *names]}
    return found


@pytest.mark.timeout(TIMEOUT_SECONDS + 20)
@pytest.mark.parametrize(
    ("tests", "chosen"),
    [
        ("web/live/test_faults.py", "tells_every_session and eventlet"),
        ("web/live/test_faults.py", "tells_every_session and gunicorn"),
        ("serving/server/test_lifecycle.py", "one_command_serves"),
        ("face_utils/test_analyzer.py", "real_models"),
        ("serving/training/test_network_and_export.py", "one_command_makes and emotion"),
        ("serving/training/test_model_cards.py", "card"),
        ("browser/test_live_analysis.py", "gets_a_card"),
        ("browser/test_detection_mode.py", "only_face_crops"),
    ],
    ids=[
        "app",
        "gunicorn",
        "model server",
        "library",
        "training",
        "pictures",
        "page",
        "page that detects",
    ],
)
def test_no_packet_is_sent_and_no_file_is_written_elsewhere(
    tests: str, chosen: str, home: Path, temporary: Path, tmp_path: Path
) -> None:
    before, report = files(ROOT), tmp_path / "report.json"
    pytest_options = ["-q", "-x", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'tests'}"]
    command = [sys.executable, "-m", "pytest", *pytest_options, f"tests/{tests}", "-k", chosen]
    result = subprocess.run(
        [*UNSHARE, sys.executable, "-m", "tests.offline.listen", str(report), *command],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(temporary),
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert json.loads(report.read_text()) == {"packets": [], "proxied": [], "dropped": 0}
    assert files(ROOT) == before
    assert files(home) == set()
    assert files(temporary) == set()


def test_a_user_without_home_or_name_can_start_the_model_server() -> None:
    stranger = ["unshare", "--user", f"--map-user={STRANGER}", f"--map-group={STRANGER}"]
    with subprocess.Popen(
        [*stranger, sys.executable, "-m", "serving", "--port", "0"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("model server ready")
        server.terminate()
    assert server.returncode == 0


CALL = """
from concurrent.futures import ThreadPoolExecutor
from serving.channel import open_channel
from process.unpatched_grpc import grpc
server = grpc.server(ThreadPoolExecutor(1))
handler = grpc.unary_unary_rpc_method_handler(lambda request, context: b"answered")
server.add_generic_rpc_handlers(
    [grpc.method_handlers_generic_handler("test.Test", {"Name": handler})]
)
port = server.add_insecure_port("[::1]:0")
server.start()
with open_channel(f"only-in-hosts:{port}") as channel:
    assert channel.unary_unary("/test.Test/Name")(b"", timeout=20) == b"answered"
"""


LISTEN = """
from web.server.listener import bind
with bind("only-in-hosts", 0, "MIEN_") as listener:
    assert listener.getsockname()[0] == "::1"
"""


@pytest.mark.parametrize("code", [CALL, LISTEN], ids=["model server", "own address"])
def test_host_names_are_resolved_from_the_hosts_file_only(tmp_path: Path, code: str) -> None:
    hosts, report = tmp_path / "hosts", tmp_path / "report.json"
    hosts.write_text("::1 only-in-hosts\n")
    listen = [sys.executable, "-m", "tests.offline.listen", str(report)]
    mount = 'mount --bind "$0" /etc/hosts && exec "$@"'
    command = ["sh", "-c", mount, str(hosts), *listen, sys.executable, "-c", code]
    result = subprocess.run(
        [*UNSHARE, "--mount", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(report.read_text())["packets"] == []
