"""The self-made certificate of the proxy."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest

from deploy.proxy import certificate
from deploy.proxy.certificate import FILE, ensure_certificate


def test_certificate_and_key_are_in_one_file_that_the_group_may_read(tmp_path: Path) -> None:
    assert ensure_certificate(tmp_path)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / FILE)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [tmp_path / FILE]


def test_a_recent_certificate_is_kept(tmp_path: Path) -> None:
    ensure_certificate(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    assert not ensure_certificate(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_an_old_certificate_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_certificate(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    monkeypatch.setattr(certificate, "LIFETIME", datetime.timedelta(days=365))
    assert ensure_certificate(tmp_path)
    assert (tmp_path / FILE).read_bytes() != before


def test_an_operators_certificate_is_never_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_certificate(tmp_path)
    monkeypatch.setattr(certificate, "LIFETIME", datetime.timedelta(days=365))
    monkeypatch.setattr(certificate, "_SELF_MADE", "of somebody else")
    assert not ensure_certificate(tmp_path)
