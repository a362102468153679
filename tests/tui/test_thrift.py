"""``tui.thrift``: whatever is left out, the terminal shows the same; and little is written where little changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.terminal import Terminal
from tui.thrift import Thrift

COLUMNS, ROWS = 24, 4
STYLES = ("", "1", "1;38;2;1;2;3", "38;2;1;2;3;48;2;9;9;9", "4;38;5;17;48;2;9;9;9", "31", "7;91;44", "2;3")

pieces = st.tuples(st.sampled_from(STYLES), st.text("ab ⣿━日e\u0301", min_size=1, max_size=8))
spots = st.tuples(st.integers(1, ROWS), st.integers(1, COLUMNS), st.lists(pieces, min_size=1, max_size=3))
frames = st.lists(st.lists(spots, max_size=5), min_size=1, max_size=8)


def frame(parts: list[tuple[int, int, list[tuple[str, str]]]]) -> str:
    """A frame as Textual writes one: for each stretch a move, then runs of text that are each styled and reset."""
    lines = []
    for row, column, runs in parts:
        text = "".join(f"\x1b[{style}m{run}\x1b[0m" if style else run for style, run in _fitting(runs, column))
        lines.append(f"\x1b[{row};{column}H{text}")
    return "\n".join(lines) + "\x1b[1;1H"


def _fitting(runs: list[tuple[str, str]], column: int) -> list[tuple[str, str]]:
    """Runs that end before the right edge and do not begin with a combining mark."""
    kept, room = [], COLUMNS - column + 1
    for style, run in runs:
        text = run.lstrip("\u0301")[: max(0, room // 2)]
        room -= 2 * len(text)
        kept.append((style, text))
    return [(style, text) for style, text in kept if text]


few = st.sampled_from([("", "a"), ("1", "b━"), ("31", "日"), ("", "e\u0301"), ("1", "  "), ("", "\u0301a")])
alike = st.lists(
    st.lists(st.tuples(st.just(1), st.sampled_from([1, 2, 6]), st.lists(few, min_size=1, max_size=4)), max_size=3),
    min_size=2,
    max_size=12,
)
"""Frames whose stretches begin alike and lie over each other."""


@settings(max_examples=400)
@given(frames | alike)
def test_the_terminal_shows_what_it_would_have_shown(drawn: list[list[tuple[int, int, list[tuple[str, str]]]]]) -> None:
    plain, thrifty, thrift = Terminal(COLUMNS, ROWS), Terminal(COLUMNS, ROWS), Thrift()
    for parts in drawn:
        text = frame(parts)
        plain.write(text)
        thrifty.write(thrift.reduced(text))
        assert (thrifty.x, thrifty.y) == (plain.x, plain.y)
        assert thrifty.cells == plain.cells


def test_what_is_shown_already_is_not_written() -> None:
    thrift = Thrift()
    text = "\x1b[1;1H\x1b[1mloss\x1b[0m 2.050\x1b[1;1H"
    assert thrift.reduced(text)
    assert thrift.reduced(text) == ""
    assert thrift.reduced(f"\x1b[?2026h{text}\x1b[?2026l") == ""


def test_what_was_written_over_is_written_again_where_the_rest_is_the_same() -> None:
    thrift, text = Thrift(), "\x1b[1;1H\x1b[1mloss\x1b[0m 2.050"
    thrift.reduced(text)
    assert "XX" in thrift.reduced("\x1b[1;3HXX")
    assert thrift.reduced(text) == "\x1b[1;3H\x1b[1mss"


def test_one_digit_that_changed_is_one_digit_written() -> None:
    thrift = Thrift()
    thrift.reduced("\x1b[3;1H\x1b[38;2;1;2;3mloss\x1b[0m 2.050")
    assert thrift.reduced("\x1b[3;1H\x1b[38;2;1;2;3mloss\x1b[0m 2.051") == "\x1b[3;10H1"


def test_only_what_changes_of_a_style_is_written() -> None:
    thrift = Thrift()
    ground = "48;2;9;9;9"
    written = thrift.reduced(f"\x1b[1;1H\x1b[1;38;2;1;1;1;{ground}mab\x1b[0m\x1b[38;2;5;5;5;{ground}mcd\x1b[0m")
    assert written == f"\x1b[1;1H\x1b[0;1;38;2;1;1;1;{ground}mab\x1b[22;38;2;5;5;5mcd"


def test_cells_nearby_are_written_through_and_others_leapt_over() -> None:
    thrift = Thrift()
    thrift.reduced("\x1b[1;1Haaaaaaaaaaaa")
    assert thrift.reduced("\x1b[1;1Hbaabaaaaaaab") == "\x1b[1;1Hbaab\x1b[7Cb"


@pytest.mark.parametrize(
    "sequence", ["\x1b]2;run  val/loss 2.05\a", "\x1b[22;2t", "\x1b[?25l", "\a", "\x1b]52;c;YQ==\a"]
)
def test_other_sequences_pass_and_leave_the_screen_known(sequence: str) -> None:
    thrift = Thrift()
    thrift.reduced("\x1b[1;1Htext")
    assert thrift.reduced(sequence) == sequence
    assert thrift.reduced("\x1b[1;1Htext") == ""


@pytest.mark.parametrize("sequence", ["\x1b[2J", "\x1b[?1049h", "\x1b[3S", "\x1bc", "\x1b[K", "\x1b7"])
def test_what_may_have_changed_the_screen_makes_it_unknown(sequence: str) -> None:
    thrift = Thrift()
    thrift.reduced("\x1b[1;1Htext")
    assert thrift.reduced(sequence) == sequence
    assert "text" in thrift.reduced("\x1b[1;1Htext")


def test_a_frame_is_begun_and_ended_only_around_something() -> None:
    thrift = Thrift()
    assert thrift.reduced("\x1b[?2026h") == ""
    assert thrift.reduced("\x1b[1;1Hx") == "\x1b[?2026h\x1b[1;1H\x1b[0mx"
    assert thrift.reduced("\x1b[?2026l") == "\x1b[?2026l"
    assert "".join(map(thrift.reduced, ("\x1b[?2026h", "\x1b[1;1Hx\x1b[1;2H", "\x1b[?2026l"))) == ""


def test_after_forgetting_all_is_written_again() -> None:
    thrift = Thrift()
    first = thrift.reduced("\x1b[2;1Htext")
    thrift.forget()
    assert thrift.reduced("\x1b[2;1Htext") == first
