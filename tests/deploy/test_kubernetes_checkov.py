"""checkov reports nothing about the manifests, except for the checks that they skip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.checkov import needs_checkov, run_checkov
from tests.deploy.manifests import Manifest

EXCUSED = {
    ("local", "CKV_K8S_15"),
    ("local", "CKV_K8S_35"),
    ("local", "CKV_K8S_43"),
    ("gke", "CKV_K8S_35"),
}

pytestmark = [needs_checkov, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def findings(
    local: list[Manifest], gke_all: list[Manifest], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    """Passed, failed and skipped checks of both overlays, from a single slow run."""
    folder = tmp_path_factory.mktemp("rendered")
    for name, manifests in (("local", local), ("gke", gke_all)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    return dict(run_checkov(folder, "kubernetes")["results"])


def test_checkov_reports_no_failure(findings: dict[str, list[dict[str, Any]]]) -> None:
    assert {_name(check) for check in findings["failed_checks"]} == set()
    assert findings["parsing_errors"] == []


def test_checkov_covers_both_overlays(findings: dict[str, list[dict[str, Any]]]) -> None:
    looked_at = {(overlay, "CKV_K8S_40") for overlay in ("local", "gke")}
    assert looked_at <= {_name(check) for check in findings["passed_checks"]}


def test_skipped_checks_are_few_and_have_a_reason(
    findings: dict[str, list[dict[str, Any]]],
) -> None:
    assert {_name(check) for check in findings["skipped_checks"]} == EXCUSED
    assert all(check["check_result"]["suppress_comment"] for check in findings["skipped_checks"])


def _name(check: dict[str, Any]) -> tuple[str, str]:
    return Path(check["file_path"]).stem, check["check_id"]
