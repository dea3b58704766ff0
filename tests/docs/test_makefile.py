"""`make` in a copy of the checkout, with a Python, npm and Node that only pretend."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.app_process import running_app
from web.settings import ROOT

# Makes an environment of itself, and installs by noting what.
PYTHON = """#!/bin/sh
case "$*" in
"-m venv "*)
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/uv" ;;
*pip*install*)
    echo "$*" >> installed ;;
esac
"""
NODE = "#!/bin/sh\necho v24.0.0\n"
NPM = "#!/bin/sh\nmkdir -p static/vendor\n"


class Checkout:
    """What `make` needs of a checkout, in a folder of any name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs = folder, folder.parent / "programs"
        self.programs.mkdir()
        for name, text in (("python", PYTHON), ("node", NODE), ("npm", NPM)):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)
        (folder / "deploy").mkdir(parents=True)
        for name in ("Makefile", "deploy/check_venv.py", "package.json", "package-lock.json"):
            shutil.copy(ROOT / name, folder / name)
        shutil.copy(ROOT / "vendor.mjs", folder)
        shutil.copytree(ROOT / "locks", folder / "locks")
        shutil.copy(ROOT / "requirements.lock", folder)

    def make(self, *words: str, python: Path | None = None) -> str:
        """Runs `make` with what is there; returns what it said."""
        command = ["make", *words, f"PYTHON={python or self.programs / 'python'}"]
        path = f"{self.programs}:{os.environ['PATH']}"
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PATH": path, "MAKEFLAGS": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def set_up_for_real(self) -> Path:
        """An environment of a real Python with nothing in it, as if `make setup` had made it."""
        venv = self.folder / ".venv"
        command = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
        subprocess.run(command, check=True)
        (self.folder / "static" / "vendor").mkdir(parents=True)
        for name in (".venv/bin/uv", ".venv/.runtime", ".venv/.node", "static/vendor/.complete"):
            (self.folder / name).touch()
        return venv


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "mien")


@pytest.mark.parametrize("name", ["a $HOME b", "$(false)", "it's"])
def test_set_up_works_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    checkout = Checkout(tmp_path / name)

    checkout.make("setup")

    assert "requirements.lock" in (checkout.folder / "installed").read_text()
    assert (checkout.folder / ".venv" / ".runtime").is_file()


def test_what_is_set_up_is_left_alone(checkout: Checkout) -> None:
    checkout.set_up_for_real()

    assert "rm -rf" not in checkout.make("--dry-run", "setup")
    assert "pip" not in checkout.make("--dry-run", "setup")


def upgrade_away(venv: Path) -> None:
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/usr/bin/python-that-is-gone")


def upgrade_in_place(venv: Path) -> None:
    [packages] = venv.glob("lib/python*")
    packages.rename(packages.with_name("python3.10"))


def rename_the_checkout(venv: Path) -> None:
    settings = venv / "pyvenv.cfg"
    settings.write_text(settings.read_text().replace(str(venv), "/where/it/was/.venv"))


@pytest.mark.parametrize("event", [upgrade_away, upgrade_in_place, rename_the_checkout])
def test_a_dead_environment_is_made_anew(checkout: Checkout, event) -> None:
    event(checkout.set_up_for_real())

    assert "is made anew" in checkout.make("setup")
    assert "requirements.lock" in (checkout.folder / "installed").read_text()
    assert (checkout.folder / ".venv" / ".runtime").is_file()


def test_the_safe_path_of_python_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "1")

    command = ["make", "help", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "MIEN_PORT" in done.stdout
    with running_app() as app:
        assert app.await_status("/readyz") > 0
