"""The `mien` command: list the models, check the installation."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mien.commands import main
from serving.contract import MODELS, load_contract
from web.settings import ROOT


@pytest.fixture(autouse=True)
def only_own_settings(monkeypatch: pytest.MonkeyPatch, free_port: Callable[[], int]) -> None:
    monkeypatch.setenv("MIEN_PORT", str(free_port()))


def test_models_lists_each_model_with_all_that_the_contract_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["models", "--json"]) == 0

    models = {model["name"]: model for model in json.loads(capsys.readouterr().out)}
    assert list(models) == list(load_contract())
    assert models["emotion"]["version"] == 1
    assert models["emotion"]["size"] == 64
    assert models["emotion"]["labels"][:2] == ["neutral", "happiness"]
    assert (models["age"]["kind"], models["age"]["unit"]) == ("regression", "years")
    for model in models.values():
        assert model["licence"]
        assert model["data"]
        assert all(isinstance(value, float) for value in model["quality"].values())


def test_the_version_is_the_newest_of_the_changelog(capsys: pytest.CaptureFixture[str]) -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    with pytest.raises(SystemExit):
        main(["--version"])
    newest = re.findall(r"^## \[(\d.*?)\]", changes, re.MULTILINE)[0]
    assert capsys.readouterr().out == f"{newest}\n"


def test_models_prints_a_block_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0

    first, *rest = capsys.readouterr().out.split("\n\n")
    assert first.splitlines()[0] == "emotion, version 1"
    assert "64 x 64 pixels" in first
    assert len(rest) == 2


def test_models_says_if_a_version_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "emotion" / "old").mkdir(parents=True)
    monkeypatch.setenv("MIEN_MODELS", str(tmp_path))

    assert main(["models"]) == 0
    assert capsys.readouterr().out.startswith("emotion, no version")


def test_models_without_a_readable_contract_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MIEN_CONTRACT", str(tmp_path / "models.toml"))

    assert main(["models"]) == 1
    assert "models.toml" in capsys.readouterr().err


def test_a_checkout_passes_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok ") for line in lines)
    assert any("models: emotion 1, age 1, gender 1" in line for line in lines)


def _damaged_models(folder: Path) -> dict[str, str]:
    shutil.copytree(MODELS, folder / "models")
    shutil.copy(MODELS / "age/1/saved_model.pb", folder / "models/emotion/1")
    return {"MIEN_MODELS": str(folder / "models")}


def _no_models(folder: Path) -> dict[str, str]:
    return {"MIEN_MODELS": str(folder)}


def _wrong_contract(folder: Path) -> dict[str, str]:
    (folder / "models.toml").write_text("[emotion]\nkind = 'poem'\n")
    return {"MIEN_CONTRACT": str(folder / "models.toml")}


def _no_detector(folder: Path) -> dict[str, str]:
    return {"MIEN_DETECTOR": "blazeface", "MIEN_BLAZEFACE": str(folder / "none.tflite")}


def _no_certificate(folder: Path) -> dict[str, str]:
    files = {"MIEN_TLS_CERTIFICATE": str(folder / "none"), "MIEN_TLS_KEY": str(folder / "none")}
    return {"MIEN_HTTPS": "1", **files}


def _no_certificate_of_the_model_server(folder: Path) -> dict[str, str]:
    return {"MIEN_MODEL_SERVER": "127.0.0.1:1", "MIEN_MODEL_SERVER_CA": str(folder / "none")}


def _unknown_setting(_folder: Path) -> dict[str, str]:
    return {"MIEN_PROT": "5000"}


def _foreign_address(_folder: Path) -> dict[str, str]:
    return {"MIEN_METRICS_HOST": "192.0.2.1", "MIEN_METRICS_PORT": "9100"}


@pytest.mark.parametrize(
    ("problem", "failed"),
    [
        (_damaged_models, "models"),
        (_no_models, "models"),
        (_wrong_contract, "model contract"),
        (_no_detector, "face detector"),
        (_no_certificate, "TLS"),
        (_no_certificate_of_the_model_server, "models"),
        (_unknown_setting, "settings"),
        (_foreign_address, "metrics port"),
    ],
)
def test_a_problem_fails_its_check(
    problem: Callable[[Path], dict[str, str]],
    failed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in problem(tmp_path).items():
        monkeypatch.setenv(name, value)

    assert main(["check"]) == 1
    assert f"failed  {failed}: " in capsys.readouterr().out


def test_a_taken_port_fails_its_check(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    free_port: Callable[[], int],
) -> None:
    from web.server.listener import bind

    port = free_port()
    monkeypatch.setenv("MIEN_PORT", str(port))
    with bind("127.0.0.1", port, "MIEN_"):
        assert main(["check"]) == 1
    assert f"failed  port: Port {port} is in use." in capsys.readouterr().out


def test_an_external_model_server_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MIEN_MODEL_SERVER", "127.0.0.1:1")

    assert main(["check"]) == 0
    assert "from 127.0.0.1:1" in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serv"])
    assert "serve" in capsys.readouterr().err


def test_the_command_line_imports_nothing_that_eventlet_must_patch_first() -> None:
    """`mien serve` lets `app.py` patch Python's modules before Mien's are imported."""
    lines = (ROOT / "mien" / "commands.py").read_text(encoding="utf-8").splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    assert imports
    assert not [line for line in imports if "mien." in line or "web" in line or "serving" in line]
