from __future__ import annotations

from dataclasses import fields

import pytest

from web.config import ROOT, Config, ConfigError, read_config
from web.config_page import describe_config, list_config


def test_without_variables_everything_has_its_default() -> None:
    assert read_config({"HOME": "/", "PATH": ""}) == Config()


def test_variables_are_read_with_their_types() -> None:
    config = read_config(
        {
            "MIEN_PORT": "5055",
            "MIEN_HTTPS": "1",
            "MIEN_MODEL_TIMEOUT_SECONDS": "0.5",
            "MIEN_ALLOWED_ORIGINS": "https://a.example, https://b.example/",
        }
    )
    assert (config.port, config.https, config.model_timeout_seconds) == (5055, True, 0.5)
    assert config.allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MIEN_PORT", "0"),
        ("MIEN_PORT", "80.5"),
        ("MIEN_PORT", ""),
        ("MIEN_HTTPS", "maybe"),
        ("MIEN_MODEL_TIMEOUT_SECONDS", "nan"),
        ("MIEN_SESSION_MAX_SECONDS", "inf"),
        ("MIEN_ASYNC_MODE", "gevent"),
        ("MIEN_ALLOWED_ORIGINS", "a.example"),
        ("MIEN_ALLOWED_ORIGINS", "https://a.example, https://b.example/page"),
        ("MIEN_MODEL_SERVER", "models"),
        ("MIEN_MODEL_SERVER", ":8500"),
        ("MIEN_MODEL_SERVER", "models:http"),
        ("MIEN_MODEL_SERVER", "models:85000"),
        ("MIEN_COLOUR", "red"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read_config({name: value})


def test_bounds_are_said_in_full() -> None:
    with pytest.raises(ConfigError, match="must be from 4096 to 100000000"):
        read_config({"MIEN_MAX_PIXELS": "1"})


@pytest.mark.parametrize("place", ["", "models:8500", "[::1]:8500", "dns:///models:8500", "unix:s"])
def test_a_model_server_is_named_as_grpc_has_it(place: str) -> None:
    assert read_config({"MIEN_MODEL_SERVER": place}).model_server == place


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("http://models:8500", "must be host:port without http://, such as models:8500"),
        ("http://models:8501/v1/models", "without http://, such as models:8500"),
        ("grpc://models", "must be host:port without grpc://, such as models:8500"),
        ("models:8501", "8501 is the port of the REST API. Use the one of gRPC: models:8500"),
        ("dns:///models:8501", "Use the one of gRPC"),
    ],
)
def test_what_is_not_a_grpc_address_is_refused_with_the_right_form(
    place: str, sentence: str
) -> None:
    with pytest.raises(ConfigError) as error:
        read_config({"MIEN_MODEL_SERVER": place})
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80/", "http://a.example"),
        ("HTTPS://A.Example", "https://a.example"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://a.example:80", "https://a.example:80"),
        ("https://a.example:8443", "https://a.example:8443"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(given: str, sent: str) -> None:
    assert read_config({"MIEN_ALLOWED_ORIGINS": given}).allowed_origins == (sent,)


def test_a_path_in_the_home_of_a_user_without_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(ConfigError, match="there is no home folder"):
        read_config({"MIEN_MODELS": "~/models"})


def test_all_origins_may_be_allowed() -> None:
    assert read_config({"MIEN_ALLOWED_ORIGINS": "*"}).allowed_origins == ("*",)


def test_only_https_listens_on_every_address_by_itself() -> None:
    assert read_config({}).bind_host == "127.0.0.1"
    assert read_config({"MIEN_HTTPS": "1"}).bind_host == "0.0.0.0"
    assert read_config({"MIEN_HTTPS": "1", "MIEN_HOST": "::1"}).bind_host == "::1"


def test_metrics_are_shown_where_the_service_is_unless_a_host_is_named() -> None:
    assert read_config({"MIEN_HOST": "::1"}).metrics_bind_host == "::1"
    named = {"MIEN_METRICS_PORT": "9100", "MIEN_METRICS_HOST": "127.0.0.2"}
    assert read_config(named).metrics_bind_host == "127.0.0.2"


def test_every_setting_has_a_kind_and_a_sentence() -> None:
    for setting in fields(Config):
        assert setting.metadata["kind"].words
        assert setting.metadata["meaning"].endswith(".")


def test_the_documentation_is_what_the_code_says() -> None:
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
    assert page == describe_config() + "\n"


def test_the_list_of_make_help_keeps_each_name_apart_from_its_meaning() -> None:
    names = [line.split()[0] for line in list_config().splitlines()]
    assert names == [f"MIEN_{setting.name.upper()}" for setting in fields(Config)]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"MIEN_TLS_CERTIFICATE": "a.pem"}, "MIEN_TLS_KEY"),
        ({"MIEN_TLS_KEY": "a.pem"}, "MIEN_TLS_CERTIFICATE"),
        ({"MIEN_TLS_CERTIFICATE": "a.pem", "MIEN_TLS_KEY": "b.pem"}, "MIEN_HTTPS"),
        ({"MIEN_MODEL_SERVER_CERTIFICATE": "a.pem"}, "MIEN_MODEL_SERVER_CA"),
        ({"MIEN_MODEL_SERVER_CA": "a.pem"}, "MIEN_MODEL_SERVER"),
        ({"MIEN_METRICS_HOST": "::1"}, "MIEN_METRICS_PORT"),
    ],
    ids=str,
)
def test_half_of_a_set_up_is_refused(given: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError, match=missing):
        read_config(given)
