"""A run's console log: any number of lines, followed and searched."""

from __future__ import annotations

import numpy as np
import pytest

from logstore.reading.console_times import ConsoleTimes
from tests.tui.panel_app import PanelApp
from tui.show.spans import Line, Span
from tui.widgets import console_view
from tui.widgets.console_view import ConsoleView

LINES = [f"step {index} loss {6 - index / 100_000:.4f}" for index in range(100_000)]


class Counted(ConsoleView):
    def __init__(self) -> None:
        super().__init__()
        self.built: list[int] = []

    def row(self, index: int) -> Line:
        self.built.append(index)
        return super().row(index)


def console(*lines: str) -> PanelApp[ConsoleView]:
    return PanelApp(ConsoleView(), lambda view: view.extend(lines))


async def test_a_hundred_thousand_lines_build_only_those_in_sight() -> None:
    shown = PanelApp(Counted(), lambda view: view.extend(LINES))
    async with shown.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        assert shown.seen()[0] == " console  100,000 lines · following"
        assert shown.seen()[9] == " step 99999 loss 5.0000"
        assert len(set(shown.widget.built)) < 100


async def test_it_stays_at_the_end_until_a_person_goes_elsewhere() -> None:
    shown = console(*LINES[:50])
    async with shown.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        shown.widget.extend(["new line"])
        await pilot.pause()
        assert shown.seen()[9] == " new line"
        await pilot.press("up")
        shown.widget.extend(["not in sight"])
        await pilot.pause()
        assert not shown.widget.following
        assert "not in sight" not in "".join(shown.seen())
        await pilot.press("F")
        assert shown.seen()[9] == " not in sight"
        await pilot.press("g")
        assert (shown.widget.following, shown.seen()[1]) == (False, " step 0 loss 6.0000")
        await pilot.press("G")
        await pilot.press("down")
        assert shown.widget.following


async def test_a_search_marks_and_walks_through_what_it_finds() -> None:
    shown = console(*LINES[:1000])
    view = shown.widget
    async with shown.run_test(size=(70, 10)) as pilot:
        await pilot.press("slash")
        await pilot.press(*"step 99", "enter")
        assert view.found == [99, *range(990, 1000)]
        assert view.cursor == 999
        assert shown.seen()[0] == " console  1,000 lines  /step 99  11 of 11"
        await pilot.press("n")
        assert (view.cursor, shown.seen()[0]) == (99, " console  1,000 lines  /step 99  1 of 11")
        assert Span("step 99", "found") in view.row(99)
        assert Span("step 99", "match") in view.row(995)
        await pilot.press("n", "n", "N")
        assert view.cursor == 990
        await pilot.press("N", "N")
        assert view.cursor == 999
        view.extend(["step 99 again"])
        assert view.found[-1] == 1000


async def test_what_is_not_found_is_said_and_n_does_no_harm() -> None:
    shown = console("one", "two")
    async with shown.run_test(size=(60, 10)) as pilot:
        await pilot.press("slash")
        await pilot.press(*"zebra", "enter", "n", "N")
        assert shown.seen()[0] == " console  2 lines · following  /zebra  not found"


async def test_colours_and_progress_bars_of_the_log_are_text() -> None:
    shown = console("\x1b[32mok\x1b[0m [bold]x[/]", " 50%\r100% done", "Traceback (most recent call last):")
    async with shown.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        assert shown.seen()[1:4] == [" ok [bold]x[/]", " 100% done", " Traceback (most recent call last):"]
        assert shown.widget.row(2)[1].role == "bad"


async def test_long_lines_are_read_by_scrolling_sideways() -> None:
    shown = console("x" * 40 + "the end of a long line")
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.press(*["right"] * 4)
        assert shown.seen()[1] == f" {'x' * 16}the end of a long line"
        await pilot.press(*["left"] * 9)
        assert shown.seen()[1] == f" {'x' * 39}"


async def test_a_line_is_copied_and_the_log_emptied() -> None:
    shown = console("a\x1b[1mb", "second")
    async with shown.run_test(size=(60, 10)) as pilot:
        await pilot.press("up", "y")
        assert shown.clipboard == "ab"
        shown.widget.clear()
        await pilot.press("y")
        assert shown.seen()[1].startswith(" no console log")
        assert shown.clipboard == "ab"


async def test_the_title_says_what_it_is_told() -> None:
    shown = console("one")
    async with shown.run_test(size=(60, 10)) as pilot:
        shown.widget.note = "the last 10,000"
        shown.widget.rows_changed()
        await pilot.pause()
        assert shown.seen()[0] == " console  1 lines · the last 10,000 · following"


