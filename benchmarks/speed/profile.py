"""CPU time by thread and function, of both versions: `make profile`."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.end_to_end import cpu_seconds, measure
from benchmarks.load import Load
from benchmarks.machine import describe_machine
from benchmarks.markdown import Row, markdown_table
from benchmarks.speed.checkout import Checkout, base_checkout, present_checkout
from benchmarks.speed.rounds import Cameras, prepare_cameras, warm_up
from benchmarks.speed.stacks import (
    Cost,
    function_costs,
    read_samples,
    thread_costs,
    thread_times,
    used_times,
)
from web.settings import ROOT

PY_SPY = ROOT / ".cache" / "tools" / "profile" / "bin" / "py-spy"
PAGE = ROOT / "docs" / "experiments" / "profile.md"
SAMPLES_PER_SECOND = 250
THREADS, FUNCTIONS = 8, 20
TITLE = """\
# Where the CPU time goes

For developers: the CPU time of a frame by process, thread and function, before and after the work
on speed. `make profile WRITE=1` writes this page.

Thread times are the kernel's. py-spy samples the Python stacks, and the time of a thread is divided
among its functions in proportion to their samples. Native code counts for the Python function that
called it. Native threads, such as those of gRPC, have no samples. Sampling itself slows the
processes by some percent, so the shares are more exact than the sums."""


@dataclass(frozen=True)
class Profile:
    """CPU time of a process.

    Attributes:
        process: Its name.
        threads: Time by group of threads.
        functions: Time by function.
    """

    process: str
    threads: list[Cost]
    functions: list[Cost]


def main() -> None:
    """Profiles the chosen versions and prints the tables as Markdown."""
    options = _parser().parse_args()
    checkouts = [base_checkout(), present_checkout()]
    cameras = prepare_cameras()
    parts = [TITLE, _describe_load(options)]
    for checkout in checkouts[options.only_present :]:
        for profile in profile_version(checkout, cameras, options.clients, options.seconds):
            parts += _tables(checkout.name, profile)
    text = "\n\n".join(parts)
    print(text)
    if options.write:
        PAGE.write_text(text + "\n", encoding="utf-8")


def profile_version(
    checkout: Checkout, cameras: Cameras, clients: int, seconds: float
) -> list[Profile]:
    """Profiles the app and the model server of a version while clients send frames."""
    with TemporaryDirectory() as folder, checkout.running() as app:
        warm_up(app, cameras)
        names = {"app": app.process, "model server": app.model_server}
        recordings = [
            Recording(name, process, seconds, Path(folder)) for name, process in names.items()
        ]
        frames = measure(app, Load(cameras.one, clients, seconds)).analysed
        return [recording.finish(frames) for recording in recordings]


class Recording:
    """Samples a process from now on.

    Args:
        name: Its name.
        process: The process.
        seconds: Duration.
        folder: Folder for the samples.
    """

    def __init__(self, name: str, process: psutil.Process, seconds: float, folder: Path) -> None:
        self._name = name
        self._process = process
        self._samples = folder / name
        self._sampler = _sample(process.pid, seconds, self._samples)
        self._times = thread_times(process.pid)
        self._seconds = cpu_seconds(process)

    def finish(self, frames: int) -> Profile:
        """Returns the profile of the time since the start, in which `frames` were analyzed."""
        seconds = cpu_seconds(self._process) - self._seconds
        used = used_times(self._times, thread_times(self._process.pid))
        self._sampler.wait()
        samples = read_samples(self._samples.read_text(encoding="utf-8"))
        threads = thread_costs(self._process.pid, used, samples, seconds, frames)
        return Profile(self._name, threads, function_costs(used, samples, frames))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Profile Mien by thread and function.")
    add = parser.add_argument
    add("--clients", type=int, default=10, help="clients with 10 frames/s each (%(default)s)")
    add("--seconds", type=float, default=20.0, help="duration (%(default)s)")
    add("--only-present", action="store_true", help="do not profile the earlier commit")
    add("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} as well")
    return parser


def _sample(pid: int, seconds: float, output: Path) -> subprocess.Popen[bytes]:
    """Starts py-spy."""
    command = [PY_SPY, "record", "--pid", pid, "--rate", SAMPLES_PER_SECOND, "--threads"]
    options = ["--duration", int(seconds), "--format", "raw", "--output", output]
    return subprocess.Popen(
        [str(part) for part in command + options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _describe_load(options: argparse.Namespace) -> str:
    return (
        f"Machine: {describe_machine()}. Load: {options.clients} clients with 10 frames/s each, "
        f"one face per frame, {options.seconds:.0f} s. All times are CPU milliseconds per frame."
    )


def _tables(version: str, profile: Profile) -> Iterator[str]:
    total = sum(cost.own_ms for cost in profile.threads)
    yield f"## {version}: {profile.process}, {total:.2f} ms"
    yield markdown_table([_thread_row(cost) for cost in profile.threads[:THREADS]])
    if profile.functions:  # There are none if no sample was taken.
        yield markdown_table([_function_row(cost) for cost in profile.functions[:FUNCTIONS]])


def _thread_row(cost: Cost) -> Row:
    return {"threads": cost.name, "ms": f"{cost.own_ms:.2f}"}


def _function_row(cost: Cost) -> Row:
    own, total = f"{cost.own_ms:.2f}", f"{cost.total_ms:.2f}"
    return {"function": f"`{cost.name}`", "own ms": own, "with callees ms": total}


if __name__ == "__main__":
    main()
