"""A run's console log: any number of lines, followed and searched."""

from __future__ import annotations

import pytest

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
