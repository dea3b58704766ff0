"""Forwarding headers are applied from trusted proxies only, and always removed."""

from __future__ import annotations

import logging
from ipaddress import ip_network
from typing import Any

import pytest

from tests.web.wsgi_request import fine, request
from web.http.forwarded import BehindProxies, is_trusted
from web.settings import SettingsError, read_settings
from web.settings.values import Proxy

PROXIES: tuple[Proxy, ...] = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))

SAID = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "mien.example",
    "HTTP_X_FORWARDED_PREFIX": "/mien",
}


def passed_on(
    environ: dict[str, Any], trusted: tuple[Proxy, ...] = PROXIES, base_path: str = ""
) -> dict[str, Any]:
    """What a request is after the middleware."""
    BehindProxies(fine, trusted, base_path)(environ, lambda *_: lambda _: None)
    return environ


def test_a_trusted_proxy_tells_address_scheme_host_and_path_of_the_visitor() -> None:
    environ = passed_on(request(**SAID, PATH_INFO="/healthz"))
    assert environ["REMOTE_ADDR"] == "203.0.113.7"
    assert environ["wsgi.url_scheme"] == "https"
    assert environ["HTTP_HOST"] == "mien.example"
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/mien", "/healthz")


def test_headers_of_an_untrusted_client_are_ignored() -> None:
    peer = "198.51.100.1"
    assert passed_on(request(peer, **SAID)) == passed_on(request(peer))


@pytest.mark.parametrize("peer", ["10.0.0.1", "198.51.100.1"])
def test_nothing_behind_sees_a_forwarding_header(peer: str) -> None:
    others = {"HTTP_FORWARDED": "for=1.2.3.4", "HTTP_X_FORWARDED_SSL": "on"}
    environ = passed_on(request(peer, **SAID, **others))
    assert not [name for name in environ if "FORWARDED" in name]


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.2.3.4", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7,10.2.3.4 , 10.9.9.9", "203.0.113.7"),
        ("10.2.3.4", "10.2.3.4"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1, fd00::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, unknown", "10.0.0.1"),
        ("", "10.0.0.1"),
        ("203.0.113.7," * 20 + "10.2.3.4," * 16 + "10.2.3.5", "10.2.3.4"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_trusted_proxy(header: str, client: str) -> None:
    assert passed_on(request(HTTP_X_FORWARDED_FOR=header))["REMOTE_ADDR"] == client


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROTO", "javascript"),
        ("HOST", 'x" onload='),
        ("HOST", "a b"),
        ("PREFIX", "//evil.example"),
        ("PREFIX", "/a/../b"),
        ("PREFIX", '/a"b'),
        ("PREFIX", "mien"),
        ("PREFIX", "/a\tb"),
        ("PREFIX", "/"),
    ],
)
def test_a_value_that_is_malformed_is_forgotten(name: str, value: str) -> None:
    assert passed_on(request(**{f"HTTP_X_FORWARDED_{name}": value})) == passed_on(request())


def test_of_several_values_the_nearest_proxys_counts() -> None:
    environ = passed_on(request(HTTP_X_FORWARDED_HOST="evil.example, mien.example"))
    assert environ["HTTP_HOST"] == "mien.example"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/mien/healthz", "/healthz"),
        ("/mien/", "/"),
        ("/mien", ""),
        ("/healthz", "/healthz"),
        ("/mienfeld", "/mienfeld"),
    ],
)
@pytest.mark.parametrize("says", [True, False])
def test_the_base_path_is_taken_off_if_no_proxy_did_so(path: str, kept: str, says: bool) -> None:
    given = {"HTTP_X_FORWARDED_PREFIX": "/mien/"} if says else {}
    environ = passed_on(request(PATH_INFO=path, **given), base_path="" if says else "/mien")
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/mien", kept)


def test_a_unix_socket_is_trusted_only_if_it_is_named() -> None:
    assert not is_trusted("", PROXIES)
    settings = read_settings({"MIEN_TRUSTED_PROXIES": "10.0.0.0/8, unix"})
    assert is_trusted("", settings.access.trusted_proxies)


def test_an_ipv4_proxy_is_known_on_an_ipv6_socket() -> None:
    assert is_trusted("::ffff:10.0.0.1", PROXIES)


def test_an_operator_is_told_once_that_a_proxy_is_not_trusted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = BehindProxies(fine, PROXIES, "")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            page(request("198.51.100.1", **SAID), lambda *_: lambda _: None)
    assert [record.getMessage() for record in caplog.records] == [
        "Ignored X-Forwarded- headers from 198.51.100.1. If that is your proxy, add its address "
        "to MIEN_TRUSTED_PROXIES."
    ]


@pytest.mark.parametrize("path", ["mien", "/a b", "//x", "/..", "/a?b"])
def test_a_base_path_that_is_none_stops_the_start(path: str) -> None:
    with pytest.raises(SettingsError, match="MIEN_BASE_PATH"):
        read_settings({"MIEN_BASE_PATH": path})