async def test_the_oldest_of_very_many_lines_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is watched for weeks must not fill the memory with its console."""
    monkeypatch.setattr(console_view, "MOST", 100)
    shown = console(*LINES[:100])
    async with shown.run_test(size=(60, 10)) as pilot:
        view = shown.widget
        await pilot.press("slash", *"step 60", "enter")
        here = shown.seen()[1:]
        view.extend(LINES[100:130])
        await pilot.pause()
        assert view.row_count == 100
        assert shown.seen()[1:] == here
        assert shown.seen()[0].startswith(" console  100 lines · earlier lines are left out")
        assert [LINES[30 + row] for row in view.found] == [line for line in LINES[30:130] if "step 60" in line]


NOW = 1_790_000_000.0
SHORT = [f"line {index:3}" for index in range(200)]
STARTS = [9 * index for index in range(200)]


def every_tenth() -> ConsoleTimes:
    """An entry for every tenth line, a minute apart, at step 100 and so on."""
    places = np.arange(1, 20, dtype=np.int64)
    return ConsoleTimes(90 * places, (NOW + 60 * places).astype(np.float64), (100 * places).astype(np.float64))


def timed() -> PanelApp[ConsoleView]:
    def fill(view: ConsoleView) -> None:
        view.extend(SHORT, STARTS)
        view.show_times(every_tenth(), NOW, NOW)

    return PanelApp(ConsoleView(), fill)


async def test_the_title_says_when_the_line_under_the_cursor_was_printed() -> None:
    shown = timed()
    async with shown.run_test(size=(70, 10)) as pilot:
        await pilot.pause()
        assert shown.seen()[0].startswith(" console  200 lines · following  ")
        assert shown.seen()[0].endswith(" · step 1,900")
        for _ in range(10):
            await pilot.press("up")
        assert shown.seen()[0].endswith(" · step 1,800")
        await pilot.press("g")
        assert shown.seen()[0] == " console  200 lines"
        shown.widget.scroll_to(y=100, animate=False, force=True)
        await pilot.pause()
        assert shown.widget.cursor == 0
        assert shown.seen()[0].endswith(" · step 1,000")


async def test_in_a_narrow_title_the_time_gives_way() -> None:
    shown = timed()
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert shown.seen()[0] == " console  200 lines · following"


async def test_a_column_says_how_far_into_the_run_lines_came() -> None:
    shown = timed()
    async with shown.run_test(size=(70, 23)) as pilot:
        await pilot.press("t", "g")
        assert shown.seen()[1:4] == ["         line   0", "         line   1", "         line   2"]
        assert shown.seen()[11:13] == ["   1m00s line  10", "         line  11"]
        assert shown.seen()[21] == "   2m00s line  20"
        await pilot.press("t")
        assert shown.seen()[11] == " line  10"


async def test_the_column_of_times_stays_where_lines_are_scrolled_sideways() -> None:
    shown = console()
    async with shown.run_test(size=(30, 10)) as pilot:
        shown.widget.extend(["12345678and the rest" + "." * 50], [90])
        shown.widget.show_times(every_tenth(), NOW, NOW)
        await pilot.press("t", "right")
        assert shown.seen()[1].startswith("   1m00s and the rest.")


async def test_of_what_nobody_noted_nothing_is_said() -> None:
    shown = console(*SHORT)
    async with shown.run_test(size=(70, 10)) as pilot:
        await pilot.press("t")
        assert not shown.widget.timed
        assert shown.seen()[:2] == [" console  200 lines · following", " line 191"]
        assert shown.widget.printed(0) is None
        assert shown.widget.printed(1000) is None


async def test_a_line_is_gone_to_by_where_it_begins() -> None:
    shown = timed()
    async with shown.run_test(size=(70, 10)) as pilot:
        assert shown.widget.show_offset(900)
        await pilot.pause()
        assert (shown.widget.cursor, shown.widget.following) == (100, False)
        assert any("line 100" in line for line in shown.seen())
        assert not console().widget.show_offset(0)


async def test_a_part_from_before_is_seen_until_one_goes_on_to_the_end() -> None:
    shown = PanelApp(ConsoleView(), lambda view: view.extend(SHORT[100:], STARTS[100:]))
    view = shown.widget
    async with shown.run_test(size=(90, 10)) as pilot:
        await pilot.pause()
        assert not view.show_offset(0)
        view.show_part(SHORT[:50], STARTS[:50], 90)
        await pilot.pause()
        assert shown.seen()[0] == " console  50 lines · a part of the log · F to its end"
        assert view.cursor == 10
        view.extend(["at the end"], [9 * 200])
        await pilot.press("slash", *"line  4", "enter")
        assert view.found == list(range(40, 50))
        await pilot.press("G")
        assert (view.row_count, view.cursor, view.following) == (50, 49, False)
        await pilot.press("F")
        assert (view.row_count, view.following, shown.seen()[9]) == (101, True, " at the end")
        assert view.found == []
        view.show_part(SHORT[:50], STARTS[:50], 9)
        assert view.cursor == 1
        assert view.show_offset(1350)
        assert (view.row_count, view.cursor) == (101, 50)


async def test_the_scrollbar_is_where_the_lines_are() -> None:
    """Lines that came before it was there left it at the top."""
    shown = timed()
    async with shown.run_test(size=(70, 10)) as pilot:
        await pilot.pause()
        assert shown.widget.vertical_scrollbar.position == shown.widget.scroll_offset.y == 191
