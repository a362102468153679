"""Lines that wait for a disk: in order, so many as memory has room for, the rest counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.writing.backlog import BACKLOG, Backlog, overlap

lines = st.lists(st.integers(0, 3 * BACKLOG // 4).map(lambda length: b"x" * length + b"\n"), max_size=6)


def test_nothing_waits_at_first() -> None:
    waiting = Backlog()
    assert (len(waiting), waiting.gather(), waiting.lost) == (0, b"", 0)


def test_what_the_disk_has_of_a_line_is_not_gathered_again() -> None:
    waiting = Backlog()
    waiting.front, waiting.begun = b"first\n", 3
    waiting.append(b"second\n")
    assert len(waiting) == 2
    assert waiting.gather() == b"st\nsecond\n"
    waiting.begun = len(b"first\nsecond\n")
    waiting.append(b"third\n")
    assert (len(waiting), waiting.gather()) == (1, b"third\n")


@given(front=lines, later=lines, begun=st.integers(0, BACKLOG))
def test_the_latest_lines_are_given_up_and_one_is_always_kept(
    front: list[bytes], later: list[bytes], begun: int
) -> None:
    waiting = Backlog(b"".join(front))
    waiting.begun = min(begun, len(front[0]) - 1 if front else 0)
    for line in later:
        waiting.append(line)
    whole, count, taken = b"".join([*front, *later]), len(waiting), waiting.begun
    waiting.trim()
    assert whole.startswith(waiting.front)
    assert waiting.begun == taken
    assert len(waiting) + waiting.lost == count
    assert len(waiting) >= min(1, count)
    assert len(waiting.gather()) <= BACKLOG or len(waiting) == 1


@pytest.mark.parametrize(
    ("end_of", "start_of", "length"),
    [
        (b"", b"abc", 0),
        (b"xab", b"abc", 2),
        (b"abc", b"abc", 3),
        (b"aab", b"abc", 2),
        (b"aaa", b"aab", 2),
        (b"abcab", b"abcabd", 5),
        (b"xyz", b"abc", 0),
    ],
)
def test_the_longest_overlap(end_of: bytes, start_of: bytes, length: int) -> None:
    assert overlap(end_of, start_of) == length
