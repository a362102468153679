"""``tui.widgets.filter_bar``: typing filters at each key, and what is wrong is said in the same line."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Button

from tests.tui.table.fake_row import FakeRow
from tui.themed_app import ThemedApp
from tui.widgets.filter_bar import FilterBar, completed


class Sample(ThemedApp):
    """A filter bar, something else to focus, and what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = FilterBar()
        self.sent: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Button("elsewhere")
        yield self.bar

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        self.sent.append(message)

    def on_filter_bar_submitted(self, message: FilterBar.Submitted) -> None:
        self.sent.append(message)

    def on_filter_bar_cancelled(self, message: FilterBar.Cancelled) -> None:
        self.sent.append(message)

    def last(self, kind: type[Message]) -> Any:
        return [message for message in self.sent if isinstance(message, kind)][-1]

    def note(self) -> str:
        return str(self.bar.query_one(".filter-bar--note").render())


ROW = FakeRow("k", "brave-otter", values={"config.lr": 3e-4})


async def test_each_key_that_leaves_a_filter_sends_it() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.focus()
        await pilot.press(*"lr<1e-3")
        changed = app.last(FilterBar.Changed)
        assert (changed.text, changed.control) == ("lr<1e-3", app.bar)
        assert changed.predicate(ROW)
        assert not changed.predicate(FakeRow("k"))


async def test_while_the_end_is_missing_the_last_filter_stays_and_the_line_says_what_is_expected() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.focus()
        app.bar.count(1, 18)
        await pilot.press(*"lr<")
        assert app.bar.text == "lr"
        assert app.note() == "… a value after <"
        assert not app.bar.query(".filter-bar--note.-wrong")
        await pilot.press("1")
        assert app.note() == "1 of 18"


async def test_fields_that_no_run_has_are_named_beside_the_count() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)):
        app.bar.count(0, 18, ["larning_rate", "b\nad"])
        assert app.note() == "no run has larning_rate, b␊ad · 0 of 18"
        app.bar.count(2, 18)
        assert app.note() == "2 of 18"


async def test_what_is_wrong_is_said_with_its_place() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.focus()
        await pilot.press(*"lr<slow")
        assert app.note() == "✖ at 4: expected a number like 1e-3 or 20k after <"
        assert app.bar.query(".filter-bar--note.-wrong")


async def test_enter_and_down_submit() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.focus()
        await pilot.press(*"otter", "enter")
        assert app.last(FilterBar.Submitted).text == "otter"
        await pilot.press("x", "down")
        assert app.last(FilterBar.Submitted).text == "otterx"


async def test_escape_goes_back_to_the_filter_of_before() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.focus()
        await pilot.press(*"otter")
        app.bar.focus()
        await pilot.press(*" lynx", "escape")
        cancelled = app.last(FilterBar.Cancelled)
        assert cancelled.text == "otter"
        assert cancelled.predicate(ROW)
        await pilot.pause()
        assert app.sent[-1] is cancelled
        assert app.bar.text == "otter"


async def test_an_emptied_line_is_no_filter() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.focus()
        await pilot.press("a", "backspace", "space")
        assert app.last(FilterBar.Changed).predicate is None
        assert app.bar.predicate is None


async def test_a_filter_that_is_set_is_sent_and_continued_at_its_end() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.text = "otter"
        await pilot.pause()
        assert app.last(FilterBar.Changed).text == "otter"
        app.bar.focus()
        await pilot.press("x")
        assert app.bar.text == "otterx"


async def test_a_message_that_is_too_long_is_cut_and_not_wrapped() -> None:
    app = Sample()
    async with app.run_test(size=(40, 5)) as pilot:
        app.bar.focus()
        await pilot.press(*"created<soon")
        assert app.bar.size.height == 1
        assert app.bar.query_one(".filter-bar--note").size.width <= 28


async def test_known_names_are_offered_and_taken_with_the_right_arrow() -> None:
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.know(["optim. odd", "optim.weight_decay"])
        app.bar.focus()
        await pilot.press(*"optim.")
        await pilot.pause()
        await pilot.press("right", *">0")
        assert app.bar.text == "optim.weight_decay>0"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("sta", "state"),
        ("NOT (sta", "NOT (state"),
        ("lr<1 sta", "lr<1 state"),
        ("state", None),
        ("state=sta", None),
        ("", None),
        ("zzz", None),
    ],
)
def test_the_last_name_is_completed(text: str, whole: str | None) -> None:
    assert completed(text, ["state", "step"]) == whole


async def test_what_is_no_filter_is_not_kept_and_says_why() -> None:
    """Enter hid a line like ``lr<`` and left all runs, as if that were what it says."""
    app = Sample()
    async with app.run_test(size=(80, 5)) as pilot:
        app.bar.focus()
        await pilot.press(*"lr<", "enter")
        assert app.note() == "✖ at 4: expected a value after <"
        assert app.bar.query(".filter-bar--note.-wrong")
        assert not [message for message in app.sent if isinstance(message, FilterBar.Submitted)]
        await pilot.press("1", "enter")
        assert app.last(FilterBar.Submitted).text == "lr<1"
