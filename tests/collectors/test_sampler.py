from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from collectors.backend import Gap, GpuEvent, GpuInfo, GpuProcess, GpuSample
from collectors.gpu_source import GpuState
from collectors.parent import Parent
from collectors.sampler import Gpus, Loop, Options, Sampler, Wait, runs_of
from collectors.samples import Hello, Line, Sample, StateLine
from tests.collectors.conftest import Tree
from tests.collectors.test_processes import stat

INFO = GpuInfo(0, "GPU-0", "H100", minor=0)


class Scripted:
    """GPUs that say what a list says, tick by tick; None is no answer."""

    def __init__(self, *answers: Sample | None) -> None:
        self.answers = list(answers)
        self.state = GpuState("ok")
        self.infos: tuple[GpuInfo, ...] = (INFO,)
        self.asked: list[float] = []
        self.waited: list[float] = []
        self.closed = False

    def request(self, now: float) -> None:
        self.asked.append(now)

    def collect(self, now: float, patience: float) -> Sample | None:
        self.waited.append(patience)
        return self.answers.pop(0) if self.answers else None

    def close(self) -> None:
        self.closed = True


class Kept:
    """A sink that keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def put(self, line: Line, now: float) -> None:
        self.lines.append(line)

    def close(self) -> None:
        pass


def answer(**values: float) -> Sample:
    gpu = GpuSample(0, "GPU-0", "H100", values=values, processes=(GpuProcess(10, 5),))
    return Sample(
        1.0, gpus=(gpu,), gaps=(Gap("GPU-0", "fan", "NotSupported"),), events=(GpuEvent(1, "GPU-0", "xid", 9),)
    )


def times(count: int) -> Callable[[float], bool]:
    """A wait that does not wait and ends after some ticks."""
    left = iter(range(count))
    return lambda due: next(left, None) is not None


def looped(sampler: Sampler, ticks: int, options: Options | None = None) -> list[Line]:
    sink = Kept()
    Loop(sampler, sink, options or Options(), times(ticks)).run()
    return sink.lines


def test_one_sample_of_everything(tree: Tree) -> None:
    root = tree(stat(10, 1) | {"proc/loadavg": "0.5 0.25 0.125 1/2 3\n", "proc/10/environ": "RANK=1\0"})
    sampler = Sampler(Options(runs=(10,)), Scripted(answer(util=97.04, power=612.26)), root)
    sample = sampler.sample(1.0, 0.0)
    assert sample.host["load/1"] == 0.5
    assert sample.gpus[0].values == {"util": 97, "power": 612.3}
    assert [(gap.metric, gap.why) for gap in sample.gaps] == [("fan", "NotSupported")]
    assert [event.code for event in sample.events] == [9]
    (process,) = sample.processes
    assert (process.rank, process.gpus, process.via) == (1, ("GPU-0",), "driver")
    assert abs(sample.time - time.time()) < 60


def test_no_answer_leaves_the_gpus_out_and_the_rest_in(tree: Tree) -> None:
    root = tree(stat(10, 1) | {"proc/loadavg": "0.5 0.25 0.125 1/2 3\n"})
    sampler = Sampler(Options(runs=(10,)), Scripted(answer(util=97), None), root)
    sampler.sample(1.0, 0.0)
    sample = sampler.sample(2.0, 0.0)
    assert sample.gpus == ()
    assert sample.host["load/1"] == 0.5
    assert sample.processes[0].gpus == ("GPU-0",), "whose a GPU is does not change with one answer that is late"


def test_gpus_are_asked_once_each_tick(tmp_path: Path) -> None:
    gpus = Scripted()
    looped(Sampler(Options(), gpus, tmp_path), 5)
    assert len(gpus.asked) == 6


def test_without_gpus(tmp_path: Path) -> None:
    lines = looped(Sampler(Options(), None, tmp_path), 1)
    assert [type(line) for line in lines] == [Hello, StateLine, Sample]
    assert isinstance(lines[1], StateLine)
    assert lines[1].gpu == "off"


def test_hello_comes_first_and_the_first_reading_is_not_shown(tmp_path: Path) -> None:
    lines = looped(Sampler(Options(), Scripted(answer(util=1), answer(util=2), answer(util=3)), tmp_path), 2)
    hello, first, second = lines
    assert isinstance(hello, Hello)
    assert hello.gpus == (INFO,)
    assert (hello.host, hello.pid) == (os.uname().nodename, os.getpid())
    assert isinstance(first, Sample)
    assert isinstance(second, Sample)
    assert (first.gpus[0].values["util"], second.gpus[0].values["util"]) == (2, 3)


@pytest.mark.parametrize(("state", "expected"), [("ok", [15.0, 15.0]), ("starting", [15.0, 0.8])])
def test_single_sample_waits_long_for_devices_that_answer(tmp_path: Path, state: str, expected: list[float]) -> None:
    """A driver that hangs from the start does not cost the host's values twice the patience."""
    gpus = Scripted()
    gpus.state = GpuState(state)
    options = Options(once=True, hello_patience=15.0)
    Loop(Sampler(options, gpus, tmp_path), Kept(), options, times(1)).run()
    assert gpus.waited == expected


