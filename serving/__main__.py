"""`python -m serving`: the embedded model server."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # this module reports errors in plain words

from process.allocator import share_one_heap
from process.immediate_exit import exit_immediately
from serving.contract import MODELS, ContractError, load_contract
from serving.endpoints import LAST_PORT
from serving.server.address import ServerTls, unix_address
from serving.server.lifecycle import run_server
from serving.server.repository import Repository
from serving.server.servable import Servable, load_servable
from telemetry import logs, tracing
from telemetry.options import LOG_FORMATS, LOG_LEVELS, TRACE_MODES


def main() -> int:
    """Runs the server until it is told to stop.

    Returns:
        The exit code: 0 after a stop, 1 if it could not start.
    """
    options = _read_options()
    logs.configure_logging(options.log_level, options.log_format)
    try:
        _serve(options)
    except (ContractError, tracing.TracesUnavailable, OSError) as error:
        line = f"The model server cannot start: {_plain(error)}"
        logs.print_line(line, options.log_format, sys.__stderr__)
        return 1
    return 0


def _serve(options: argparse.Namespace) -> None:
    share_one_heap()
    tracing.configure_tracing(options.traces, "mien-model-server")
    contract = load_contract(options.contract) if options.contract else {}
    if not options.models.is_dir():
        raise NotADirectoryError(f"The models folder {options.models} does not exist.")

    def load(name: str, version: int, folder: Path) -> Servable:
        return load_servable(name, version, folder, contract.get(name), options.threads)

    repository = Repository(options.models, load, contract or None)
    address = unix_address(options.socket) if options.socket else f"{options.host}:{options.port}"
    run_server(
        repository,
        address,
        tls=_tls(options),
        http=(options.host, options.http_port) if options.http_port else None,
        poll_seconds=options.poll_seconds,
        exit_with_stdin=options.exit_with_stdin,
    )


def _tls(options: argparse.Namespace) -> ServerTls | None:
    if options.tls_certificate is None:
        return None
    return ServerTls(options.tls_certificate, options.tls_key, options.tls_client_ca)


def _plain(error: Exception) -> str:
    """Describes an error without Python's `[Errno 2]`."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _read_options() -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args()
    if (options.tls_certificate is None) != (options.tls_key is None):
        parser.error("--tls-certificate and --tls-key need each other")
    if options.tls_client_ca and options.tls_certificate is None:
        parser.error("--tls-client-ca needs --tls-certificate")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m serving", description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--port", type=_port, default=8500, help="port; 0: a free one (%(default)s)")
    place.add_argument("--socket", type=Path, help="Unix socket to listen on instead of a port")
    add("--http-port", type=_port, default=0, help="port of model states and metrics; 0: none")
    add("--tls-certificate", type=Path, help="PEM file of the certificate for TLS")
    add("--tls-key", type=Path, help="PEM file of the certificate's key")
    add(
        "--tls-client-ca",
        type=Path,
        help="PEM file of the authorities that sign the certificates of clients",
    )
    add("--models", type=Path, default=MODELS, help="folder of NAME/VERSION/ (%(default)s)")
    add("--contract", type=Path, help="serve only the models of this contract, if they match it")
    add("--threads", type=int, default=1, help="threads per inference (%(default)s)")
    add("--poll-seconds", type=float, default=1.0, help="time between two scans of the folder")
    add(
        "--log-level",
        choices=LOG_LEVELS,
        default="INFO",
        help="lowest level that is logged (%(default)s)",
    )
    add(
        "--log-format",
        choices=LOG_FORMATS,
        default="text",
        help="lines for people, or JSON objects (%(default)s)",
    )
    add(
        "--traces",
        choices=TRACE_MODES,
        default="off",
        help="where traces of calls go (%(default)s)",
    )
    add("--exit-with-stdin", action="store_true", help="stop when standard input ends")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to {LAST_PORT}")
    return int(text)


if __name__ == "__main__":
    exit_immediately(main())
