"""CPU time by thread and function, from samples of Python stacks and the kernel's thread times."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LINE = re.compile(r"^thread \((\d+)\)[^;]*;(.*) (\d+)$")
LINE_NUMBER = re.compile(r":\d+\)$")
NUMBER_AT_END = re.compile(r"[-_ ]?\d+$")
# Each thread begins in these files, so they do not tell what it does.
STARTING_FILES = ("(threading.py)", "(eventlet/green/thread.py)", "(concurrent/futures/thread.py)")
MAIN, ENDED = "main thread", "threads that ended"


@dataclass(frozen=True)
class ThreadTime:
    """CPU time of a thread.

    Attributes:
        name: Name that the kernel knows.
        seconds: CPU time.
    """

    name: str
    seconds: float


@dataclass
class Samples:
    """Samples of a thread.

    Attributes:
        tasks: Samples per function that the thread was started for. A sample may lack its outermost
            functions.
        own: Samples per function that was running.
        total: Samples per function that was running or had called the running one.
    """

    tasks: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)

    @property
    def task(self) -> str:
        """The function that the thread runs, by most of its samples."""
        return self.tasks.most_common(1)[0][0]


@dataclass(frozen=True)
class Cost:
    """CPU time of a function or of a group of threads, in milliseconds per frame.

    Attributes:
        name: Its name.
        own_ms: Time in itself.
        total_ms: Time in itself and in what it called.
    """

    name: str
    own_ms: float
    total_ms: float


Times = Mapping[int, ThreadTime]
"""CPU time by the id of the thread."""


def thread_times(pid: int) -> dict[int, ThreadTime]:
    """Returns the CPU times of all threads of a process."""
    times = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # It has just ended.
            name = (task / "comm").read_text(encoding="utf-8").strip()
            nanoseconds = (task / "schedstat").read_text(encoding="utf-8").split()[0]
            times[int(task.name)] = ThreadTime(name, int(nanoseconds) / 1e9)
    return times


def used_times(before: Times, after: Times) -> dict[int, ThreadTime]:
    """Returns the CPU times between two measurements, of the threads that still run."""
    return {
        thread: ThreadTime(time.name, time.seconds - before[thread].seconds)
        if thread in before
        else time
        for thread, time in after.items()
    }


def read_samples(text: str) -> dict[int, Samples]:
    """Reads py-spy's raw output into the samples of each thread, by its id."""
    threads: dict[int, Samples] = {}
    for line in text.splitlines():
        if match := LINE.match(line):
            thread, stack, count = match.groups()
            functions = [LINE_NUMBER.sub(")", frame) for frame in stack.split(";")]
            samples = threads.setdefault(int(thread), Samples())
            samples.tasks[_task(functions)] += int(count)
            samples.own[functions[-1]] += int(count)
            samples.total.update(dict.fromkeys(functions, int(count)))
    return threads


def thread_costs(
    pid: int, used: Times, samples: Mapping[int, Samples], seconds: float, frames: int
) -> list[Cost]:
    """Returns the CPU time of each group of threads, largest first.

    Args:
        pid: Id of the process.
        used: Times of the threads that still run.
        samples: Samples by thread.
        seconds: Time of the whole process.
        frames: Number of frames.
    """
    spent: dict[str, float] = defaultdict(float)
    for thread, time in used.items():
        task = samples[thread].task if thread in samples else f"not sampled: {time.name}"
        spent[MAIN if thread == pid else NUMBER_AT_END.sub("", task)] += time.seconds
    spent[ENDED] += max(seconds - sum(spent.values()), 0.0)
    return _costs(spent, spent, frames)


def function_costs(used: Times, samples: Mapping[int, Samples], frames: int) -> list[Cost]:
    """Returns the CPU time of each function, largest own time first.

    A thread's CPU time is divided among its functions in proportion to their samples.
    """
    own: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    for thread in used.keys() & samples.keys():
        weight = used[thread].seconds / samples[thread].own.total()
        for function, count in samples[thread].total.items():
            own[function] += weight * samples[thread].own[function]
            total[function] += weight * count
    return _costs(own, total, frames)


def _costs(own: Mapping[str, float], total: Mapping[str, float], frames: int) -> list[Cost]:
    costs = [
        Cost(name, seconds / frames * 1e3, total[name] / frames * 1e3)
        for name, seconds in own.items()
    ]
    return sorted(costs, key=lambda cost: -cost.own_ms)


def _task(functions: list[str]) -> str:
    """The first function that is not part of starting a thread."""
    tasks = (name for name in functions if not name.endswith(STARTING_FILES))
    return next(tasks, functions[-1])
