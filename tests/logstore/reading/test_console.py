"""console.log: the end of it, followed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from logstore.reading.console import LONGEST, ConsoleTail, read_last_lines, terminal_line
from logstore.reading.tail import NotAFileError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.log"


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


def test_lines_come_once_and_in_order(path: Path) -> None:
    tail = ConsoleTail(path)
    assert tail.read() == []
    append(path, b"one\ntwo\nthr")
    assert tail.read() == ["one", "two"]
    assert tail.pending == "thr"
    append(path, b"ee\n")
    assert tail.read() == ["three"]
    assert (tail.pending, tail.read(), tail.skipped) == ("", [], False)


def test_only_the_last_lines_of_a_long_log_are_read(path: Path) -> None:
    append(path, b"".join(b"line %d\n" % number for number in range(10_000)))
    tail = ConsoleTail(path, most=3)
    assert tail.read() == ["line 9997", "line 9998", "line 9999"]
    assert tail.skipped
    small = ConsoleTail(path, most=100, window=25)
    assert small.read() == ["line 9998", "line 9999"]
    append(path, b"x" * 1000 + b"\nend\n")
    assert small.read() == ["end"]


def test_a_progress_bar_is_its_last_state(path: Path) -> None:
    tail = ConsoleTail(path)
    append(path, b"\r 10%\r 20%\r 30%")
    assert tail.read() == []
    assert tail.pending == " 30%"
    append(path, b"\r 40%\r")
    assert tail.read() == []
    assert tail.pending == " 40%"
    append(path, b"\r100%\ndone\r\n")
    assert tail.read() == ["100%", "done"]


def test_a_progress_bar_of_any_length_takes_bounded_memory(path: Path) -> None:
    tail = ConsoleTail(path)
    for _ in range(20):
        append(path, b"x" * 100_000)
        assert tail.read() == []
    assert len(tail.pending) <= LONGEST


def test_a_log_that_was_written_anew_is_read_anew(path: Path, tmp_path: Path) -> None:
    tail = ConsoleTail(path)
    append(path, b"old old old\n")
    tail.read()
    path.write_bytes(b"new\n")
    assert tail.read() == ["new"]
    other = tmp_path / "other"
    other.write_bytes(b"replaced by a longer one\n")
    other.rename(path)
    assert tail.read() == ["replaced by a longer one"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"\x1b[1;32mgreen\x1b[0m", "green"),
        (b"\x1b]0;title\x07x", "x"),
        (b"\x1b]52;c;aGk=\x1b\\x", "x"),
        (b"\x1bP+q544e\x1b\\x", "x"),
        (b"\x1b(x", "\x1b(x"),
        (b"caf\xc3\xa9 \xff", "café �"),
        (b"a\tb", "a\tb"),
        (b"x" * 100_000, "x" * LONGEST),
    ],
)
def test_what_a_terminal_would_show(line: bytes, text: str) -> None:
    assert terminal_line(line) == text


def test_the_last_lines_include_one_without_a_newline(path: Path) -> None:
    assert read_last_lines(path) == []
    append(path, b"a\nb\nTraceback")
    assert read_last_lines(path, 2) == ["b", "Traceback"]


def test_what_is_no_file_is_refused(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(NotAFileError):
        ConsoleTail(path).read()
