"""The one place that reads configuration: every `MIEN_` variable, its type, bounds and meaning."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from web.setting_kinds import (
    BASE_PATH,
    FILE,
    FLAG,
    HOSTS,
    LAST_PORT,
    ORIGINS,
    PATH,
    PROXIES,
    TARGET,
    TEXT,
    Kind,
    Proxy,
    number,
    one_of,
)

PREFIX = "MIEN_"
ROOT = Path(__file__).parent.parent

_NEEDS = (
    ("tls_certificate", "tls_key"),
    ("tls_key", "tls_certificate"),
    ("tls_certificate", "https"),
    ("metrics_host", "metrics_port"),
    ("model_server_ca", "model_server"),
    ("model_server_certificate", "model_server_ca"),
    ("model_server_certificate", "model_server_key"),
    ("model_server_key", "model_server_certificate"),
    ("model_label", "model_server"),
    ("model_server_proxy", "model_server"),
)


class ConfigError(ValueError):
    """A setting is unknown or has a wrong value; the message names it."""


def _key(default: Any, kind: Kind, meaning: str) -> Any:
    return field(default=default, metadata={"kind": kind, "meaning": meaning})


@dataclass(frozen=True)
class Config:
    """Every setting of the app. The variable of `port` is `MIEN_PORT`, and so on."""

    host: str = _key(
        "", TEXT, "Address to listen on; empty: all with `MIEN_HTTPS`, else only this machine."
    )
    port: int = _key(5000, number(int, 1, LAST_PORT), "TCP port to listen on.")
    https: bool = _key(
        False, FLAG, "Serve TLS; without a certificate, `app.py` makes one and gunicorn refuses."
    )
    tls_certificate: Path | None = _key(None, PATH, "PEM file of the certificate for HTTPS.")
    tls_key: Path | None = _key(None, PATH, "PEM file of its key.")
    async_mode: str = _key(
        "eventlet",
        one_of("eventlet", "threading"),
        "What serves many clients at once: green or real threads.",
    )
    log_level: str = _key(
        "INFO", one_of("DEBUG", "INFO", "WARNING", "ERROR"), "What goes to the log."
    )
    log_format: str = _key(
        "text", one_of("text", "json"), "How: lines for people, or one JSON object per line."
    )
    metrics_port: int = _key(
        0, number(int, 0, LAST_PORT), "TCP port of Prometheus metrics, /metrics; 0: none."
    )
    metrics_host: str = _key("", TEXT, "Address of that port; empty: the one of the service.")
    traces: str = _key(
        "off",
        one_of("off", "console", "otlp"),
        "OpenTelemetry: to standard error, or to the collector that the `OTEL_` variables name.",
    )
    access_token: str = _key("", TEXT, "Token that clients must give; empty: none is asked for.")
    allowed_origins: tuple[str, ...] = _key(
        (), ORIGINS, "Origins whose pages may connect besides the service's own; * for all."
    )
    allowed_hosts: tuple[str, ...] = _key(
        (),
        HOSTS,
        "Public names of the service. Addresses, `localhost`, names without a dot and those that "
        "end with `.local` always work; * for any name.",
    )
    trusted_proxies: tuple[Proxy, ...] = _key(
        (),
        PROXIES,
        "Proxies whose `X-Forwarded-` headers are trusted; `unix` for those that connect through "
        "a Unix socket.",
    )
    base_path: str = _key(
        "",
        BASE_PATH,
        "Path under which visitors find the service, such as `/mien`, where a proxy does not say "
        "so by `X-Forwarded-Prefix`.",
    )
    model_server: str = _key(
        "", TARGET, "host:port or unix:PATH of a model server; empty: the embedded one is started."
    )
    model_server_ca: Path | None = _key(
        None, PATH, "PEM file of the certificates that the model server's must come from: TLS."
    )
    model_server_certificate: Path | None = _key(
        None, PATH, "PEM file of the app's own certificate for mutual TLS."
    )
    model_server_key: Path | None = _key(None, PATH, "PEM file of its key.")
    model_label: str = _key(
        "", TEXT, "Version label to ask for, such as stable; empty: the newest version."
    )
    model_server_proxy: bool = _key(
        False, FLAG, "Reach the model server through the proxy that `https_proxy` names."
    )
    model_timeout_seconds: float = _key(
        1.0,
        number(float, 0.01, 60),
        "Deadline of a call to the model server; its status has a second at least.",
    )
    contract: Path = _key(ROOT / "serving" / "models.toml", FILE, "The model contract.")
    models: Path = _key(
        ROOT / "serving" / "models", FILE, "Folder of SavedModels for the embedded model server."
    )
    detector: str = _key(
        "auto",
        one_of("auto", "blazeface", "yunet", "haar"),
        "Face detector; auto: YuNet where its file is given, BlazeFace, Haar without any file.",
    )
    blazeface: Path = _key(
        ROOT / "static" / "vendor" / "face_detection_full_range.tflite",
        FILE,
        "BlazeFace's model file.",
    )
    yunet: Path | None = _key(None, PATH, "YuNet's model file, face_detection_yunet_2023mar.onnx.")
    workers: int = _key(
        2, number(int, 1, 64), "Native threads that decode pictures and find faces."
    )
    max_frame_bytes: int = _key(
        2 * 1024 * 1024, number(int, 1024, 64 * 1024 * 1024), "Largest encoded frame."
    )
    max_pixels: int = _key(
        3840 * 2160, number(int, 4096, 100_000_000), "Largest frame, width times height."
    )
    max_faces: int = _key(16, number(int, 1, 100), "Faces of a frame that are followed.")
    max_frames_per_second: float = _key(
        30.0, number(float, 0.1, 240), "Frames that a client may send in a second."
    )
    max_connections: int = _key(
        1000, number(int, 8, 100_000), "Connections that are open at the same time."
    )
    max_connections_per_address: int = _key(
        500,
        number(int, 1, 100_000),
        "Connections from one address, or one IPv6 network of 64 bits, at the same time.",
    )
    max_sessions: int = _key(
        500, number(int, 1, 100_000), "Sessions that are open at the same time."
    )
    max_sessions_per_address: int = _key(
        250,
        number(int, 1, 100_000),
        "Sessions from one address, or one IPv6 network of 64 bits, at the same time.",
    )
    max_buffer_bytes: int = _key(
        64 * 1024 * 1024,
        number(int, 1024 * 1024, 16 * 1024**3),
        "Memory for messages that are being received, of all clients together.",
    )
    session_max_seconds: float = _key(300.0, number(float, 1, 86_400), "Life of a session.")
    session_idle_seconds: float = _key(
        60.0, number(float, 1, 86_400), "Time without a frame after which a session ends."
    )

    @property
    def bind_host(self) -> str:
        """The address to listen on."""
        return self.host or ("0.0.0.0" if self.https else "127.0.0.1")

    @property
    def metrics_bind_host(self) -> str:
        """The address to show metrics on."""
        return self.metrics_host or self.bind_host


def read_config(environment: Mapping[str, str]) -> Config:
    """Reads the configuration from environment variables.

    Raises:
        ConfigError: A `MIEN_` variable is unknown or its value is wrong.
    """
    known = {PREFIX + f.name.upper(): f for f in fields(Config)}
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name not in known:
            raise ConfigError(f"Unknown setting {name}.{_suggest(name, known)}")
        try:
            values[known[name].name] = known[name].metadata["kind"].parse(text)
        except ValueError as error:
            raise ConfigError(f"{name}={text!r} is wrong: {error}.") from error
    config = Config(**values)
    _check_together(config)
    return config


def _check_together(config: Config) -> None:
    """Half of a TLS set-up must not pass for the whole, or for none."""
    for key, needed in _NEEDS:
        if getattr(config, key) and not getattr(config, needed):
            raise ConfigError(
                f"{PREFIX}{key.upper()} is set, so {PREFIX}{needed.upper()} must be, too."
            )


def _suggest(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""
