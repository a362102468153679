"""The writer interrupted at every moment there is: by a handler that writes, one that raises, one that ends the run.

Whatever comes in between, on a disk that takes all, takes a part, or refuses: no line is torn, lost or doubled.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from logstore.writing import appender as module
from logstore.writing.appender import Appender
from logstore.writing.folder import Folder
from logstore.writing.notices import Notices
from logstore.writing.writer import RunWriter
from tests.logstore.writing.interrupting import Interruption, every_moment
from tests.logstore.written import Writing, record_of, rows_of

ALL = 1 << 30
LINES = [b'{"_step":%d,"x":"%s"}\n' % (number, b"y" * number) for number in range(4)]
OWN = [b'{"_step":9%d,"handler":%d}\n' % (number, number) for number in range(2)]
LAST = b'{"_step":99}\n'


class Moody:
    """The operating system, with a disk that takes so many bytes of each write, and then everything."""

    def __init__(self, takes: Sequence[int]) -> None:
        self.takes = list(takes)
        self.before: Callable[[], object] = int

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def write(self, descriptor: int, content: bytes) -> int:
        before, self.before = self.before, int
        before()
        taken = self.takes.pop(0) if self.takes else ALL
        if taken == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.write(descriptor, content[:taken])


MOODS = {
    "takes all": [],
    "takes a part": [ALL, 5],
    "takes parts": [ALL, 7, 3, 20],
    "takes a part and no more": [ALL, 5, 0, 0, ALL],
    "refuses": [ALL, 0],
    "refuses for long": [ALL, 0, 0, 0, 3, 0, 1],
    "takes a few bytes at a time": [9] * 40,
}
moods = pytest.mark.parametrize("takes", MOODS.values(), ids=MOODS.keys())


class Trial:
    """A file with a torn end, on a disk that is moody."""

    def __init__(self, directory: Path, patch: pytest.MonkeyPatch, takes: Sequence[int] = ()) -> None:
        directory.mkdir()
        self.path = directory / "rows.jsonl"
        self.path.write_bytes(b'{"torn":')
        self.disk = Moody(takes)
        patch.setattr(module, "os", self.disk)
        self._folder = Folder(directory)
        self.rows = Appender(self._folder, "rows.jsonl", Notices())

    @property
    def lines(self) -> list[bytes]:
        """What is in the file behind the torn line."""
        torn, *lines = self.path.read_bytes().splitlines(keepends=True)
        assert torn == b'{"torn":\n'
        return lines

    def end(self) -> list[bytes]:
        """What is in the file in the end, when there is room."""
        self.disk.takes.clear()
        self.rows.write(LAST)
        self.rows.close()
        self._folder.close()
        assert self.rows.missing == 0
        return self.lines


def trials(
    base: Path, patch: pytest.MonkeyPatch, act: Callable[[Trial], object], takes: Sequence[int]
) -> Iterator[tuple[Trial, Interruption]]:
    """A trial for every moment at which ``act`` can come in between."""
    current: list[Trial] = []
    for interruption in every_moment(lambda: act(current[-1])):
        current.append(Trial(base / str(len(current)), patch, takes))
        yield current[-1], interruption
    assert len(current) > 1


def write_own(trial: Trial) -> None:
    for line in OWN:
        trial.rows.write(line)


def interrupt(_: Trial) -> None:
    raise KeyboardInterrupt


@moods
def test_a_handler_may_write_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, takes: Sequence[int]
) -> None:
    for trial, interruption in trials(tmp_path, monkeypatch, write_own, takes):
        with interruption:
            for line in LINES:
                trial.rows.write(line)
        lines = trial.end()
        own = OWN if interruption.reached else []
        assert sorted(lines) == sorted([*LINES, LAST, *own]), interruption.at
        assert [line for line in lines if line in LINES] == LINES
        assert [line for line in lines if line in OWN] == own


def test_what_a_handler_writes_is_on_disk_when_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(trial: Trial) -> None:
        trial.rows.write(OWN[0])
        assert trial.lines[-1] == OWN[0]

    for trial, interruption in trials(tmp_path, monkeypatch, write, []):
        with Interruption(0, int):  # Python 3.13 tells of a function's steps from the second call on
            trial.rows.write(LINES[0])
        with interruption:
            trial.rows.write(LINES[1])
        assert len(trial.end()) == 3 + interruption.reached


def test_a_part_that_was_taken_is_completed_by_the_handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes right after the write that took a part, and ends the process there."""
    seen = []

    def write(trial: Trial) -> None:
        trial.rows.write(OWN[0])
        seen.append(trial.lines)

    for trial, interruption in trials(tmp_path, monkeypatch, write, [ALL, 5]):
        with Interruption(0, int):  # Python 3.13 tells of a function's steps from the second call on
            trial.rows.write(LINES[0])
        with interruption:
            trial.rows.write(LINES[1])
        trial.end()
    assert [*LINES[:2], OWN[0]] in seen


@moods
def test_any_moment_may_raise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, takes: Sequence[int]) -> None:
    for trial, interruption in trials(tmp_path, monkeypatch, interrupt, takes):
        returned = [LAST]
        with interruption:
            for line in LINES:
                try:
                    trial.rows.write(line)
                    returned.append(line)
                except KeyboardInterrupt:
                    assert interruption.reached
        lines = trial.end()
        assert set(lines) <= {*LINES, LAST}, interruption.at
        assert len(set(lines)) == len(lines)
        assert set(returned) <= set(lines)
        assert len(returned) == len(LINES) + 1 - interruption.reached


