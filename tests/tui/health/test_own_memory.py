"""The memory that a run's own control group allows, as its telemetry files tell it: nobody outside of it sees that."""

from __future__ import annotations

import pytest

from tests.tui.health.elsewhere import elsewhere
from tests.tui.health.traces import GIB, KEY

Row = dict[str, float]


def memory(used: float, total: float = 100.0, kills: float = 0.0, host: float = 500.0) -> Row:
    limit = {"memory/host_total": host * GIB} if host else {}
    return {"memory/used": used * GIB, "memory/total": total * GIB, "memory/oom_kills": kills, **limit}


def test_memory_near_the_limit_of_the_run_s_control_group_is_told_and_cleared() -> None:
    rows = [{"node1": memory(60), "node2": memory(60)}] * 10 + [{"node1": memory(60), "node2": memory(91)}] * 60
    told = elsewhere(*rows, *[{"node1": memory(60), "node2": memory(60)}] * 60)
    title = "memory on node2 at 91 %"
    text = f"{title}: 91.0 GiB of 100 GiB, the control group's limit; the kernel kills at the limit"
    assert told[0] == ("raised", KEY, "node2", text)
    assert [(what, subject) for what, _, subject, _ in told] == [("raised", "node2"), ("cleared", "node2")]


def test_without_a_limit_it_is_the_host_s_memory() -> None:
    told = elsewhere(*[{"node1": memory(91, host=0)}] * 20)
    assert [text.partition(", ")[2] for *_, text in told] == ["the host's memory; the kernel kills at the limit"]


def test_a_worker_that_the_kernel_killed_is_told_once() -> None:
    rows = [{"node1": memory(60)}] * 10 + [{"node1": memory(60, kills=2)}] * 1000
    ((what, run, subject, text),) = elsewhere(*rows)
    assert (what, run, subject) == ("raised", KEY, "node1 oom")
    assert text.startswith("the kernel killed for memory on node1: 2 since the run began, in the control group")


@pytest.mark.parametrize("row", [memory(60), memory(float("nan")), memory(95, total=0.0), {}])
def test_nothing_else_is_told(row: Row) -> None:
    assert elsewhere(*[{"node1": row}] * 60) == []


def test_rows_that_stopped_say_nothing_about_now() -> None:
    told = elsewhere({"node1": memory(60)}, *[{}] * 60)
    assert told == []
