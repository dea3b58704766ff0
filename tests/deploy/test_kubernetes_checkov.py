"""checkov finds nothing in what is deployed but what the manifests themselves excuse."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.manifests import Manifest
from web.config import ROOT

CHECKOV = shutil.which("checkov", path=f"{ROOT}/.cache/tools/checkov/bin:{os.environ['PATH']}")
OFFLINE = {"BC_SKIP_MAPPING": "TRUE", "CKV_SKIP_PACKAGE_UPDATE_CHECK": "TRUE"}
EXCUSED = {
    ("local", "CKV_K8S_15"),
    ("local", "CKV_K8S_35"),
    ("local", "CKV_K8S_43"),
    ("gke", "CKV_K8S_35"),
}

pytestmark = [
    pytest.mark.skipif(CHECKOV is None, reason="checkov is not installed: `make test` does it"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def findings(
    local: list[Manifest], gke_all: list[Manifest], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    """Passed, failed and skipped checks of both overlays; one run, since it takes a while."""
    folder = tmp_path_factory.mktemp("rendered")
    for name, manifests in (("local", local), ("gke", gke_all)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    options = ["--framework=kubernetes", "--output=json", "--skip-download", "--soft-fail"]
    result = subprocess.run(
        [str(CHECKOV), f"--directory={folder}", *options],
        env={**os.environ, **OFFLINE},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(result.stdout)["results"])


def test_nothing_fails(findings: dict[str, list[dict[str, Any]]]) -> None:
    assert {_name(check) for check in findings["failed_checks"]} == set()
    assert findings["parsing_errors"] == []


def test_both_overlays_were_looked_at(findings: dict[str, list[dict[str, Any]]]) -> None:
    looked_at = {(overlay, "CKV_K8S_40") for overlay in ("local", "gke")}
    assert looked_at <= {_name(check) for check in findings["passed_checks"]}


def test_excuses_are_few_and_give_a_reason(findings: dict[str, list[dict[str, Any]]]) -> None:
    assert {_name(check) for check in findings["skipped_checks"]} == EXCUSED
    assert all(check["check_result"]["suppress_comment"] for check in findings["skipped_checks"])


def _name(check: dict[str, Any]) -> tuple[str, str]:
    return Path(check["file_path"]).stem, check["check_id"]
