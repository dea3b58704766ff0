"""Checks that the service could start here, without serving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from face_utils.detectors.factory import build_detector
from mien.models import newest_version
from serving.contract import load_contract
from web.http.assets import ASSETS
from web.server.listener import bind, check_certificate, open_socket
from web.service import model_server_tls
from web.settings import Settings, read_settings

_PAGE = ("templates/index.html", "static/vendor/socket.io.js")


@dataclass(frozen=True)
class Result:
    """The outcome of a check.

    Attributes:
        name: What was checked.
        ok: Whether it is in order.
        detail: What was found, or what is wrong.
    """

    name: str
    ok: bool
    detail: str


def run_checks(environment: Mapping[str, str]) -> Iterator[Result]:
    """Runs all checks, each as soon as the result of the one before was taken.

    Args:
        environment: The environment variables with the settings.
    """
    try:
        settings = read_settings(environment)
    except ValueError as error:
        yield Result("settings", ok=False, detail=str(error))
        return
    yield Result("settings", ok=True, detail="all known and valid")
    for name, check in _CHECKS.items():
        yield _run(name, check, settings)


def _run(name: str, check: Callable[[Settings], str], settings: Settings) -> Result:
    try:
        return Result(name, ok=True, detail=check(settings))
    except (OSError, ValueError) as error:
        return Result(name, ok=False, detail=str(error))


def _check_contract(settings: Settings) -> str:
    contract = settings.model_server.contract
    return f"{contract} with {', '.join(load_contract(contract))}"


def _check_models(settings: Settings) -> str:
    """Loads each model that the embedded model server would load, and runs it once."""
    server = settings.model_server
    if server.model_server:
        if tls := model_server_tls(server):
            tls.check()
        return f"from {server.model_server}, which was not asked"
    if find_spec("openvino") is None:
        raise FileNotFoundError("OpenVINO is not installed. Set MIEN_MODEL_SERVER=host:port.")
    from serving.server.servable import load_servable

    loaded = []
    for name, spec in load_contract(server.contract).items():
        folder = server.models / name
        version = newest_version(folder)
        if version is None:
            raise FileNotFoundError(f"{folder} has no version of the model.")
        load_servable(name, version, folder / str(version), spec)
        loaded.append(f"{name} {version}")
    return ", ".join(loaded)


def _check_detector(settings: Settings) -> str:
    detection = settings.detection
    build_detector(detection.detector, detection.blazeface, detection.yunet).prepare()
    return detection.detector


def _check_page(_settings: Settings) -> str:
    missing = [name for name in _PAGE if not (ASSETS / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{ASSETS} lacks {', '.join(missing)}. Run `make setup`.")
    return str(ASSETS)


def _check_tls(settings: Settings) -> str:
    server = settings.server
    check_certificate(server)
    if not server.https:
        return "off"
    return str(server.tls_certificate or "a certificate is made at each start")


def _check_port(settings: Settings) -> str:
    open_socket(settings.server).close()
    return f"{settings.server.bind_host} port {settings.server.port} is free"


def _check_metrics_port(settings: Settings) -> str:
    port = settings.observability.metrics_port
    if not port:
        return "off"
    bind(settings.metrics_bind_host, port, "MIEN_METRICS_").close()
    return f"{settings.metrics_bind_host} port {port} is free"


_CHECKS: dict[str, Callable[[Settings], str]] = {
    "model contract": _check_contract,
    "models": _check_models,
    "face detector": _check_detector,
    "page": _check_page,
    "TLS": _check_tls,
    "port": _check_port,
    "metrics port": _check_metrics_port,
}
