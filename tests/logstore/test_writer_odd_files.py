"""Continuing a run whose files are no files: one clear error or nothing at all, never a wait, never outside the run."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from logstore.errors import StorageError
from tests.logstore.written import Writing, rows_of

Make = Callable[[Path], object]


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


KINDS: dict[str, Make] = {
    "a pipe": os.mkfifo,
    "a directory": Path.mkdir,
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a link outside": lambda path: path.symlink_to(path.parents[3] / "outside"),
    "a socket": a_socket,
}


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """A wait for a pipe ends the test at once."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def store(writing: Writing, name: str, make: Make) -> Path:
    """A run of which one file is something else."""
    path = writing.root / "p" / "r"
    path.mkdir(parents=True)
    if name != "run.json":
        (path / "run.json").write_text('{"id": "r"}')
    make(path / name)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["run.json", "config.json", "summary.json", "metrics.jsonl"])
def test_what_cannot_be_continued_is_said_at_once(writing: Writing, name: str, kind: str) -> None:
    """run.json as a link to /dev/zero was read until the memory was full; as a pipe it was waited for."""
    path = store(writing, name, KINDS[kind])
    with pytest.raises(StorageError) as caught:
        writing.init(id="r", resume="allow")
    assert str(path / name) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (path.parents[2] / "outside").exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["events.jsonl", "console.log", "labels.json"])
def test_what_is_only_beside_the_rows_ends_nothing(writing: Writing, name: str, kind: str) -> None:
    path = store(writing, name, KINDS[kind])
    run = writing.init(id="r", resume="allow", console=True)
    run.log({"a": 1})
    run.alert("x")
    run.finish()
    assert len(rows_of(path)) == 1
    assert not (path.parents[2] / "outside").exists()


def test_resume_auto_passes_over_what_is_no_record(writing: Writing) -> None:
    store(writing, "run.json", os.mkfifo)
    assert not writing.init(resume="auto").resumed


def test_the_last_row_is_not_looked_for_in_gigabytes(writing: Writing) -> None:
    """Rows without a line end, as a crashed file system leaves them, were read whole."""
    writing.init(id="r").finish()
    os.truncate(writing.root / "p" / "r" / "metrics.jsonl", 1 << 40)
    run = writing.init(id="r", resume="must")
    assert run.step == 0
    run.finish()
