"""pip comes from the configured package index, with the checksum that the index lists."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from deploy import bootstrap_pip
from deploy.bootstrap_pip import PUBLIC_INDEX, WHEEL, NoPipError, fetch_wheel, index_url

INDEX = "https://index.example/simple"
CONTENT = b"a wheel"
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


def _answer(monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    """Lets the index name this link, and the wheel lie where relative links find it."""
    page = f'<a href="../../pip-1.0.tar.gz#sha256=0">old</a><a href="{link}">{WHEEL}</a>'
    answers = {
        f"{INDEX}/pip/": page.encode(),
        f"https://index.example/files/{WHEEL}": CONTENT,
    }
    monkeypatch.setattr(bootstrap_pip, "_get", answers.__getitem__)


def test_the_wheel_is_taken_as_the_index_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, f"../../files/{WHEEL}#sha256={CHECKSUM}")
    assert fetch_wheel(INDEX) == fetch_wheel(f"{INDEX}/") == CONTENT


@pytest.mark.parametrize(
    "link",
    [
        f"../../files/{WHEEL}#sha256={'0' * 64}",
        f"../../files/{WHEEL}",
        f"../../files/pip-1.0-py3-none-any.whl#sha256={CHECKSUM}",
    ],
    ids=["wrong checksum", "no checksum", "another version"],
)
def test_any_other_file_is_refused(monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    _answer(monkeypatch, link)
    with pytest.raises(NoPipError):
        fetch_wheel(INDEX)


def test_the_index_is_the_one_that_pip_is_set_up_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(bootstrap_pip, "CONFIG_FILES", (str(tmp_path / "pip.conf"),))
    assert index_url() == PUBLIC_INDEX
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://global.example\n")
    assert index_url() == "https://global.example"
    (tmp_path / "own.conf").write_text("[install]\nindex-url = https://own.example/100%\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "own.conf"))
    assert index_url() == "https://own.example/100%"
    monkeypatch.setenv("PIP_INDEX_URL", INDEX)
    assert index_url() == INDEX


def test_the_wheel_that_python_comes_with_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap_pip, "find_spec", lambda name: None)
    monkeypatch.setattr(bootstrap_pip.sysconfig, "get_config_var", lambda name: None)
    monkeypatch.setattr(bootstrap_pip, "SHARED_WHEELS", tmp_path)
    assert bootstrap_pip.find_wheel() is None
    (tmp_path / "pip-23.0.1-py3-none-any.whl").touch()
    assert bootstrap_pip.find_wheel() == tmp_path / "pip-23.0.1-py3-none-any.whl"


def test_a_downloaded_wheel_is_kept_for_the_next_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    downloads = iter([CONTENT])
    monkeypatch.setattr(bootstrap_pip.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(bootstrap_pip, "fetch_wheel", lambda index: next(downloads))

    assert bootstrap_pip._download_wheel().read_bytes() == CONTENT
    assert bootstrap_pip._download_wheel().read_bytes() == CONTENT
