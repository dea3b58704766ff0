"""deploy.sh from the first deployment to a rollback, with a real app behind it."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import yaml

from tests.deploy.sandbox import LOGGED_IN, NO_IMAGE, THERE, Answer, Sandbox, is_alive
from tests.support.app_process import AppProcess, running_app

MAKES = (
    r" (enable|create|create-auto|add-iam-policy-binding|build|push|apply --(server|filename))\b"
)
MOVED: list[Answer] = [
    ("kubectl * get deployments*", "0!", "mien-app            7\\nmien-model-server   3"),
    ("kubectl * get deployments*", 0, "mien-app            8\\nmien-model-server   3"),
]
# Output of `kubectl get pods`, the oldest first: name, readiness and deletion time.
NEW = "mien-app-new     True    <none>"
BEFORE = "mien-app-before  True    2026-01-01T00:00:00Z"
ADDED = "mien-app-added   False   <none>"
WAITING = "mien-app-waiting <none>  <none>"


@pytest.fixture(scope="module")
def app() -> Iterator[AppProcess]:
    with running_app() as process:
        yield process


@pytest.fixture(scope="module")
def guarded_app(app: AppProcess) -> Iterator[AppProcess]:
    settings = {"MIEN_MODEL_SERVER": app.model_server_target, "MIEN_ACCESS_TOKEN": "open sesame"}
    with running_app(**settings) as process:
        yield process


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


def _reaching(app: AppProcess) -> list[Answer]:
    """Answers that forward the port of the new pod to a real app."""
    forwarding = f"Forwarding from 127.0.0.1:{app.port} -> 5000"
    return [
        *LOGGED_IN,
        _pods(BEFORE, NEW),
        ("kubectl * port-forward pod/mien-app-new :5000", "stay", forwarding),
        ("kubectl * port-forward*", 1, "error: unable to forward port: it is not running"),
        ("gcloud compute addresses describe*", 0, "203.0.113.7"),
    ]


def _pods(*lines: str) -> Answer:
    return ("kubectl * get pods*", 0, "\\n".join(lines))


def _certificate(folder: Path, days: int) -> str:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key"]
    command = ["openssl", "req", "-x509", *key, "-subj", "/CN=mien-app", "-days", str(days)]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_the_first_deployment_creates_missing_resources(sandbox: Sandbox, app: AppProcess) -> None:
    done = sandbox.deploy(answers=[*_reaching(app), *NO_IMAGE])
    assert done.code == 0, done.errors
    image = f"europe-west1-docker.pkg.dev/mien-1234/mien/mien-app:{sandbox.revision}"
    wanted = [
        "gcloud services enable artifactregistry.googleapis.com",
        "gcloud iam service-accounts create mien-nodes",
        "gcloud artifacts repositories create mien",
        "gcloud projects add-iam-policy-binding mien-1234",
        "gcloud artifacts repositories add-iam-policy-binding mien",
        "gcloud container clusters create-auto mien",
        "gcloud compute addresses create mien",
        f"docker build --platform=linux/amd64 --file=deploy/docker/app.Dockerfile --tag={image}",
        f"docker push {image}",
        "docker build .*model-server",
        "docker push .*mien-model-server",
        "kubectl --namespace=mien apply --filename=deploy/k8s/base/namespace.yaml",
        "kubectl --namespace=mien apply --server-side --filename=-",
    ]
    made = done.did(MAKES)
    assert len(made) == len(wanted)
    for call, pattern in zip(made, wanted, strict=True):
        assert re.match(pattern, call)
    assert (
        f"{sandbox.revision} is running in mien. Point mien.example.org to 203.0.113.7."
        in done.output
    )


def test_the_first_deployment_creates_both_certificates(sandbox: Sandbox) -> None:
    sandbox.deploy(answers=[*LOGGED_IN, *NO_IMAGE])
    secrets = yaml.safe_load_all((sandbox.record / "secrets.yaml").read_text())
    names = [secret["metadata"]["name"] for secret in secrets]
    assert names == ["mien-app-tls", "mien-model-server-tls"]


def test_deploying_a_revision_again_creates_nothing(sandbox: Sandbox, app: AppProcess) -> None:
    done = sandbox.deploy(answers=[*_reaching(app), *THERE])
    assert done.code == 0, done.errors
    assert done.did(MAKES) == []
    assert done.did("apply") == ["kubectl --namespace=mien apply --kustomize=WORK"]


@pytest.mark.parametrize(("days", "warned"), [(365, False), (29, True)])
def test_certificates_that_expire_soon_cause_a_warning(
    sandbox: Sandbox, tmp_path: Path, days: int, warned: bool
) -> None:
    certificate = _certificate(tmp_path, days).replace("\n", "\\n")
    answer: Answer = ("kubectl * get secret mien-app-tls*", 0, certificate)
    refused: Answer = ("kubectl * apply --kustomize*", 1, "The Ingress is invalid")
    done = sandbox.deploy(answers=[*LOGGED_IN, *THERE, answer, refused])
    assert ("certificates of app and model server expire within 30 days" in done.errors) is warned


def test_the_smoke_test_runs_against_a_pod_of_the_release(
    sandbox: Sandbox, app: AppProcess
) -> None:
    done = sandbox.deploy(answers=[*_reaching(app), *THERE])
    assert [call.split()[2:4] for call in done.did("rollout|forward")] == [
        ["rollout", "status"],
        ["rollout", "status"],
        ["port-forward", "pod/mien-app-new"],
    ]


@pytest.mark.parametrize("last", [ADDED, WAITING, BEFORE])
def test_starting_and_stopping_pods_do_not_roll_back_a_good_release(
    sandbox: Sandbox, app: AppProcess, last: str
) -> None:
    done = sandbox.deploy(answers=[_pods(NEW, last), *_reaching(app), *THERE, *MOVED])
    assert done.code == 0, done.errors
    assert not done.did("undo")


def test_a_release_without_a_ready_pod_is_rolled_back(sandbox: Sandbox, app: AppProcess) -> None:
    done = sandbox.deploy(answers=[_pods(BEFORE, ADDED), *_reaching(app), *THERE, *MOVED])
    assert done.code == 1
    assert "No pod of mien-app is ready" in done.errors
    assert not done.did("port-forward")
    assert "Rolled back mien-app." in done.errors


def test_a_dry_run_prints_the_commands_of_the_first_deployment_and_runs_none(
    sandbox: Sandbox, app: AppProcess
) -> None:
    dry = sandbox.deploy("--dry-run")
    real = sandbox.deploy(answers=[*_reaching(app), *NO_IMAGE])
    assert dry.code == 0
    assert dry.calls == []
    shown = {
        " ".join(shlex.split(command.replace("pod/POD", "pod/mien-app-new")))
        for command in dry.shown
    }
    assert set(real.calls) <= shown


def test_the_overlay_gets_the_images_and_the_domain(sandbox: Sandbox, app: AppProcess) -> None:
    sandbox.deploy(answers=[*_reaching(app), *THERE])
    overlay = (sandbox.record / "kustomization.yaml").read_text()
    assert "resources: [../../deploy/k8s/overlays/gke]" in overlay
    assert overlay.count(f"newTag: {sandbox.revision}") == 2
    assert "value: mien.example.org" in overlay
    assert "- MIEN_ALLOWED_HOSTS=mien.example.org\n" in overlay
    assert "- MIEN_TRUSTED_PROXIES=130.211.0.0/22,35.191.0.0/16,203.0.113.7\n" in overlay


def test_a_failed_rollout_is_rolled_back(sandbox: Sandbox) -> None:
    stuck: Answer = ("kubectl * rollout status deployment/mien-app*", "1!", "exceeded its deadline")
    done = sandbox.deploy(answers=[*LOGGED_IN, *THERE, *MOVED, stuck])
    assert done.code == 1
    assert done.did("undo") == [
        "kubectl --namespace=mien rollout undo deployment/mien-app --to-revision=7"
    ]
    assert "Rolled back mien-app." in done.errors
    assert f"Deployment of {sandbox.revision} failed" in done.errors
    assert not done.did("port-forward")


def test_an_app_that_refuses_the_handshake_is_rolled_back(
    sandbox: Sandbox, guarded_app: AppProcess
) -> None:
    done = sandbox.deploy(answers=[*_reaching(guarded_app), *THERE, *MOVED])
    assert done.code == 1
    assert "Socket.IO refused the connection: 44" in done.errors
    assert "Rolled back mien-app." in done.errors


def test_the_smoke_test_sends_the_access_token_without_printing_it(
    sandbox: Sandbox, guarded_app: AppProcess
) -> None:
    token: Answer = ("kubectl * get secret mien-access*", 0, '{"token":"open sesame"}')
    done = sandbox.deploy(answers=[*_reaching(guarded_app), *THERE, token])
    assert done.code == 0, done.errors
    assert "open sesame" not in done.output + done.errors


def test_a_refused_manifest_rolls_back_the_changes(sandbox: Sandbox) -> None:
    refused: Answer = ("kubectl * apply --kustomize*", 1, "The Ingress is invalid")
    done = sandbox.deploy(answers=[*LOGGED_IN, *THERE, *MOVED, refused])
    assert done.code == 1
    assert "Rolled back mien-app." in done.errors


def test_a_failed_first_deployment_has_nothing_to_roll_back_to(sandbox: Sandbox) -> None:
    stuck: Answer = ("kubectl * rollout status*", 1, "exceeded its deadline")
    done = sandbox.deploy(answers=[*LOGGED_IN, *NO_IMAGE, stuck])
    assert done.code == 1
    assert "mien-app has no earlier version to roll back to" in done.errors
    assert not done.did("undo")


def test_temporary_files_are_deleted(sandbox: Sandbox, app: AppProcess) -> None:
    sandbox.deploy(answers=[*_reaching(app), *NO_IMAGE])
    assert list((sandbox.checkout / ".cache").iterdir()) == []
    forwarding = int((sandbox.record / "staying").read_text())
    assert not psutil.pid_exists(forwarding) or not is_alive(psutil.Process(forwarding))
