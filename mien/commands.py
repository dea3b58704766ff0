"""Command line of Mien."""

from __future__ import annotations

# Nothing of Mien may be imported up here: `serve` lets eventlet patch Python's modules first.
import argparse
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

APP = Path(__file__).parent.parent / "app.py"
"""The composition root; in a wheel as in a checkout, it is beside this package."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command.

    Args:
        arguments: Words of the command line; those of this process by default.

    Returns:
        The exit code.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # The reader closed the pipe, as in `mien models | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mien", description="Live face analysis, self-hosted.")
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="start the service and print its address")
    serve.add_argument("--host", help="address to listen on; sets MIEN_HOST")
    serve.add_argument("--port", help="TCP port to listen on; sets MIEN_PORT")
    serve.add_argument("--https", action="store_const", const="1", help="use TLS; sets MIEN_HTTPS")
    serve.add_argument("--processes", help="number of app processes; sets MIEN_PROCESSES")
    serve.set_defaults(run=_serve)
    models = commands.add_parser("models", help="list the models: version, licence, data, quality")
    models.add_argument("--json", action="store_true", help="print JSON")
    models.set_defaults(run=_list_models)
    check = commands.add_parser("check", help="check settings, models, files and port")
    check.set_defaults(run=_check)
    return parser


def _version() -> str:
    from face_utils import __version__

    return __version__


def _serve(options: argparse.Namespace) -> int:
    """Runs `app.py` as `python app.py` would."""
    for name in ("host", "port", "https", "processes"):
        if value := getattr(options, name):
            os.environ[f"MIEN_{name.upper()}"] = value
    runpy.run_path(str(APP), run_name="__main__")
    return 0


def _list_models(options: argparse.Namespace) -> int:
    from mien.models import as_json, as_text, find_models
    from web.settings import read_settings

    try:
        server = read_settings(os.environ).model_server
        models = find_models(server.contract, server.models)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(as_json(models) if options.json else as_text(models), flush=True)
    return 0


def _check(_options: argparse.Namespace) -> int:
    from mien.checks import run_checks

    problems = 0
    for result in run_checks(os.environ):
        problems += not result.ok
        print(f"{'ok' if result.ok else 'failed':8}{result.name}: {result.detail}", flush=True)
    return 1 if problems else 0
