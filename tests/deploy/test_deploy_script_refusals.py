"""deploy.sh refuses wrong input, and reports missing tools, logins and permissions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.deploy.sandbox import LOGGED_IN, NEEDED, NO_IMAGE, Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


@pytest.mark.parametrize("tool", NEEDED)
def test_a_missing_tool_is_reported_with_how_to_install_it(sandbox: Sandbox, tool: str) -> None:
    (sandbox.tools / tool).unlink()
    done = sandbox.deploy()
    assert done.code == 1
    assert re.search(rf"^deploy.sh: {tool} is missing. Install it: \S+", done.errors, re.MULTILINE)
    assert done.calls == []


def test_a_missing_login_is_reported_with_the_command_to_run(sandbox: Sandbox) -> None:
    done = sandbox.deploy()
    assert done.code == 1
    assert "Not logged in to gcloud. Run: gcloud auth login" in done.errors


def test_an_expired_login_is_reported_with_the_command_to_run(sandbox: Sandbox) -> None:
    error = "There was a problem refreshing your current auth tokens: Reauthentication failed."
    done = sandbox.deploy(answers=[*LOGGED_IN, ("gcloud projects describe*", 1, error)])
    assert done.code == 1
    assert "The login of ada@example.org has expired. Run: gcloud auth login" in done.errors


@pytest.mark.parametrize(
    ("call", "error", "right", "role"),
    [
        (
            "gcloud artifacts repositories create*",
            "Permission 'artifactregistry.repositories.create' denied on resource",
            "artifactregistry.repositories.create",
            "roles/artifactregistry.admin",
        ),
        (
            "gcloud container clusters list*",
            'ResponseError: code=403, message=Required "container.clusters.list" permission(s)',
            "container.clusters.list",
            "roles/container.admin",
        ),
        (
            "gcloud compute addresses create*",
            "- Required 'compute.globalAddresses.create' permission for 'projects/mien-1234'",
            "compute.globalAddresses.create",
            "roles/compute.publicIpAdmin",
        ),
        (
            "docker push*",
            'denied: Permission "artifactregistry.repositories.uploadArtifacts" denied on resource',
            "artifactregistry.repositories.uploadArtifacts",
            "roles/artifactregistry.admin",
        ),
        (
            "kubectl * apply --filename*",
            'cannot create resource "namespaces": requires one of ["container.namespaces.create"]',
            "container.namespaces.create",
            "roles/container.admin",
        ),
    ],
    ids=lambda text: text.split()[0],
)
def test_a_missing_permission_is_reported_with_a_role_that_grants_it(
    sandbox: Sandbox, call: str, error: str, right: str, role: str
) -> None:
    done = sandbox.deploy(answers=[*LOGGED_IN, (call, 1, error), *NO_IMAGE])
    assert done.code == 1
    assert (
        f"ada@example.org lacks the permission {right} in mien-1234. Grant {role}." in done.errors
    )
    assert re.match(call.replace("*", ".*"), done.calls[-1])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--projcet", "x"], "Unknown option --projcet. See --help."),
        (["mien-1234"], "Unknown option mien-1234"),
        (["--project"], "--project needs a value"),
        (["--project", "Mien 1234"], "--project must be a project ID, such as mien-1234"),
        (["--project", ""], "--project must be a project ID"),
        (["--host", "https://mien.example.org"], "--host must be a domain"),
        (["--host", "mien.example.org\nx"], "--host must be a domain"),
        (["--region", "europe"], "--region must be a region, such as europe-west1"),
        (["--cluster", "-x"], "--cluster must be a cluster name"),
        (["--certificate", "a b"], "--certificate must be a certificate name"),
    ],
)
def test_a_wrong_option_is_refused(sandbox: Sandbox, options: list[str], sentence: str) -> None:
    done = sandbox.deploy(*options)
    assert done.code == 1
    assert sentence in done.errors
    assert done.calls == []


def test_uncommitted_changes_are_refused(sandbox: Sandbox) -> None:
    (sandbox.checkout / "new.py").touch()
    done = sandbox.deploy("--dry-run")
    assert done.code == 1
    assert "Uncommitted changes" in done.errors
    assert "new.py" in done.errors


def test_allow_dirty_adds_a_unique_suffix_to_the_tag(sandbox: Sandbox) -> None:
    (sandbox.checkout / "new.py").touch()
    done = sandbox.deploy("--dry-run", "--allow-dirty")
    assert re.search(
        rf"docker push \S+/mien-app:{sandbox.revision}-dirty-\d{{14}}$", done.output, re.M
    )
