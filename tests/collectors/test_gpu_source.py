"""The reader of GPUs as a child that hangs, crashes and goes, driven tick by tick."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collectors.gpu_source import DEATH_PATIENCE, START_PATIENCE, GpuChild, GpuSource
from collectors.procfs import read_stat

CHILD = """
import sys, time
hello = '{"kind":"hello","t":1,"host":"box","pid":1,"gpus":[{"index":0,"uuid":"GPU-0","name":"H100"}]}'
sample = '{"kind":"sample","t":1,"gpus":[{"index":0,"uuid":"GPU-0","name":"H100","values":{"util":5}}]}'
gone = '{"kind":"state","t":1,"gpu":"unavailable","why":"no driver"}'
def say(line): print(line, flush=True)
def wait(): return sys.stdin.readline()
"""
GOOD = CHILD + "say(hello)\nwhile wait(): say(sample)"
HANGS = CHILD + "say(hello)\nwait(); say(sample)\nwait(); time.sleep(600)"
CRASHES = CHILD + "say(hello)\nwait()\nimport os; os.kill(os.getpid(), 11)"
ABSENT = CHILD + "say(gone)"
BABBLES = CHILD + "say('what?'); say(hello); say('[]')\nwhile wait(): say('oops'); say(sample)"
SPLITS = (
    CHILD
    + "say(hello)\nwhile wait(): sys.stdout.write(sample[:30]); sys.stdout.flush(); time.sleep(.05); say(sample[30:])"
)

Make = Callable[..., GpuSource]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[GpuSource] = []

    def source(code: str, **more: object) -> GpuSource:
        made.append(GpuSource(1.0, [sys.executable, "-c", code], **more))  # type: ignore[arg-type]
        return made[-1]

    yield source
    for one in made:
        one.close()


def tick(source: GpuSource, now: float, patience: float = 10.0) -> float | None:
    """One tick: the utilisation that came, if any."""
    source.request(now)
    sample = source.collect(now, patience)
    return None if sample is None else sample.gpus[0].values["util"]


def until(source: GpuSource, state: str, now: float) -> None:
    """Tick without time passing for the source until it is in a state."""
    deadline = time.monotonic() + 20
    while source.state.name != state:
        assert time.monotonic() < deadline, source.state
        tick(source, now, 0.02)


def test_every_tick_has_its_sample(make: Make) -> None:
    source = make(GOOD)
    assert source.state.name == "starting"
    assert [tick(source, float(now)) for now in range(3)] == [5, 5, 5]
    assert source.state.name == "ok"
    assert [info.uuid for info in source.infos] == ["GPU-0"]


def test_lines_that_are_none_of_ours_are_passed_over(make: Make) -> None:
    source = make(BABBLES)
    assert [tick(source, float(now)) for now in range(2)] == [5, 5]


def test_line_that_comes_in_parts_is_put_together(make: Make) -> None:
    source = make(SPLITS)
    assert [tick(source, float(now)) for now in range(2)] == [5, 5]


def test_hang_is_told_then_ended_then_begun_anew(make: Make) -> None:
    source = make(HANGS, first_pause=1.0)
    assert tick(source, 0.0) == 5
    assert tick(source, 1.0, 0.02) is None
    assert source.state.name == "ok"
    assert tick(source, 4.5, 0.02) is None
    assert (source.state.name, source.state.why) == ("stalled", "a driver call does not return")
    tick(source, 7.5, 0.02)
    until(source, "restarting", 8.0)
    assert "was killed" in source.state.why
    assert tick(source, 8.5) is None
    assert tick(source, 9.5) == 5
    assert source.state.name == "ok"


def test_stalled_child_is_not_waited_for(make: Make) -> None:
    source = make(HANGS)
    tick(source, 0.0)
    tick(source, 1.0, 0.02)
    source.request(4.5)
    begun = time.monotonic()
    assert source.collect(4.5, 30.0) is None
    assert time.monotonic() - begun < 20


def test_late_answer_counts_and_the_child_is_well_again(make: Make) -> None:
    source = make(
        CHILD + "say(hello)\nwait(); say(sample)\nwait(); time.sleep(.3); say(sample)\nwhile wait(): say(sample)"
    )
    tick(source, 0.0)
    assert tick(source, 1.0, 0.0) is None
    source.request(4.5)
    assert source.state.name == "stalled"
    deadline = time.monotonic() + 20
    while source.collect(4.5, 0.05) is None:
        assert time.monotonic() < deadline
    assert source.state.name == "ok"
    assert tick(source, 5.0) == 5


def test_starting_may_take_long(make: Make) -> None:
    source = make(CHILD + "time.sleep(600)")
    tick(source, 0.0, 0.02)
    tick(source, START_PATIENCE - 1, 0.02)
    assert source.state.name == "starting"
    tick(source, START_PATIENCE + 1, 0.02)
    assert source.state.name == "stalled"


def test_crash_is_told_with_its_signal(make: Make) -> None:
    source = make(CRASHES, first_pause=1.0)
    assert tick(source, 0.0) is None
    assert source.state.name == "restarting"
    assert source.state.why == "the reader died of signal 11"


def test_pauses_double(make: Make) -> None:
    source = make(ABSENT, first_pause=1.0)
    starts = []
    for now in range(32):
        before = source.state
        tick(source, float(now))
        if source.state is not before:
            starts.append(now)
    assert starts == [0, 1, 3, 7, 15, 31]


def test_no_driver_is_told_with_its_reason(make: Make) -> None:
    source = make(ABSENT)
    tick(source, 0.0)
    assert (source.state.name, source.state.why) == ("unavailable", "no driver")


def test_driver_that_comes_later_is_found(make: Make, tmp_path: Path) -> None:
    flag = tmp_path / "driver"
    source = make(
        CHILD + f"import os\nif os.path.exists({str(flag)!r}):\n say(hello)\n while wait(): say(sample)\nsay(gone)"
    )
    assert tick(source, 0.0) is None
    flag.touch()
    assert tick(source, 10.0) == 5


def test_child_that_cannot_be_ended_is_told_and_not_replaced(make: Make) -> None:
    killed: list[GpuChild] = []

    def in_vain(child: GpuChild, now: float) -> None:
        killed.append(child)
        child.killed_at = now

    source = make(HANGS, kill=in_vain)
    tick(source, 0.0)
    tick(source, 1.0, 0.02)
    tick(source, 8.0, 0.02)
    assert len(killed) == 1
    for now in (9.0, 8.0 + DEATH_PATIENCE + 1, 100.0, 1000.0):
        assert tick(source, now, 0.02) is None
    assert source.state.name == "hung"
    assert f"process {killed[0].pid} in state S" in source.state.why
    killed[0].kill(1000.0)
    until(source, "restarting", 1001.0)
    assert len(killed) == 1


def test_program_that_is_not_there_is_told() -> None:
    source = GpuSource(1.0, ["/nonexistent/python"])
    assert tick(source, 0.0) is None
    assert source.state.name == "restarting"
    assert "could not be started" in source.state.why
    source.close()


def test_close_ends_the_child(make: Make) -> None:
    source = make(GOOD)
    tick(source, 0.0)
    assert source._child is not None
    pid = source._child.pid
    source.close()
    assert read_stat(pid) is None


def test_close_ends_a_child_that_hangs(make: Make) -> None:
    source = make(HANGS)
    tick(source, 0.0)
    tick(source, 1.0, 0.02)
    assert source._child is not None
    pid = source._child.pid
    source.close(0.05)
    assert read_stat(pid) is None
