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
from benchmarks.machine import describe_date, describe_machine
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
THREADS, FUNCTIONS, MIN_MS = 8, 20, 0.01
TITLE = """\
# Where the CPU time goes

For developers: the CPU time of a frame by process, thread and function, before and after the work
on speed. `make profile WRITE=1` writes this page.

Thread times are the kernel's. py-spy samples the Python stacks, and the time of a thread is divided
among its functions in proportion to their samples. Native code counts for the Python function that
called it. Native threads, such as those of gRPC, have no samples. Times and samples come from two
runs of the same load, because sampling slows the processes."""


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
    """Profiles the app and the model server of a version while clients send frames.

    The same load runs twice: first for the CPU times, and then for the samples.
    """
    load = Load(cameras.one, clients, seconds)
    with TemporaryDirectory() as folder, checkout.running() as app:
        warm_up(app, cameras)
        processes = {"app": app.process, "model server": app.model_server}
        spans = {name: Span(process) for name, process in processes.items()}
        frames = measure(app, load).analysed
        for span in spans.values():
            span.end()
        outputs = {name: Path(folder) / name for name in processes}
        samplers = [_sample(processes[name].pid, seconds, outputs[name]) for name in processes]
        measure(app, load)
        for sampler in samplers:
            sampler.wait()
        return [spans[name].profile(name, outputs[name], frames) for name in processes]


class Span:
    """CPU times of a process from now until `end`."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._seconds = cpu_seconds(process)
        self._times = thread_times(process.pid)

    def end(self) -> None:
        """Ends the span."""
        self._seconds = cpu_seconds(self._process) - self._seconds
        self._times = used_times(self._times, thread_times(self._process.pid))

    def profile(self, name: str, samples: Path, frames: int) -> Profile:
        """Divides the times of the span in proportion to samples that were taken after it.

        Args:
            name: Name of the process.
            samples: py-spy's raw output.
            frames: Number of frames that were analyzed in the span.
        """
        threads = read_samples(samples.read_text(encoding="utf-8"))
        costs = thread_costs(self._process.pid, self._times, threads, self._seconds, frames)
        return Profile(name, costs, function_costs(self._times, threads, frames))


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
    # Pausing the process for each sample would wake all its threads, and show them as running.
    options = ["--nonblocking", "--duration", int(seconds), "--format", "raw", "--output", output]
    return subprocess.Popen(
        [str(part) for part in command + options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _describe_load(options: argparse.Namespace) -> str:
    return (
        f"{describe_date()}, {describe_machine()}. Load: {options.clients} clients with 10 "
        f"frames/s each, one face per frame, {options.seconds:.0f} s. All times are CPU "
        "milliseconds per frame."
    )


def _tables(version: str, profile: Profile) -> Iterator[str]:
    total = sum(cost.own_ms for cost in profile.threads)
    yield f"## {version}: {profile.process}, {total:.2f} ms"
    for rows in (
        [_thread_row(cost) for cost in profile.threads[:THREADS] if cost.own_ms >= MIN_MS],
        [_function_row(cost) for cost in profile.functions[:FUNCTIONS] if cost.own_ms >= MIN_MS],
    ):
        if rows:  # Without samples there are no functions.
            yield markdown_table(rows)


def _thread_row(cost: Cost) -> Row:
    return {"threads": cost.name, "ms": f"{cost.own_ms:.2f}"}


def _function_row(cost: Cost) -> Row:
    own, total = f"{cost.own_ms:.2f}", f"{cost.total_ms:.2f}"
    return {"function": f"`{cost.name}`", "own ms": own, "with callees ms": total}


if __name__ == "__main__":
    main()
