from __future__ import annotations

from threading import Barrier, Event, current_thread

from serving.call_threads import MAX_IDLE, CallThreads

TIMEOUT_SECONDS = 20


def test_calls_run_at_the_same_time() -> None:
    threads, together = CallThreads(), Barrier(4, timeout=TIMEOUT_SECONDS)

    def call() -> None:
        together.wait()

    for _ in range(3):
        threads.run(call)
    together.wait()


def test_a_thread_makes_the_next_call() -> None:
    threads = CallThreads()
    names = []
    for _ in range(20):
        done = Event()
        threads.run(lambda done=done: (names.append(current_thread()), done.set()))  # type: ignore[misc]
        assert done.wait(TIMEOUT_SECONDS)
    assert len(set(names)) <= 2  # A thread may still be on its way back.


def test_threads_of_a_burst_end() -> None:
    threads, together = CallThreads(), Barrier(MAX_IDLE + 5, timeout=TIMEOUT_SECONDS)
    workers = []

    def call() -> None:
        workers.append(current_thread())
        together.wait()

    for _ in range(MAX_IDLE + 4):
        threads.run(call)
    together.wait()
    ended = 0
    for worker in workers:
        worker.join(timeout=0.2)
        ended += not worker.is_alive()
    assert ended == 4


def test_closed_threads_end_after_their_calls() -> None:
    threads, together = CallThreads(), Barrier(4, timeout=TIMEOUT_SECONDS)
    workers = []

    def call() -> None:
        workers.append(current_thread())
        together.wait()

    for _ in range(3):
        threads.run(call)
    together.wait()
    threads.close()

    for worker in workers:
        worker.join(TIMEOUT_SECONDS)
    assert not any(worker.is_alive() for worker in workers)
