from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from web.settings import ROOT, Settings, SettingsError, load_settings, read_settings
from web.settings.access import AccessSettings
from web.settings.composition import groups
from web.settings.descriptions import describe_type
from web.settings.reading import variables
from web.settings.reference import describe_settings


def test_without_variables_everything_has_its_default() -> None:
    assert read_settings({"HOME": "/", "PATH": ""}) == Settings()


def test_variables_are_read_with_their_types() -> None:
    settings = read_settings(
        {
            "MIEN_PORT": "5055",
            "MIEN_HTTPS": "1",
            "MIEN_MODEL_TIMEOUT_SECONDS": "0.5",
            "MIEN_ALLOWED_ORIGINS": "https://a.example, https://b.example/",
        }
    )
    assert (
        settings.server.port,
        settings.server.https,
        settings.model_server.model_timeout_seconds,
    ) == (5055, True, 0.5)
    assert settings.access.allowed_origins == ("https://a.example", "https://b.example")


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
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})


def test_bounds_are_said_in_full() -> None:
    with pytest.raises(SettingsError, match="must be from 4096 to 100000000"):
        read_settings({"MIEN_MAX_PIXELS": "1"})


@pytest.mark.parametrize("place", ["", "models:8500", "[::1]:8500", "dns:///models:8500", "unix:s"])
def test_a_model_server_is_named_as_grpc_has_it(place: str) -> None:
    assert read_settings({"MIEN_MODEL_SERVER": place}).model_server.model_server == place


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("http://models:8500", "must be host:port without http://, such as models:8500"),
        ("http://models:8501/v1/models", "without http://, such as models:8500"),
        ("grpc://models", "must be host:port without grpc://, such as models:8500"),
        ("models:8501", "8501 is the port of the REST API. Use the gRPC port: models:8500"),
        ("dns:///models:8501", "Use the gRPC port"),
    ],
)
def test_what_is_not_a_grpc_address_is_refused_with_the_right_form(
    place: str, sentence: str
) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings({"MIEN_MODEL_SERVER": place})
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
    assert read_settings({"MIEN_ALLOWED_ORIGINS": given}).access.allowed_origins == (sent,)


def test_a_path_in_the_home_of_a_user_without_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(SettingsError, match="the home folder for ~ is unknown"):
        read_settings({"MIEN_MODELS": "~/models"})


def test_all_origins_may_be_allowed() -> None:
    assert read_settings({"MIEN_ALLOWED_ORIGINS": "*"}).access.allowed_origins == ("*",)


def test_only_https_listens_on_every_address_by_itself() -> None:
    assert read_settings({}).server.bind_host == "127.0.0.1"
    assert read_settings({"MIEN_HTTPS": "1"}).server.bind_host == "0.0.0.0"
    assert read_settings({"MIEN_HTTPS": "1", "MIEN_HOST": "::1"}).server.bind_host == "::1"


def test_metrics_are_shown_where_the_service_is_unless_a_host_is_named() -> None:
    assert read_settings({"MIEN_HOST": "::1"}).metrics_bind_host == "::1"
    named = {"MIEN_METRICS_PORT": "9100", "MIEN_METRICS_HOST": "127.0.0.2"}
    assert read_settings(named).metrics_bind_host == "127.0.0.2"


def test_every_setting_has_a_type_in_words_and_a_sentence() -> None:
    for group in groups().values():
        for field in group.model_fields.values():
            assert describe_type(field)
            assert (field.description or "").endswith(".")


def test_the_reference_page_is_what_the_code_says() -> None:
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
    assert page == describe_settings(), "The page is stale. Run `make generate`."


def test_make_help_lists_each_setting_with_its_meaning_and_default() -> None:
    command = ["make", "--no-print-directory", "help", "PYTHON=none"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("  MIEN_")]
    assert [name for name, *_ in lines] == variables()
    assert ["MIEN_PORT", "TCP", "port", "to", "listen", "on.", "[5000]"] in lines


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings({"MIEN_PROT": "1", "MIEN_PORT": "x", "MIEN_WORKERS": "0"})
    assert str(error.value) == (
        "Unknown setting MIEN_PROT. Did you mean MIEN_PORT? "
        "MIEN_PORT='x' is wrong: must be a whole number. "
        "MIEN_WORKERS='0' is wrong: must be from 1 to 64."
    )


def test_settings_are_read_from_the_environment_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MIEN_PORT=5056")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIEN_PORT", "5055")
    assert (Settings().server.port, read_settings({}).server.port) == (5000, 5000)


def test_a_process_reads_its_settings_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load_settings.cache_clear()
    first = load_settings()
    monkeypatch.setenv("MIEN_PORT", str(first.server.port + 1))
    assert load_settings() is first
    load_settings.cache_clear()


def test_settings_cannot_be_changed_and_do_not_show_the_token() -> None:
    access = AccessSettings(access_token="open sesame")
    assert "sesame" not in repr(Settings(access=access))
    with pytest.raises(ValidationError, match="frozen"):
        access.access_token = "guess"


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
    with pytest.raises(SettingsError, match=missing):
        read_settings(given)
