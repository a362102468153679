"""The sampler as asyncio programs have it: lines come out, trouble is a state, nothing raises."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from collectors import launch
from collectors.child import SamplerChild, SamplerState
from collectors.procfs import read_stat
from collectors.samples import Hello, Line, Sample, StateLine
from tests.collectors.conftest import MakeNvml
from tests.collectors.running import DEADLINE, gone

CHILD = """
import json, os, signal, sys, time
hello = '{"kind":"hello","t":1,"host":"box","pid":%d,"gpus":[]}' % os.getpid()
sample = '{"kind":"sample","t":1,"host":{"load/1":1}}'
def say(line): print(line, flush=True)
"""

Make = Callable[..., SamplerChild]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    made: list[SamplerChild] = []

    def child(code: str, **more: object) -> SamplerChild:
        options = {"stall": 10.0, "first_pause": 0.01, **more}
        made.append(SamplerChild([sys.executable, "-c", CHILD + code], **options))  # type: ignore[arg-type]
        return made[-1]

    yield child
    for one in made:
        await one.close()


async def until(child: SamplerChild, condition: Callable[[Line], bool]) -> Line:
    """The first line for which ``condition`` holds."""

    async def search() -> Line:
        async for line in child.lines():
            if condition(line):
                return line
        raise AssertionError("the lines ended")

    return await asyncio.wait_for(search(), DEADLINE)


async def listen(lines: AsyncIterator[Line], seen: list[Line] | None = None) -> None:
    """Take lines until the end."""
    async for line in lines:
        if seen is not None:
            seen.append(line)


async def reaches(child: SamplerChild, name: str, lines: AsyncIterator[Line] | None = None) -> SamplerState:
    """Listen until the child is in a state."""
    task = asyncio.create_task(listen(lines or child.lines()))
    try:
        async with asyncio.timeout(DEADLINE):
            while child.state.name != name:
                await asyncio.sleep(0.005)
        return child.state
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def is_sample(line: Line) -> bool:
    return isinstance(line, Sample)


async def test_lines_come_out_as_values(make: Make) -> None:
    child = make("say(hello)\nsay(sample)\ntime.sleep(60)")
    assert child.state == SamplerState("starting")
    lines = child.lines()
    assert isinstance(await anext(lines), Hello)
    assert isinstance(await anext(lines), Sample)
    assert child.state == SamplerState("ok")


async def test_lines_that_are_none_of_ours_are_counted(make: Make) -> None:
    child = make("say('Traceback'); say('[]'); say(sample[:9]); say(sample)\ntime.sleep(60)")
    await until(child, is_sample)
    assert child.bad_lines == 3


async def test_line_in_parts(make: Make) -> None:
    child = make("sys.stdout.write(sample[:9]); sys.stdout.flush(); time.sleep(.05); say(sample[9:])\ntime.sleep(60)")
    await until(child, is_sample)
    assert child.bad_lines == 0


async def test_state_of_the_gpus_is_the_state(make: Make) -> None:
    child = make(
        'say(hello)\nsay(\'{"kind":"state","t":1,"gpu":"unavailable","why":"no driver"}\')\nsay(sample)\ntime.sleep(60)'
    )
    await until(child, is_sample)
    assert child.state == SamplerState("unavailable", "no driver")


async def test_crash_is_a_state_and_a_new_child_comes(make: Make) -> None:
    child = make("say(hello)\nsay(sample)\nos.kill(os.getpid(), 11)", first_pause=0.05)
    assert await reaches(child, "restarting") == SamplerState("restarting", "the sampler died of signal 11")
    pids = set()
    async with asyncio.timeout(DEADLINE):
        async for line in child.lines():
            if isinstance(line, Hello):
                pids.add(line.pid)
            if len(pids) == 2:
                break
    assert len(pids) == 2


async def test_status_is_told(make: Make) -> None:
    assert (await reaches(make("sys.exit(3)", first_pause=10), "restarting")).why == "the sampler ended with status 3"


async def test_silence_is_told_and_ended(make: Make) -> None:
    child = make("say(hello)\nsay(sample)\ntime.sleep(60)", stall=0.2, first_pause=10)
    lines = child.lines()
    hello = await anext(lines)
    assert isinstance(hello, Hello)
    state = await reaches(child, "restarting", lines)
    assert state.why == "the sampler was silent for 0.2 s"
    assert gone(hello.pid)


async def test_child_that_cannot_be_ended_is_told_and_not_joined(make: Make) -> None:
    killed: list[Process] = []
    child = make("say(hello)\nsay(sample)\ntime.sleep(60)", stall=0.2, kill=killed.append)
    state = await reaches(child, "hung")
    assert len(killed) == 1
    assert state.why == f"sampler {killed[0].pid} cannot be ended (state S)"
    assert read_stat(killed[0].pid) is not None


async def test_program_that_is_not_there_is_a_state() -> None:
    child = SamplerChild(["/nonexistent/python"], first_pause=0.01)
    assert "does not start" in (await reaches(child, "restarting")).why
    await child.close()


async def test_close_ends_child_and_lines(make: Make) -> None:
    child = make("say(hello)\nwhile True: say(sample); time.sleep(.02)")
    lines = child.lines()
    hello = await anext(lines)
    assert isinstance(hello, Hello)
    await child.close()
    async with asyncio.timeout(DEADLINE):
        async for _ in lines:
            pass
    assert gone(hello.pid)
    assert child.state == SamplerState("closed")
    await child.close()


async def test_close_ends_a_child_that_ignores_being_asked(make: Make) -> None:
    child = make("signal.signal(15, signal.SIG_IGN)\nsay(hello)\ntime.sleep(60)")
    lines = child.lines()
    hello = await anext(lines)
    assert isinstance(hello, Hello)
    await child.close()
    assert gone(hello.pid)


async def test_abandoned_lines_end_the_child(make: Make) -> None:
    """The task that listens is cancelled, as when a screen goes away."""
    child = make("say(hello)\ntime.sleep(60)")
    seen: list[Line] = []
    task = asyncio.create_task(listen(child.lines(), seen))
    async with asyncio.timeout(DEADLINE):
        while not seen:
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert isinstance(seen[0], Hello)
    assert gone(seen[0].pid)


async def test_runs_are_named_to_every_child(make: Make) -> None:
    """A child that was started anew is told again."""
    child = make("words = sys.stdin.readline()\nsay(hello.replace('box', words.strip().replace('\"', '')))")
    child.follow([7, 8])
    lines = child.lines()
    async with asyncio.timeout(DEADLINE):
        hosts = [line.host async for line in _take(lines, 2) if isinstance(line, Hello)]
    assert hosts == ["{runs:[7,8]}", "{runs:[7,8]}"]
    await lines.aclose()  # type: ignore[attr-defined]


async def _take(lines: AsyncIterator[Line], count: int) -> AsyncIterator[Line]:
    for _ in range(count):
        yield await anext(lines)


async def test_the_real_sampler() -> None:
    child = SamplerChild(interval=0.1)
    child.follow([os.getpid()])
    line = await until(child, lambda line: isinstance(line, Sample) and bool(line.processes))
    assert isinstance(line, Sample)
    assert line.host["memory/used"] > 0
    assert any(process.pid == os.getpid() for process in line.processes)
    await child.close()


@pytest.mark.needs_cc
async def test_the_real_sampler_on_a_driver_that_hangs(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(2)
    arguments = ("--interval", "0.1", "--stall", "0.3", "--parent", str(os.getpid()))
    child = SamplerChild(launch.command("collectors", *arguments), 0.1, stall=5, env=nvml.env())
    lines = child.lines()

    async def next_line(condition: Callable[[Line], bool]) -> Line:
        async for line in lines:
            if condition(line):
                return line
        raise AssertionError("the lines ended")

    def expect(condition: Callable[[Line], bool]) -> Awaitable[Line]:
        return asyncio.wait_for(next_line(condition), DEADLINE)

    await expect(lambda line: isinstance(line, Sample) and bool(line.gpus))
    nvml[0].slow(600_000, "power")
    await expect(lambda line: isinstance(line, StateLine) and line.gpu == "stalled")
    assert child.state == SamplerState("stalled", "a driver call does not return")
    sample = await expect(is_sample)
    assert isinstance(sample, Sample)
    assert sample.host["memory/used"] > 0
    nvml[0].slow(0, "power")
    await expect(lambda line: isinstance(line, Sample) and bool(line.gpus))
    assert child.state == SamplerState("ok")
    await child.close()


PROGRAM = """
import asyncio
from collectors.child import SamplerChild
async def main():
    child = SamplerChild(interval=0.1)
    async for line in child.lines():
        print(child.pid, flush=True)
