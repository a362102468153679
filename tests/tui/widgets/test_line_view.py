"""The base of our lists: only what is seen is built, keys move, a search is typed in place."""

from __future__ import annotations

from textual import events

from tests.tui.panel_app import PanelApp
from tui.show.spans import Line, Span, gap, mark
from tui.widgets.line_view import LineView


class Numbers(LineView):
    """A million rows, or those that hold the needle."""

    COUNT = 1_000_000

    def __init__(self) -> None:
        super().__init__()
        self.built: list[int] = []

    @property
    def row_count(self) -> int:
        return self.COUNT if not self.needle else 3

    def header(self) -> list[Line]:
        return [[Span("numbers", "title"), *self.search_spans()]]

    def row(self, index: int) -> Line:
        self.built.append(index)
        return mark([gap(1), Span(f"row {index}")], self.needle, "match")


class Empty(Numbers):
    COUNT = 0

    def empty(self) -> Line:
        return [Span("nothing here: press n", "dim")]


def app(view: Numbers | None = None) -> PanelApp[Numbers]:
    return PanelApp(view or Numbers(), lambda widget: widget.rows_changed())


async def test_only_the_rows_in_sight_are_built() -> None:
    shown = app()
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert set(shown.widget.built) == set(range(9))
        assert shown.seen()[:3] == ["numbers", " row 0", " row 1"]


async def test_keys_move_the_cursor_and_scroll_no_more_than_needed() -> None:
    shown = app()
    view = shown.widget
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.press("j", "down", "k")
        assert (view.cursor, view.scroll_offset.y) == (1, 0)
        await pilot.press("pagedown")
        assert (view.cursor, view.scroll_offset.y) == (10, 2)
        await pilot.press("G")
        assert shown.seen()[-1] == " row 999999"
        await pilot.press("up", "g")
        assert (view.cursor, shown.seen()[1]) == (0, " row 0")
        await pilot.press("up", "pageup")
        assert view.cursor == 0


async def test_moving_draws_two_rows_again_and_not_the_others() -> None:
    shown = app()
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.press("down")
        shown.widget.built.clear()
        await pilot.press("down")
        await pilot.pause()
        assert set(shown.widget.built) == {1, 2}


async def test_a_click_moves_the_cursor_and_a_double_click_opens() -> None:
    shown = app()
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.click(Numbers, offset=(3, 4))
        assert (shown.widget.cursor, shown.told) == (3, [])
        await pilot.click(Numbers, offset=(3, 4), times=2)
        opened = shown.told[-1]
        assert isinstance(opened, LineView.Opened)
        assert (opened.row, opened.view) == (3, shown.widget)
        await pilot.click(Numbers, offset=(3, 0))
        assert shown.widget.cursor == 3


async def test_a_search_takes_every_key_until_it_is_kept_or_dropped() -> None:
    shown = app()
    view = shown.widget
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.press("slash")
        await pilot.press("j", "g", "1", "space", "backspace")
        assert (view.needle, view.cursor, view.searching) == ("jg1", 0, True)
        assert shown.seen()[0] == "numbers  /jg1▏"
        await pilot.press("enter")
        assert (view.needle, view.searching) == ("jg1", False)
        assert shown.seen()[0] == "numbers  /jg1"
        await pilot.press("j")
        assert view.cursor == 1
        await pilot.press("escape")
        assert view.needle == ""
        await pilot.press("slash")
        await pilot.press("x", "ctrl+u", "y", "escape")
        assert (view.needle, view.searching) == ("", False)


async def test_pasted_text_goes_into_the_needle_only_while_searching() -> None:
    shown = app()
    async with shown.run_test(size=(40, 10)) as pilot:
        shown.widget.post_message(events.Paste("lost"))
        await pilot.press("slash")
        shown.widget.post_message(events.Paste("val/lo\x1bss\nrest"))
        await pilot.pause()
        assert shown.widget.needle == "val/lo␛ss"


async def test_the_cursor_stays_inside_when_rows_go() -> None:
    shown = app()
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.press("G")
        await pilot.press("slash")
        await pilot.press("x")
        assert shown.widget.cursor == 2


async def test_an_empty_view_says_what_to_do_and_keys_do_no_harm() -> None:
    shown = app(Empty())
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.press("j", "k", "G", "g", "pagedown")
        assert shown.widget.cursor == 0
        assert shown.seen()[1] == "nothing here: press n"


async def test_the_cursor_is_marked_only_where_the_keys_go() -> None:
    shown = app()
    async with shown.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        focused = shown.widget.render_line(1)
        shown.screen.set_focus(None)
        await pilot.pause()
        assert focused.text == shown.widget.render_line(1).text
        assert [segment.style for segment in focused] != [segment.style for segment in shown.widget.render_line(1)]
