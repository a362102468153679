"""``console.times.jsonl``: when each line was printed, never more of it than is needed, whatever comes in between."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from logstore.format import rank_name
from logstore.reading.timed_console import TimedConsole
from logstore.writing.appender import Appender
from logstore.writing.capture.console import Console
from logstore.writing.capture.times import MOST, PAUSE, PrintTimes
from logstore.writing.folder import Folder
from logstore.writing.notices import Notices
from tests.logstore.written import Writing, eventually, kill, lines_of

LOG, INDEX = "console.log", "console.times.jsonl"


class Clock:
    """The monotonic clock, which goes on when it is told to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        patch.setattr(time, "monotonic", lambda: self.now)


class Printing:
    """A program that prints into the log of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.step: int | None = None
        folder = Folder(path)
        log = Appender(folder, LOG, Notices())
        self.times = PrintTimes(Appender(folder, INDEX, Notices()), log, lambda: self.step)
        self.console = Console(log, self.times)

    @property
    def entries(self) -> list[tuple[object, object]]:
        """Step and offset of each line of the index."""
        return [(row.get("_step"), row["offset"]) for row in lines_of(self.path, INDEX)]


@contextlib.contextmanager
def streams() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def test_what_follows_a_pause_has_a_time_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    with streams():
        program = Printing(tmp_path)
        print("one")
        clock.now += PAUSE / 2
        print("two")
        clock.now += PAUSE
        program.step = 7
        print("three\nfour")
        clock.now += 100
        program.step = 8
        print("five")
        program.console.stop()
    assert program.entries == [(None, 0), (7, 8), (8, 19)]
    assert (tmp_path / LOG).read_bytes() == b"one\ntwo\nthree\nfour\nfive\n"


def test_a_day_of_printing_without_end_takes_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is due as often as one may be, with a step and an offset that are long."""
    clock = Clock(monkeypatch)
    monkeypatch.setattr(Appender, "end", 1 << 32)
    with streams():
        program = Printing(tmp_path)
        program.step = 1 << 24
        while (elapsed := clock.now - 1000) < 86_400:
            program.times.note(clock.now)
            program.times.note(clock.now)
            clock.now += max(PAUSE, elapsed / MOST) + 1e-6
        program.console.stop()
    assert 1_900_000 < (tmp_path / INDEX).stat().st_size < 2_100_000


def test_the_line_of_the_index_is_there_before_that_of_the_log(tmp_path: Path) -> None:
    """So that a kill in between leaves no line with the time of the one before."""
    with streams():
        program = Printing(tmp_path)
        sizes: list[int] = []
        write = Appender.write

        def watched(self: Appender, line: bytes) -> None:
            sizes.append((tmp_path / INDEX).stat().st_size)
            write(self, line)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Appender, "write", watched)
            print("x")
        program.console.stop()
    assert sizes[0] == 0
    assert sizes[1] > 0


def test_an_exception_in_between_is_made_good_with_the_next_line(tmp_path: Path) -> None:
    with streams():
        program = Printing(tmp_path)

        def interrupt() -> int | None:
            raise KeyboardInterrupt

        program.times._step, step = interrupt, program.times._step
        with pytest.raises(KeyboardInterrupt):
            print("one")
        program.times._step = step
        print("two")
        program.console.stop()
    assert program.entries == [(None, 0)]
    assert (tmp_path / LOG).read_bytes() == b"two\n"


def test_a_torn_log_is_gone_on_with_where_its_next_line_begins(tmp_path: Path) -> None:
    (tmp_path / LOG).write_bytes(b"whole\ntorn")
    with streams():
        program = Printing(tmp_path)
        print("next")
        program.console.stop()
    assert program.entries == [(None, 11)]
    assert (tmp_path / LOG).read_bytes()[11:] == b"next\n"