asyncio.run(main())
"""


def test_it_never_outlives_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, env=launch.environment())
    assert parent.stdout is not None
    sampler = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait(DEADLINE)
    parent.stdout.close()
    assert gone(sampler)


async def test_a_cancellation_gets_through_at_any_moment(make: Make) -> None:
    """Also in the turn of the event loop in which a line has come: ``asyncio.wait_for`` of Python 3.11 loses it."""
    for turns in range(8):
        child = make("say(sample)\nsys.stdin.readline(); say(sample)\ntime.sleep(60)")
        seen: list[Line] = []
        task = asyncio.create_task(listen(child.lines(), seen))
        async with asyncio.timeout(DEADLINE):
            while not seen:
                await asyncio.sleep(0.005)
        child.follow([1])
        process = child._process
        assert process is not None
        assert process.stdout is not None
        process.stdout.feed_data(b"x")
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=DEADLINE)
        assert done
        assert task.cancelled()


async def test_a_child_that_somebody_else_reaped_is_nothing_to_tell(
    make: Make, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    child = make("say(hello)\ntime.sleep(60)")
    lines = child.lines()
    assert isinstance(await anext(lines), Hello)
    logging.getLogger("asyncio").warning("Unknown child process pid %d, will report returncode 255", child.pid)
    logging.getLogger("asyncio").warning("something else")
    assert [record.getMessage() for record in caplog.records] == ["something else"]
    assert capsys.readouterr().err == ""
