"""Writes the configuration of TensorFlow Serving.

python -m serving.tf_serving --to FOLDER
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from serving.contract import CONTRACT, MODELS, ContractError, load_contract
from serving.tf_serving.configs import batching_config, model_config, monitoring_config, tls_config
from serving.tf_serving.releases import ReleaseError, find_releases

_MADE_BY = "# Made by `python -m serving.tf_serving`; see docs/how-to/containers.md.\n"
_SECRET = "ssl.config"


def main() -> int:
    """Writes the files.

    Returns:
        The exit code: 0, or 1 if there is nothing to serve or a file cannot be used.
    """
    parser = _parser()
    options = parser.parse_args()
    if bool(options.tls_certificate) != bool(options.tls_key):
        parser.error("--tls-certificate and --tls-key go together")
    if options.tls_client_ca and not options.tls_certificate:
        parser.error("--tls-client-ca needs --tls-certificate")
    try:
        for name, text in _describe(options).items():
            _write(options.to / name, _MADE_BY + text)
    except (ContractError, ReleaseError, OSError, UnicodeError) as error:
        print(f"configuration of TensorFlow Serving: {error}", file=sys.stderr)
        return 1
    return 0


def _describe(options: argparse.Namespace) -> dict[str, str]:
    """Name and content of each file."""
    names = load_contract(options.contract)
    releases = find_releases(names, options.models, dict(options.stable), dict(options.canary))
    files = {
        "models.config": model_config(releases, options.base_path),
        "batching.config": batching_config(options.cores),
        "monitoring.config": monitoring_config(),
    }
    if options.tls_certificate:
        tls = (options.tls_certificate, options.tls_key, options.tls_client_ca)
        files[_SECRET] = tls_config(*tls)
    return files


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # Its mode might be another.
    path.touch(mode=0o600 if path.name == _SECRET else 0o644)
    path.write_text(text, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m serving.tf_serving",
        description="Writes TensorFlow Serving's configuration.",
    )
    add = parser.add_argument
    add("--to", type=Path, required=True, help="folder that the files go to")
    add("--contract", type=Path, default=CONTRACT, help="the model contract (%(default)s)")
    add("--models", type=Path, default=MODELS, help="folder of NAME/VERSION/ (%(default)s)")
    add("--base-path", default="/models", help="where the server finds it (%(default)s)")
    add("--cores", type=_cores, default=2, help="cores that the server has (%(default)s)")
    for label, usual in (("stable", "the one before the newest"), ("canary", "the newest")):
        add(
            f"--{label}",
            type=_choice,
            action="append",
            default=[],
            metavar="NAME=VERSION",
            help=f"version to label {label} ({usual})",
        )
    add("--tls-certificate", type=Path, help=f"PEM file; {_SECRET} is written, with the key in it")
    add("--tls-key", type=Path, help="PEM file of its key")
    add("--tls-client-ca", type=Path, help="PEM file: only clients with a certificate of these")
    return parser


def _choice(text: str) -> tuple[str, int]:
    name, _, version = text.rpartition("=")
    if not name or not version.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VERSION")
    return name, int(version)


def _cores(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of cores")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
