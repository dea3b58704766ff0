"""A separate checkout for deploy.sh, with stand-ins for every tool that would reach a cloud."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from web.settings import ROOT

STAND_IN = Path(__file__).with_name("stand_in.sh")
STOOD_IN = ("gcloud", "gke-gcloud-auth-plugin", "docker", "kubectl")
NEEDED = (*STOOD_IN, "git", "openssl", "curl")
REAL = (
    "git openssl curl awk bash cat cp date dirname env grep head mkdir mkfifo mktemp rm sed "
    "sleep tail tee tr"
)
OPTIONS = ("--project", "mien-1234", "--host", "mien.example.org")

Answer = tuple[str, int | str, str]

# Parts of the tables below.
NODES = "mien-nodes@mien-1234.iam.gserviceaccount.com"
APIS = ("artifactregistry", "cloudresourcemanager", "compute", "container", "iam")
LOGGED_IN: list[Answer] = [("gcloud auth list*", 0, "ada@example.org")]
NO_IMAGE: list[Answer] = [("docker manifest inspect*", 1, "no such manifest")]
THERE: list[Answer] = [
    ("gcloud services list*", 0, "\\n".join(f"{api}.googleapis.com" for api in APIS)),
    ("gcloud iam service-accounts list*", 0, f"other@example.org\\n{NODES}"),
    ("gcloud artifacts repositories list*", 0, "mien"),
    ("gcloud projects get-iam-policy*", 0, "roles/container.defaultNodeServiceAccount"),
    ("gcloud artifacts repositories get-iam-policy*", 0, "roles/artifactregistry.reader"),
    ("gcloud container clusters list*", 0, "other\\nmien"),
    ("gcloud compute addresses list*", 0, "mien"),
    ("kubectl * get namespaces*", 0, "namespace/default\\nnamespace/mien"),
    ("kubectl * get secrets*", 0, "secret/mien-app-tls\\nsecret/mien-model-server-tls"),
]


class Deployment(NamedTuple):
    """Result of a run of deploy.sh.

    Attributes:
        code: Its exit code.
        output: What it said.
        errors: What it complained of.
        calls: How the stand-ins were called, a line each.
        shown: The commands that it showed, a line each, quoted for a shell.
    """

    code: int
    output: str
    errors: str
    calls: list[str]
    shown: list[str]

    def did(self, pattern: str) -> list[str]:
        """The calls that match a regular expression, in order."""
        return [call for call in self.calls if re.search(pattern, call)]


class Sandbox:
    """A committed copy of deploy/ with its own PATH."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.record = folder / "checkout", folder / "record"
        self.tools = folder / "tools"
        self.record.mkdir()
        self.tools.mkdir()
        self._link_tools()
        shutil.copytree(ROOT / "deploy", self.checkout / "deploy")
        shutil.copy(ROOT / ".gitignore", self.checkout)
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "All")

    def _link_tools(self) -> None:
        for name in STOOD_IN:
            (self.tools / name).symlink_to(STAND_IN)
        for name in REAL.split():
            path = shutil.which(name)
            assert path, f"these tests need {name}"
            (self.tools / name).symlink_to(path)

    def git(self, *words: str) -> str:
        """Runs git in the checkout."""
        command = ["git", *words]
        return subprocess.run(
            command, cwd=self.checkout, check=True, capture_output=True, text=True
        ).stdout.strip()

    @property
    def revision(self) -> str:
        return self.git("rev-parse", "--short=12", "HEAD")

    def deploy(self, *options: str, answers: Sequence[Answer] = ()) -> Deployment:
        """Runs deploy.sh for a project and a domain, with the answers that the stand-ins give."""
        table = "".join(f"{pattern}\t{code}\t{text}\n" for pattern, code, text in answers)
        (self.record / "table").write_text(table)
        (self.record / "calls").write_text("")
        own = {"PATH": str(self.tools), "RECORD": str(self.record), "HOME": str(self.record)}
        result = subprocess.run(
            [self.checkout / "deploy" / "deploy.sh", *OPTIONS, *options],
            env=own,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        # The folder of a run has a new name each time.
        output, calls = (
            re.sub(r"\.cache/deploy\.\w+", "WORK", text)
            for text in (result.stdout, (self.record / "calls").read_text())
        )
        shown = [line[2:] for line in output.splitlines() if line.startswith("+ ")]
        return Deployment(result.returncode, output, result.stderr, calls.splitlines(), shown)


def is_alive(process: psutil.Process) -> bool:
    """Whether a process still runs. A zombie does not count."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
