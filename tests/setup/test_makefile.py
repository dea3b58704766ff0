"""`make` in a copy of the checkout, with fakes of Python, npm and Node.js."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.app_process import running_app
from web.settings import ROOT

# Makes an environment of itself, notes what is installed, and runs no script but the page's.
PYTHON = """#!/bin/sh
case "$*" in
"-m venv "*)
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/uv" ;;
"venv "*)
    for folder; do :; done
    mkdir -p "$folder/bin" && cp "$0" "$folder/bin/python" ;;
*install*)
    echo "$*" >> installed ;;
*page_assets.py)
    echo "$0 $*" >> installed; mkdir -p static/vendor ;;
esac
"""
NODE = "#!/bin/sh\necho v24.0.0\n"
NPM = '#!/bin/sh\necho "npm $*" >> installed\nmkdir -p node_modules\n'
SOURCES = ("Makefile", "package.json", "package-lock.json", "vendor.mjs", "requirements.lock")


class Checkout:
    """The files of a checkout that `make` needs, in a folder of any name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs = folder, folder.parent / "programs"
        self.programs.mkdir()
        for name, text in (("python", PYTHON), ("node", NODE), ("npm", NPM)):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)
        (folder / "deploy").mkdir(parents=True)
        for name in (*SOURCES, "deploy/check_venv.py", "deploy/page_assets.py"):
            shutil.copy(ROOT / name, folder / name)
        shutil.copytree(ROOT / "locks", folder / "locks")

    def make(self, *words: str) -> str:
        """Runs `make` with what is there; returns what it said."""
        done = subprocess.run(
            ["make", *words, f"PYTHON={self.programs / 'python'}"],
            cwd=self.folder,
            # As if no other `make` ran these tests: a sub-make names its folder.
            env={
                **os.environ,
                "PATH": f"{self.programs}:{os.environ['PATH']}",
                "MAKEFLAGS": "",
                "MAKELEVEL": "0",
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def installed(self) -> str:
        """The commands that installed something, one per line."""
        return (self.folder / "installed").read_text()

    def set_up_for_real(self) -> Path:
        """An environment of a real Python with nothing in it, as if `make setup` had made it."""
        venv = self.folder / ".venv"
        command = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
        subprocess.run(command, check=True)
        (self.folder / "static" / "vendor").mkdir(parents=True)
        for name in (".venv/bin/uv", ".venv/.runtime", "static/vendor/.complete"):
            (self.folder / name).touch()
        return venv


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "mien")


@pytest.mark.parametrize("name", ["a $HOME b", "$(false)", "it's"])
def test_set_up_works_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    checkout = Checkout(tmp_path / name)

    checkout.make("setup")

    assert "locks/runtime.lock" in checkout.installed
    assert (checkout.folder / ".venv" / ".runtime").is_file()


def test_setup_prints_what_it_installs(checkout: Checkout) -> None:
    assert sorted(checkout.make("setup").splitlines()) == [
        "Creating .venv",
        "Installing Python packages",
        "Installing the page's scripts",
    ]
    assert checkout.make("setup") == ""


def test_the_app_is_set_up_without_tensorflow_and_without_tools(checkout: Checkout) -> None:
    checkout.make("setup")

    assert set(re.findall(r"\S+\.lock", checkout.installed)) == {
        "locks/uv.lock",
        "locks/runtime.lock",
    }
    assert "npm" not in checkout.installed


def test_lint_types_and_unit_tests_are_set_up_without_tensorflow(checkout: Checkout) -> None:
    checkout.make("setup-dev")

    assert "locks/dev.lock" in checkout.installed
    assert "npm ci" in checkout.installed
    assert "requirements.lock" not in checkout.installed
    checkout.make("setup-test")
    assert "requirements.lock" in checkout.installed


def test_without_node_a_temporary_one_builds_the_page(checkout: Checkout) -> None:
    (checkout.programs / "node").write_text("#!/bin/sh\nexit 1\n")

    checkout.make("setup")

    assert "locks/node.lock" in checkout.installed
    assert ".cache/node-for-page/bin/python deploy/page_assets.py" in checkout.installed
    assert not (checkout.folder / ".cache" / "node-for-page").exists()


def test_existing_installations_are_kept(checkout: Checkout) -> None:
    checkout.set_up_for_real()

    plan = checkout.make("--dry-run", "setup")
    assert "rm -rf" not in plan
    assert "pip" not in plan
    assert "page_assets" not in plan


def test_a_new_lock_is_installed(checkout: Checkout) -> None:
    checkout.set_up_for_real()
    os.utime(checkout.folder / "locks" / "runtime.lock", (2e9, 2e9))

    assert "locks/runtime.lock" in checkout.make("--dry-run", "setup")


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
def test_a_dead_environment_is_recreated(checkout: Checkout, event) -> None:
    event(checkout.set_up_for_real())

    assert "Recreating it." in checkout.make("setup")
    assert "locks/runtime.lock" in checkout.installed
    assert (checkout.folder / ".venv" / ".runtime").is_file()


def test_make_help_lists_every_target_and_setting() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert re.search(r"^  test-fast +Run lint", done.stdout, re.MULTILINE)
    assert re.search(r"^  MIEN_PORT +TCP port to listen on. \[5000\]$", done.stdout, re.MULTILINE)
    settings = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(MIEN_\w+)`", settings, re.MULTILINE)) == set(
        re.findall(r"^  (MIEN_\w+)", done.stdout, re.MULTILINE)
    )


def test_make_works_with_pythonsafepath_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "1")

    with running_app() as app:
        assert app.await_status("/readyz") > 0
    probe = "--eval=probe: ; $(RUN) web.settings.reference"
    command = ["make", probe, "probe", f"BIN={Path(sys.executable).parent}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "MIEN_PORT" in done.stdout
