from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from process.private_folder import PrivateFolder

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def left_by_a_killed_process(temporary):
    """Returns the folder of a process that is dead."""
    program = """
import os, signal
from process.private_folder import PrivateFolder
folder = PrivateFolder()
print(folder.path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == -signal.SIGKILL, result.stderr
    return Path(result.stdout.strip())


def test_only_this_user_may_enter_it():
    assert PrivateFolder().path.stat().st_mode & 0o777 == 0o700


def test_it_is_gone_once_it_is_removed():
    folder = PrivateFolder()

    folder.remove()

    assert not folder.path.exists()


def test_the_next_one_removes_what_a_killed_process_left(tmp_path):
    left = left_by_a_killed_process(tmp_path)
    assert left.is_dir()

    folder = PrivateFolder()

    assert not left.exists()
    assert folder.path.is_dir()


def test_one_that_is_in_use_is_left_alone():
    first, second = PrivateFolder(), PrivateFolder()

    assert first.path.is_dir()
    assert second.path.is_dir()


@pytest.mark.skipif(os.getuid() != 0, reason="only root may make a folder somebody else's")
def test_one_of_another_user_is_left_alone(tmp_path):
    left = left_by_a_killed_process(tmp_path)
    os.chown(left, 12345, 12345)

    PrivateFolder()

    assert left.is_dir()


def test_what_is_not_a_folder_of_ours_is_left_alone(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (target / "lock").touch()
    (tmp_path / "mien-link").symlink_to(target)
    (tmp_path / "mien-file").touch()
    (tmp_path / "mien-folder").mkdir()

    PrivateFolder()

    assert {"mien-link", "mien-file", "mien-folder"} <= {path.name for path in tmp_path.iterdir()}
    assert (target / "lock").exists()
