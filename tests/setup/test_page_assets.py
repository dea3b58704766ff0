"""The page's third-party files come from npm, into static/vendor and nowhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from web.settings import ROOT

NPM = """#!/bin/sh
echo "$*" >> {log}
case "$*" in
"run --silent vendor")
    test -f node_modules/installed || exit 1
    mkdir -p static/vendor/litert && echo new > static/vendor/litert/index.js ;;
"ci "*)
    test -f package-lock.json && test -f .npmrc || exit 1
    mkdir node_modules && touch node_modules/installed ;;
esac
"""


@pytest.fixture
def source_tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    (tree / "deploy").mkdir(parents=True)
    names = (".npmrc", "package.json", "package-lock.json", "vendor.mjs", "deploy/page_assets.py")
    for name in names:
        shutil.copy(ROOT / name, tree / name)
    return tree


def _fetch(tree: Path, npm: str | None) -> subprocess.CompletedProcess[str]:
    programs = tree.parent / "programs"
    programs.mkdir()
    if npm is not None:
        (programs / "npm").write_text(npm.format(log=tree.parent / "log"))
        (programs / "npm").chmod(0o755)
    python = programs / "python"
    python.symlink_to(sys.executable)
    shell_tools = ":".join(
        folder for folder in ("/usr/bin", "/bin") if npm is not None and Path(folder).is_dir()
    )
    return subprocess.run(
        [sys.executable, "deploy/page_assets.py"],
        cwd=tree,
        env={**os.environ, "PATH": f"{programs}:{shell_tools}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_files_are_fetched_and_the_packages_left_nowhere(source_tree: Path) -> None:
    done = _fetch(source_tree, NPM)

    assert done.returncode == 0, done.stderr
    assert (source_tree / "static/vendor/litert/index.js").read_text() == "new\n"
    assert not (source_tree / "node_modules").exists()
    assert (source_tree.parent / "log").read_text().splitlines() == [
        "ci --omit=dev --ignore-scripts",
        "run --silent vendor",
    ]
    assert done.stdout == ""


def test_npms_error_message_is_shown(source_tree: Path) -> None:
    done = _fetch(source_tree, "#!/bin/sh\necho no network >&2\nexit 1\n")

    assert done.returncode == 1
    assert "no network" in done.stderr
    assert not (source_tree / "static").exists()


def test_without_npm_the_message_says_what_to_do(source_tree: Path) -> None:
    if (Path(sys.executable).parent / "npm").exists():
        pytest.skip("This environment has an npm of its own.")
    done = _fetch(source_tree, None)

    assert done.returncode == 1
    assert "Install Node.js" in done.stderr
