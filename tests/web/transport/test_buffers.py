"""One budget limits the memory of all connections together."""

from __future__ import annotations

from web.transport.buffers import BufferBudget


def test_the_connection_that_holds_the_most_is_closed() -> None:
    closed: list[str] = []
    budget = BufferBudget(max_bytes=100)
    for name, size in {"small": 10, "large": 80, "middle": 20}.items():
        budget.hold(name, size, lambda name=name: closed.append(name))  # type: ignore[misc]
    assert closed == ["large"]
    assert budget.held == 30


def test_what_a_connection_held_before_does_not_count() -> None:
    closed: list[str] = []
    budget = BufferBudget(max_bytes=100)
    for size in (90, 40, 95):
        budget.hold("a", size, lambda: closed.append("a"))
    budget.release("a")
    assert (closed, budget.held) == ([], 0)
