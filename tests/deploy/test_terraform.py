"""deploy/terraform is well formed, and creates the same resources as deploy.sh."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import hcl2
import pytest

from tests.deploy.checkov import needs_checkov, run_checkov
from tests.deploy.sandbox import Sandbox
from web.settings import ROOT

FOLDER = ROOT / "deploy" / "terraform"
FILES = sorted(FOLDER.glob("*.tf"))
TERRAFORM = shutil.which("terraform") or shutil.which("tofu")
GOOD = {"project": "mien-1234", "host": "mien.example.org"}

needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")


def _blocks(kind: str) -> dict[str, dict[str, Any]]:
    """All blocks of a kind; resources as `type.name`."""
    found = {}
    for file in FILES:
        for block in hcl2.loads(file.read_text()).get(kind, []):
            found.update(_flat(block) if kind == "resource" else block)
    return {name.replace('"', ""): body for name, body in found.items()}


def _flat(block: dict[str, Any]) -> dict[str, Any]:
    return {f"{kind}.{name}": body for kind, named in block.items() for name, body in named.items()}


def _referred(pattern: str) -> set[str]:
    """Returns the references in the files, without their comments."""
    lines = "\n".join(file.read_text() for file in FILES).splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    return set(re.findall(pattern, text))


def _terraform(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    return subprocess.run(
        [str(TERRAFORM), *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_is_declared_and_used() -> None:
    assert _referred(r"\bvar\.(\w+)") == set(_blocks("variable"))


def test_every_resource_that_is_referred_to_exists() -> None:
    referred = _referred(r"\b(google_\w+\.\w+)")
    assert referred
    assert referred <= set(_blocks("resource"))


def test_every_variable_has_a_type_and_a_description_and_text_is_validated() -> None:
    for name, variable in _blocks("variable").items():
        assert {"type", "description"} <= variable.keys(), name
        assert variable["type"] == "bool" or "validation" in variable, name


def test_every_output_is_described() -> None:
    assert all("description" in output for output in _blocks("output").values())


def test_the_provider_is_pinned_to_one_version() -> None:
    (terraform,) = hcl2.loads((FOLDER / "versions.tf").read_text())["terraform"]
    (providers,) = terraform["required_providers"]
    assert re.fullmatch(r'"\d+\.\d+\.\d+"', providers["google"]["version"])


def test_terraform_creates_the_same_resources_as_the_script(tmp_path: Path) -> None:
    shown = "\n".join(Sandbox(tmp_path).deploy("--dry-run").shown)
    resources = _blocks("resource")

    def given(resource: str, key: str) -> str:
        return str(resources[resource][key]).strip('"')

    repository = given("google_artifact_registry_repository.images", "repository_id")
    assert f"artifacts repositories create {repository} " in shown
    account = given("google_service_account.nodes", "account_id")
    assert f"service-accounts create {account} " in shown
    address = given("google_compute_global_address.ingress", "name")
    assert f"addresses create {address} " in shown
    (enabled,) = re.findall(r"services enable (.*) --project", shown)
    listed = re.findall(r'"(\w+)"', (FOLDER / "project.tf").read_text().split("var.manage_dns")[0])
    assert [f"{api}.googleapis.com" for api in listed] == enabled.split()
    roles = {given(name, "role") for name in resources if "iam_member" in name}
    assert roles == set(re.findall(r"--role=(\S+)", shown))
    assert str(_blocks("variable")["cluster"]["default"]).strip('"') == "mien"


def test_deploy_sh_accepts_the_command_that_terraform_prints(tmp_path: Path) -> None:
    options = re.findall(r"--[a-z]+", (FOLDER / "outputs.tf").read_text())
    usage = Sandbox(tmp_path).deploy("--help").output
    assert len(options) == 5
    assert all(option in usage for option in options)


@needs_terraform
def test_it_is_formatted() -> None:
    assert _terraform("fmt", "-check", "-diff", folder=FOLDER).stdout == ""


@needs_terraform
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("project", "Mien", "project must be a project ID"),
        ("host", "https://mien.example.org", "host must be a domain"),
        ("region", "europe", "region must be a region"),
        ("cluster", "-mien", "cluster must be at most 40 lower-case letters"),
        ("network", "my network", "network must be a network name"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    shutil.copy(FOLDER / "variables.tf", tmp_path)

    def plan(**values: str) -> subprocess.CompletedProcess[str]:
        settings = [f"-var={key}={text}" for key, text in values.items()]
        return _terraform("plan", "-input=false", "-no-color", *settings, folder=tmp_path)

    assert plan(**GOOD).returncode == 0
    refused = plan(**{**GOOD, name: value})
    assert refused.returncode == 1
    assert sentence in refused.stderr


@needs_terraform
def test_terraform_validates_it(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    if _terraform("init", "-backend=false", "-input=false", folder=tmp_path).returncode != 0:
        pytest.skip("the provider cannot be had: no way to the registry of Terraform")
    result = _terraform("validate", "-no-color", folder=tmp_path)
    assert result.returncode == 0, result.stderr


@pytest.mark.timeout(300)
@needs_checkov
def test_checkov_reports_only_skipped_checks() -> None:
    summary = run_checkov(FOLDER, "terraform")["summary"]
    assert (summary["failed"], summary["skipped"]) == (0, 9)
    assert summary["passed"] > 10
