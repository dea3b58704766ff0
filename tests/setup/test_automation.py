"""Continuous integration, commit hooks and dependency updates call what exists."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from web.settings import ROOT

CI = ROOT / ".github" / "workflows" / "ci.yml"
HOOKS = ROOT / ".pre-commit-config.yaml"
UPDATES = ROOT / ".github" / "dependabot.yml"
FILES = [CI, HOOKS, ROOT / ".ci" / "run"]
TARGETS = sorted(
    {
        word
        for file in FILES
        for word in re.findall(r"^(?!#).*\bmake ([a-z-]+)", file.read_text("utf-8"), re.MULTILINE)
        if word != "setup-dev"
    }
)
# What tells an update service where the packages of a kind are listed.
LISTS = {
    "pip": "pyproject.toml",
    "npm": "package-lock.json",
    "github-actions": ".github/workflows/ci.yml",
    "docker": "*.Dockerfile",
}


def test_the_files_name_targets() -> None:
    assert {"lint", "types", "test", "test-fast", "audit", "sbom"} <= set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_that_they_call_exists(target: str) -> None:
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_the_hooks_run_on_the_files_that_they_check() -> None:
    [repository] = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert hook["pass_filenames"] is False


def test_dependency_updates_cover_every_package_list() -> None:
    updates = yaml.safe_load(UPDATES.read_text(encoding="utf-8"))["updates"]
    assert {update["package-ecosystem"] for update in updates} == LISTS.keys()
    for update in updates:
        folder = ROOT / update["directory"].strip("/")
        assert list(folder.glob(LISTS[update["package-ecosystem"]]))


def test_every_job_has_a_time_limit() -> None:
    jobs = yaml.safe_load(CI.read_text(encoding="utf-8"))["jobs"]
    assert all(job["timeout-minutes"] <= 45 for job in jobs.values())
