"""``tui.widgets.key_bar``: whole entries only, help always there, clicks do what keys do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from tui.themed_app import ThemedApp
from tui.widgets.key_bar import GAP, Key, KeyBar, fitting

keys = st.lists(
    st.builds(Key, st.text("abc", min_size=1, max_size=3), st.text("xyz", min_size=1, max_size=9), st.just("x"))
)


@given(keys, st.integers(0, 80))
def test_what_is_shown_fits_and_is_a_head_of_what_there_is(entries: list[Key], cells: int) -> None:
    shown = fitting(entries, cells)
    assert shown == entries[: len(shown)]
    assert sum(key.cells + GAP for key in shown) <= max(cells, 0)


def test_help_stays_when_others_go() -> None:
    entries = [Key("a", "alpha", "a"), Key("?", "help", "help", keep=True)]
    assert fitting(entries, 10) == entries[1:]


class Sample(ThemedApp):
    BINDINGS = [
        Binding("x", "mark", "Mark", id="table.mark"),
        Binding("y", "other", "Other", show=False),
        Binding("question_mark", "help", "Help", id="app.help"),
    ]
    marked = 0

    def compose(self) -> ComposeResult:
        yield KeyBar()

    def action_mark(self) -> None:
        self.marked += 1


async def test_the_keys_of_the_screen_are_shown_and_can_be_clicked() -> None:
    app = Sample()
    async with app.run_test(size=(40, 3)) as pilot:
        bar = app.query_one(KeyBar)
        text = bar.render_line(0).text
        assert text.startswith("x mark  ")
        assert "other" not in text
        assert text.rstrip().endswith("? help")
        calm = bar.render_line(0)
        await pilot.hover(bar, offset=(2, 0))
        assert bar.render_line(0) != calm
        await pilot.hover(offset=(2, 0))
        assert bar.render_line(0) == calm
        await pilot.click(bar, offset=(2, 0))
        assert app.marked == 1


class Typing(Sample):
    BINDINGS = [
        Binding("slash", "filter", "Filter", id="watch.filter"),
        Binding("escape", "leave", "Leave", id="watch.leave"),
    ]

    def compose(self) -> ComposeResult:
        yield Input()
        yield KeyBar()


async def test_keys_that_would_be_typed_are_not_offered_while_one_types() -> None:
    app = Typing()
    async with app.run_test(size=(60, 3)) as pilot:
        bar = app.query_one(KeyBar)
        assert bar.render_line(0).text.split() == ["esc", "leave"]
        app.screen.set_focus(None)
        await pilot.pause()
        assert "/ filter" in bar.render_line(0).text
