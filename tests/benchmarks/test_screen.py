"""What a terminal shows after what was written to it."""

from __future__ import annotations

import pytest

from benchmarks.screen import Screen


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("one\r\ntwo", ["one", "two", ""]),
        ("\x1b[2;3Hx", ["", "  x", ""]),
        ("abc\x1b[2Dx", ["axc", "", ""]),
        ("abc\rx", ["xbc", "", ""]),
        ("abc\b\bx", ["axc", "", ""]),
        ("abc\x1b[2J", ["", "", ""]),
        ("abcdef\r\x1b[2C\x1b[K", ["ab", "", ""]),
        ("abcdef\r\x1b[2C\x1b[2X", ["ab  ef", "", ""]),
        ("=\x1b[4b", ["=====", "", ""]),
        ("a\tb", ["a       b", "", ""]),
        ("\x1b[3dx", ["", "", "x"]),
        ("\x1b[5Gx", ["    x", "", ""]),
        ("\x1b[31mred\x1b[0m", ["red", "", ""]),
        ("\x1b]0;title\x07a", ["a", "", ""]),
        ("損失", ["損失", "", ""]),
    ],
)
def test_what_was_written_is_where_it_was_put(written: str, expected: list[str]) -> None:
    screen = Screen(20, 3)
    screen.feed(written.encode())
    assert screen.lines() == expected


def test_sequences_and_characters_may_come_in_pieces() -> None:
    screen = Screen(20, 3)
    for byte in "\x1b[2;2H損x".encode():
        screen.feed(bytes([byte]))
    assert screen.lines() == ["", " 損x", ""]
    assert screen.shows("損x")
    assert not screen.shows("xx")