@moods
def test_a_handler_may_end_it_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, takes: Sequence[int]
) -> None:
    """The program's own handler calls ``finish()``: what is there is whole, the rest is counted."""
    for trial, interruption in trials(tmp_path, monkeypatch, lambda trial: trial.rows.close(), takes):
        with interruption:
            for line in LINES:
                trial.rows.write(line)
        *whole, torn = trial.path.read_bytes().split(b"\n")[1:] or [b""]
        assert [line + b"\n" for line in whole] == LINES[: len(whole)], interruption.at
        assert any(line.startswith(torn) for line in LINES[len(whole) :]) or not torn
        assert trial.rows.missing <= len(LINES) - len(whole)


@moods
def test_a_handler_inside_the_write_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, takes: Sequence[int]
) -> None:
    """A file system that is interrupted before it took a byte (NFS, FUSE): Python runs the handler and tries again."""
    for at in range(len(LINES)):
        trial = Trial(tmp_path / str(at), monkeypatch, takes)
        for number, line in enumerate(LINES):
            if number == at:
                trial.disk.before = partial(trial.rows.write, OWN[0])
            trial.rows.write(line)
        assert sorted(trial.end()) == sorted([*LINES, OWN[0], LAST])


def test_a_fork_at_any_moment_leaves_the_line_to_the_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler forks: in the child the write goes on, below it, as if nothing had been."""
    for trial, interruption in trials(tmp_path, monkeypatch, lambda trial: trial.rows.forked(), [ALL, 5]):
        with Interruption(0, int):  # Python 3.13 tells of a function's steps from the second call on
            trial.rows.write(LINES[0])
        with interruption:
            trial.rows.write(LINES[1])
        trial.rows.write(LAST)
        written = trial.path.read_bytes()
        assert written.count(LINES[1][5:]) <= 1, interruption.at
        assert written.endswith(LAST)


ROWS = {
    "plain": {"i": 1, "loss": 0.5},
    "nested": {"i": 1, "deep": {"er": [1, 2]}, "bad": float("nan")},
    "with a rule": {"i": 1, "epoch": 3, "val/loss": 0.25},
    "that overrules": {"i": 1, "best": 2},
}


@pytest.mark.parametrize("values", ROWS.values(), ids=ROWS.keys())
@pytest.mark.parametrize("step", [None, 3])
@pytest.mark.parametrize("raising", [False, True])
def test_log_may_be_interrupted_at_any_moment(
    writing: Writing, values: dict[str, object], step: int | None, raising: bool
) -> None:
    with writing.init() as run:
        run.define_metric("val/*", step_metric="epoch", summary="min")
        count, inside = 0, []

        def act() -> None:
            run.log({"h": count, **({"best": 1} if "best" in values else {})})
            inside.append(count)
            if raising:
                raise KeyboardInterrupt

        returned = []
        for count, interruption in enumerate(every_moment(act)):
            run.summary["best"] = 0
            run._rows.due = 0
            with interruption:
                try:
                    run.log({**values, "i": count}, step=None if step is None else run.step + step)
                    returned.append(count)
                except KeyboardInterrupt:
                    assert raising
        assert count > 10
    rows = rows_of(run.path)
    assert [row["h"] for row in rows if "h" in row] == inside
    found = [row["i"] for row in rows if "i" in row]
    assert len(set(found)) == len(found)
    assert set(returned) <= set(found)
    if step is None and not raising:
        assert sorted(row["_step"] for row in rows) == list(range(len(rows)))
    assert run.summary["i"] == max(found)


@pytest.mark.parametrize("raising", [False, True])
def test_output_may_be_interrupted_at_any_moment(
    writing: Writing, monkeypatch: pytest.MonkeyPatch, raising: bool
) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    with writing.init(console=True) as run:

        def act() -> None:
            sys.stdout.write(f"handler {count}\n")
            if raising:
                raise KeyboardInterrupt

        returned = []
        for count, interruption in enumerate(every_moment(act)):
            with interruption:
                try:
                    sys.stdout.write(f"line {count}\nand so on\n")
                    returned.append(f"line {count}")
                except KeyboardInterrupt:
                    assert raising
        assert count > 10
    lines = (run.path / "console.log").read_text().splitlines()
    assert set(returned) <= set(lines)
    assert all(line.startswith(("line", "handler", "and so on")) for line in lines)
    if not raising:
        assert [line for line in lines if line.startswith("handler")] == [
            f"handler {number}" for number in range(count)
        ]
        assert lines.count("and so on") == count + 1


def test_a_handler_that_finishes_the_run_has_the_last_word(writing: Writing) -> None:
    """Between the making of a document and its renaming: what is renamed later is not older."""
    run: RunWriter

    def finish() -> None:
        run.finish()

    for interruption in every_moment(finish):
        run = writing.init(reinit="create_new")
        with interruption:
            run.tags = ("late",)
        assert record_of(run.path).get("state") == ("finished" if interruption.reached else None), interruption.at
        run.finish()
    assert interruption.at > 20