def test_a_run_says_its_steps_and_a_child_none(writing: Writing) -> None:
    writing.run("""
run = logstore.init(**{**QUIET, "console": True}, project="p", id="r")
print("before any row")
for step in (3, 4):
    run.log({"a": 1}, step=step)
    time.sleep(0.2)
    print("after", step)
if os.fork() == 0:
    time.sleep(0.2)
    run.log({"b": 1}, step=99)
    print("child")  # its first line opens the files anew
    print("child again")
    sys.stdout.flush()
    os._exit(0)
os.wait()
""")
    path = writing.root / "p" / "r"
    console = TimedConsole(path / LOG, 100).read()
    told = [console.times.when(start) for start in console.lines.starts]
    assert console.lines.texts == ["before any row", "after 3", "after 4", "child", "child again"]
    assert [None if one is None else one.step for one in told] == [None, 3, 4, 4, None]
    seconds = [one.time for one in told if one is not None]
    assert seconds == sorted(seconds)
    assert len(seconds) == 5
    assert time.time() - 50 < seconds[0] < seconds[1] - 0.1


def test_without_a_console_there_is_no_index(writing: Writing) -> None:
    run = writing.init(id="r")
    print("not kept")
    run.finish()
    assert not (run.path / LOG).exists()
    assert not (run.path / INDEX).exists()


def test_an_index_that_cannot_be_written_leaves_the_console(writing: Writing) -> None:
    done = writing.run("""
os.makedirs("runs/p/r/console.times.jsonl")
with logstore.init(**{**QUIET, "console": True}, project="p", id="r", dir="runs"):
    print("kept")
""")
    path = writing.root.parent / "runs" / "p" / "r"
    assert (path / LOG).read_text() == "kept\n"
    assert done.returncode == 0
    assert "cannot write" in done.stderr


def test_every_rank_has_an_index_of_its_own(writing: Writing) -> None:
    for rank in (0, 3):
        code = f'with logstore.init(**{{**QUIET, "console": True}}, project="p", id="r", rank={rank}): print("x")'
        writing.run(code)
        assert lines_of(writing.root / "p" / "r", rank_name(INDEX, rank))[0]["offset"] == 0


PRINT_FOR_EVER = """
run = logstore.init(**{**QUIET, "console": True}, project="p", id="r", resume="allow")
step = run.step
while True:
    print("step", step, f"at {time.time():.4f}")
    run.log({"a": step})
    step += 1
"""


def holds(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size >= size


def test_log_and_index_stay_readable_whenever_a_run_is_killed(writing: Writing) -> None:
    """Killed, continued, killed: each line's time is that at which it was printed, to a pause, and so is its step."""
    log = writing.root / "p" / "r" / LOG
    for attempt in range(4):
        wanted = 1000 + 3000 * attempt + (log.stat().st_size if attempt else 0)
        process = writing.start(PRINT_FOR_EVER)
        eventually(partial(holds, log, wanted))
        kill(process)
    console = TimedConsole(log, 100_000).read()
    assert len(console.times) >= 4
    noted = set(console.times.offsets.tolist())
    for text, start in zip(console.lines.texts, console.lines.starts, strict=True):
        step, moment = int(text.split()[1]), float(text.split()[3])
        told = console.times.when(start)
        assert told is not None
        assert told.step is None or told.step == step - 1 or (told.step < step and start not in noted)
        # A line says its time before it is noted; those that follow say theirs after it was.
        assert moment <= told.time + 0.002 if start in noted else moment >= told.time - 0.002


def test_what_is_given_to_a_disk_that_refuses_is_where_it_will_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that waits in memory has its place: the next one begins behind it."""
    clock = Clock(monkeypatch)
    with streams():
        program = Printing(tmp_path)
        print("one")
        clock.now += 1
        write = os.write

        def refusing(descriptor: int, data: bytes) -> int:
            if b"two" in data:
                raise OSError(errno.ENOSPC, "full")
            return write(descriptor, data)

        monkeypatch.setattr(os, "write", refusing)
        print("two")
        clock.now += 1
        print("three")
        monkeypatch.setattr(os, "write", write)
        clock.now += 1
        print("four")
        program.console.stop()
    text = (tmp_path / LOG).read_bytes()
    noted = [text[int(str(offset)) :].splitlines()[0] for _, offset in program.entries]
    assert set(text.splitlines()) >= {b"one", b"two", b"three", b"four"}
    assert noted[0] == b"one"
    assert noted[-1] == b"four"
    assert set(noted) <= set(text.splitlines())
