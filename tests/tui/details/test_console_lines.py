"""What a log line looks like on the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.reading.console_times import Printed
from tui.details.console_lines import SINCE_CELLS, UNKNOWN, LogLines, level, printed, since, when

NOW = 1_790_000_000.0


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("step 1 loss 2.5", "step 1 loss 2.5"),
        ("\x1b[1;32mok\x1b[0m done", "ok done"),
        ("\x1b[38;2;1;2;3mx\x1b[K", "x"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bplain", "plain"),
        ("  0%|   | 0/10\r 50%|## | 5/10\r100%|####| 10/10", "100%|####| 10/10"),
        ("long text\rab", "abng text"),
        ("line\r\n", "line"),
        ("a\tb", "a       b"),
        ("bell\x07 nul\x00", "bell· nul␀"),
        ("lone escape \x1b", "lone escape ␛"),
        ("right\u202eto left", "right·to left"),
        ("", ""),
    ],
)
def test_a_line_is_what_a_terminal_would_show_in_the_end(line: str, text: str) -> None:
    assert printed(line) == text


@given(st.text())
def test_no_line_holds_anything_that_a_terminal_acts_on(line: str) -> None:
    text = printed(line)
    assert "\n" not in text
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in text)


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Traceback (most recent call last):", "bad"),
        ("ValueError: shapes do not match", "bad"),
        ("torch.OutOfMemoryError: CUDA out of memory.", "bad"),
        ("loss nan", "bad"),
        ("[ERROR] rank 3", "bad"),
        ("UserWarning: call step() first", "warn"),
        ("WARN slow loader", "warn"),
        ("step 3 loss 2.2", ""),
        ("mirrored terrorists finance warners", ""),
    ],
)
def test_errors_and_warnings_are_told_by_their_words(line: str, role: str) -> None:
    assert level(line) == role


def log_lines(*starts: int) -> LogLines:
    lines = LogLines()
    lines.extend(["x"] * len(starts), starts)
    return lines


def test_a_line_is_found_by_where_it_begins() -> None:
    lines = log_lines(10, 20, 35)
    assert [lines.row_of(offset) for offset in (0, 9, 10, 11, 20, 35, 36, 99)] == [None, None, 0, 1, 1, 2, 2, 2]
    lines.forget(1)
    assert [lines.row_of(offset) for offset in (10, 20, 30)] == [None, 0, 1]
    assert log_lines().row_of(0) is None


def test_lines_of_a_log_that_was_written_anew_are_where_nobody_knows() -> None:
    lines = log_lines(0, 10, 20)
    lines.extend(["new", "newer"], [0, 4])
    assert lines.starts.tolist() == [UNKNOWN] * 3 + [0, 4]
    assert [lines.row_of(offset) for offset in (0, 2, 10)] == [3, 4, 4]
    lines.extend(["by hand"], [])
    assert lines.starts.tolist() == [UNKNOWN] * 6
    assert lines.row_of(0) is None


def test_when_a_line_was_printed_in_a_few_words() -> None:
    assert when(Printed(NOW, 12_345), NOW).endswith(" · step 12,345")
    assert when(Printed(NOW, None), NOW) == when(Printed(NOW, 1), NOW).removesuffix(" · step 1")
    assert since(Printed(NOW, 1), NOW - 3700) == "  1h01m"
    assert since(None, NOW) == " " * SINCE_CELLS
    assert len(since(Printed(1e300, None), 0.0)) == SINCE_CELLS