def test_once_is_one_sample(tmp_path: Path) -> None:
    lines = looped(Sampler(Options(), Scripted(answer(), answer()), tmp_path), 100, Options(once=True))
    assert [type(line) for line in lines] == [Hello, Sample]


def test_news_of_devices_and_states_come_before_the_sample(tmp_path: Path) -> None:
    gpus = Scripted()
    sampler, sink = Sampler(Options(), gpus, tmp_path), Kept()
    stalled = GpuState("stalled", "a driver call does not return")
    course = [("ok", (INFO,)), ("stalled", (INFO,)), ("stalled", (INFO,)), ("ok", (INFO, INFO))]

    def wait(due: float) -> bool:
        if not course:
            return False
        name, gpus.infos = course.pop(0)
        gpus.state = stalled if name == "stalled" else GpuState(name)
        return True

    Loop(sampler, sink, Options(), wait).run()
    shown = [line.gpu if isinstance(line, StateLine) else type(line).__name__ for line in sink.lines]
    assert shown == ["Hello", "Sample", "stalled", "Sample", "Sample", "Hello", "ok", "Sample"]


def test_ticks_keep_their_beat_and_missed_ones_are_not_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("collectors.sampler.time.monotonic", lambda: clock[0])
    dues: list[float] = []

    def wait(due: float) -> bool:
        dues.append(due)
        clock[0] = due + (5.5 if len(dues) == 3 else 0.01)
        return len(dues) < 6

    Loop(Sampler(Options(interval=2.0), None, tmp_path), Kept(), Options(interval=2.0), wait).run()
    assert dues == pytest.approx([100.5, 102.5, 104.5, 110.0, 112.0, 114.0])


def test_close_ends_the_reader(tmp_path: Path) -> None:
    gpus: Gpus = (scripted := Scripted())
    Sampler(Options(), gpus, tmp_path).close()
    assert scripted.closed


def test_wait_ends_at_its_time() -> None:
    assert Wait()(time.monotonic() - 1)
    assert Wait()(time.monotonic() + 0.02)


def test_wait_ends_with_the_parent() -> None:
    assert not Wait(Parent(2**22 + 9))(time.monotonic() + 30)
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    parent = Parent(pid)
    assert not Wait(parent)(time.monotonic() + 30)
    os.waitpid(pid, 0)
    parent.close()


def test_words_on_the_control_channel_are_followed_and_its_end_ends_the_work() -> None:
    reading, writing = os.pipe()
    followed: list[list[int]] = []

    def follow(runs: Iterable[int]) -> None:
        followed.append(list(runs))

    wait = Wait(control=reading, follow=follow)
    os.write(writing, b'{"runs": [1, 2]}\nnonsense\n{"ru')
    assert wait(time.monotonic() + 0.02)
    os.write(writing, b'ns": []}\n')
    assert wait(time.monotonic() + 0.02)
    assert followed == [[1, 2], []]
    os.close(writing)
    assert not wait(time.monotonic() + 30)
    os.close(reading)


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        (b'{"runs":[5]}', [5]),
        (b'{"runs":["x",7]}', [7]),
        (b"{}", None),
        (b"[]", None),
        (b'{"runs":1}', None),
        (b"", None),
    ],
)
def test_control_lines(line: bytes, runs: list[int] | None) -> None:
    assert runs_of(line) == runs


@pytest.mark.parametrize("farewell", [True, False])
def test_a_last_sample_tells_of_a_kill_for_memory(tree: Tree, farewell: bool) -> None:
    """The kernel counts the kill at the moment when the training is gone: one interval later nobody would look."""
    root = tree(
        {
            "proc/self/cgroup": "0::/job\n",
            "proc/self/mountinfo": "1 1 0:1 / /cg rw - cgroup2 cgroup2 rw\n",
            "proc/meminfo": "MemTotal: 1000000 kB\nMemAvailable: 500000 kB\n",
            "cg/job/memory.max": "1000000\n",
            "cg/job/memory.current": "900000\n",
            "cg/job/memory.stat": "",
            "cg/job/memory.events": "oom_kill 0\n",
        }
    )
    sink = Kept()

    def wait(_due: float) -> bool:
        (root / "cg/job/memory.events").write_text("oom_kill 1\n")
        return False

    options = Options(farewell=farewell)
    Loop(Sampler(options, None, root), sink, options, wait).run()
    kills = [line.host.get("memory/oom_kills") for line in sink.lines if isinstance(line, Sample)]
    assert kills == ([1] if farewell else [])
