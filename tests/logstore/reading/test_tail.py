"""Growing files: torn lines, truncation, replacement, lines without end, and what is no file."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from logstore.reading.tail import NotAFileError, Tail, open_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


def drain(tail: Tail, most: int = 1 << 19) -> bytes:
    found = b""
    assert tail.look()
    while tail.left:
        lines = tail.read(most)
        assert lines is not None
        found += lines
    return found


def test_a_file_that_is_not_there_yet_is_no_news(path: Path) -> None:
    tail = Tail(path)
    assert tail.look()
    assert (tail.seen, tail.left) == (None, 0)
    append(path, b"{}\n")
    assert drain(tail) == b"{}\n"


def test_only_whole_lines_are_read_and_each_once(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n{"a"')
    assert drain(tail) == b'{"a":1}\n'
    assert (tail.torn, tail.left) == (4, 0)
    append(path, b":2}\n")
    assert drain(tail) == b'{"a":2}\n'
    assert drain(tail) == b""
    assert tail.offset == 16


def test_reads_are_bounded(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n' * 100)
    assert tail.look()
    assert tail.read(most=20) == b'{"a":1}\n' * 2
    assert tail.left == 98 * 8


def test_a_line_longer_than_a_read_is_read_in_full(path: Path) -> None:
    tail = Tail(path)
    line = b'{"a":"' + b"x" * 1000 + b'"}\n'
    append(path, line * 3)
    assert drain(tail, most=16) == line * 3


def test_a_line_that_is_too_long_is_skipped_without_being_held(path: Path) -> None:
    tail = Tail(path, longest=64)
    append(path, b'{"a":1}\n' + b"y" * 10_000)
    assert drain(tail, most=16) == b'{"a":1}\n'
    assert tail.bad_lines == 0
    append(path, b'z"}\n{"a":2}\n')
    assert drain(tail, most=16) == b'{"a":2}\n'
    assert tail.bad_lines == 1
    assert tail.offset == path.stat().st_size


def test_a_gigantic_hole_is_passed_over_in_bounded_steps(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 32)
    tail = Tail(path, longest=1 << 12)
    assert tail.look()
    for _ in range(5):
        before = tail.offset
        assert tail.read(1 << 12) == b""
        assert 0 < tail.offset - before <= 1 << 12


def test_the_last_row_without_a_newline_counts_once_nobody_writes_any_more(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n{"a":2}')
    assert drain(tail) == b'{"a":1}\n'
    assert tail.read(ended=True) == b'{"a":2}\n'
    append(path, b'\n{"a":3}\n')
    assert drain(tail) == b'\n{"a":3}\n'


def test_a_torn_row_never_counts(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1')
    assert drain(tail) == b""
    assert tail.read(ended=True) == b""
    append(path, b"2}\n")
    assert drain(tail) == b'{"a":12}\n'


def test_truncation_is_noticed(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n{"a":2}\n')
    drain(tail)
    path.write_bytes(b'{"b":1}\n')
    assert not tail.look()
    assert tail.read() is None
    tail.restart()
    assert drain(tail) == b'{"b":1}\n'


def test_replacement_by_rename_is_noticed_even_when_it_is_longer(path: Path, tmp_path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n')
    drain(tail)
    new = tmp_path / "new"
    new.write_bytes(b'{"b":1}\n{"b":2}\n')
    new.rename(path)
    assert not tail.look()
    assert tail.read() is None


def test_a_file_written_anew_beyond_its_old_end_is_noticed(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n')
    drain(tail)
    path.write_bytes(b'{"b":1}\n{"b":2}\n')
    assert tail.read() is None


def test_a_file_written_anew_to_the_same_size_is_noticed(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n')
    drain(tail)
    path.write_bytes(b'{"b":1}\n')
    os.utime(path, ns=(1, 1))
    assert not tail.look()


def test_a_touched_file_is_the_same(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n')
    drain(tail)
    os.utime(path, ns=(1, 1))
    assert tail.look()


def test_deletion_is_noticed(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n')
    drain(tail)
    path.unlink()
    assert not tail.look()
    assert tail.seen is None


def test_giving_up_leaves_nothing_to_read_until_the_file_changes(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"a":1}\n')
    assert tail.look()
    tail.give_up()
    assert tail.left == 0
    append(path, b'{"a":2}\n')
    assert tail.look()
    assert tail.left == 8


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name in ("pipe", "folder", "link", "loop", "socket"):
            with pytest.raises(NotAFileError, match=f"{name} is (no regular file|a symbolic link)"):
                open_file(tmp_path / name)
            with pytest.raises(NotAFileError):
                Tail(tmp_path / name).look()
    with pytest.raises(NotAFileError):
        open_file("/dev/zero")
