"""Which processes have a row of their own, and which share one."""

from __future__ import annotations

from collectors.backend import GpuProcess
from tests.tui.fake_machine import GIB, gpu, machine, process, run, swatches, uuid
from tui.machine.process_rows import Row, process_row, process_rows
from tui.machine.telemetry import Telemetry

OTTER = run("p/brave-otter", 100)
MAIN = process(100, gpus=(uuid(0),))


def rows(telemetry: Telemetry) -> list[Row]:
    return process_rows(telemetry, telemetry.runs_by_pid({OTTER.key: OTTER}), swatches([OTTER]))


def row(telemetry: Telemetry, pid: int) -> Row:
    return process_row(telemetry, telemetry.runs_by_pid({OTTER.key: OTTER}), swatches([OTTER]), pid)


def test_helpers_that_are_on_no_device_share_a_row() -> None:
    compilers = [process(200 + each, run=100, role="other", command="python -m compile_worker") for each in range(12)]
    shown = rows(machine([gpu(0, pids=[100])], processes=[MAIN, *compilers]))
    assert [(each.pid, each.command) for each in shown] == [("100", "python"), ("12 ×", "python -m compile_worker")]
    assert (shown[1].main, shown[1].run, shown[1].pids[:2]) == (100, OTTER.key, (200, 201))


def test_one_alone_and_one_on_a_device_have_their_own() -> None:
    alone = process(200, run=100, role="helper")
    one, other = process(300, run=100, role="other", gpus=(uuid(0),)), process(301, run=100, role="other")
    shown = rows(machine([gpu(0, pids=[100, 301])], processes=[MAIN, alone, one, other]))
    assert sorted(each.pid for each in shown) == ["100", "200", "300", "301"]
    assert not any(each.together for each in shown)


def test_a_worker_is_told_as_such_though_there_is_one() -> None:
    shown = rows(machine([], processes=[MAIN, process(400, run=100, role="worker")]))
    assert [(each.pid, each.together) for each in shown] == [("100", False), ("1 ×", True)]


def test_a_row_knows_its_run() -> None:
    telemetry = machine([gpu(0, processes=(GpuProcess(777, GIB, name="python"),))], processes=[MAIN])
    assert [(each.pid, each.run, each.seen) for each in rows(telemetry)] == [
        ("100", OTTER.key, True),
        ("777", None, True),
    ]


def test_a_pid_of_the_host_is_not_seen_from_a_container() -> None:
    (stranger,) = rows(machine([gpu(0, processes=(GpuProcess(777, GIB),))]))
    assert not stranger.seen


def test_each_process_can_be_had_alone() -> None:
    workers = [process(400 + each, run=100, role="worker", name="loader") for each in range(3)]
    telemetry = machine([gpu(0, processes=(GpuProcess(777, GIB, name="blender"),))], processes=[MAIN, *workers])
    assert (row(telemetry, 401).pids, row(telemetry, 401).run) == ((401,), OTTER.key)
    assert (row(telemetry, 777).command, row(telemetry, 777).run) == ("blender", None)
    assert row(telemetry, 5) == Row((5,), None, "", "")


def test_a_row_is_found_by_what_it_says() -> None:
    telemetry = machine([gpu(0, processes=(GpuProcess(777, GIB, user="Ann", command="blender x.blend"),))])
    (stranger,) = rows(telemetry)
    for words, found in {"777": True, "ann": True, "x.blend": True, "no run": True, "otter": False}.items():
        assert stranger.holds(words) is found
