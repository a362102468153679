"""``tui.typed_app``: keys that come together do what they do when they come one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from tests.tui.sample_store import app_over, write_store
from tests.tui.waiting import ready, text, until
from tui.app import RunwatchApp
from tui.screens.run import RunScreen
from tui.widgets.run_table import RunTable

NAMES = {"/": "slash", "=": "equals_sign", "\r": "enter"}


@pytest.fixture
def app(tmp_path: Path) -> RunwatchApp:
    return app_over(write_store(tmp_path / "runs"), tmp_path / "host")


def together(app: RunwatchApp, keys: str) -> None:
    """Have all ``keys`` come before any of them is answered."""
    for key in keys:
        app.post_message(events.Key(NAMES.get(key, key), key))


async def test_a_filter_that_is_typed_at_once_is_no_commands_for_the_table(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        table = app.screen.query_one(RunTable)
        sort, shown = table.view.order.sort, table.shown
        together(app, "/state=failed\r")
        await until(lambda: len(table.shown) == 1, pilot)
        assert shown != table.shown
        assert table.view.order.sort == sort
        assert not table.marks


async def test_keys_find_the_screen_that_the_key_before_them_opened(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        together(app, "\r3")
        await until(lambda: isinstance(app.screen, RunScreen) and "Follow" in text(pilot).title(), pilot)


async def test_what_is_pasted_waits_for_the_line_that_it_goes_into(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        together(app, "/")
        app.post_message(events.Paste("state=failed"))
        together(app, "\r")
        await until(lambda: len(app.screen.query_one(RunTable).shown) == 1, pilot)


async def test_every_key_of_many_is_answered_in_its_turn(app: RunwatchApp) -> None:
    typed = "the quick brown fox jumps over the lazy dog " * 3
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        together(app, "/" + typed)
        await until(lambda: isinstance(app.focused, Input) and len(app.focused.value) >= len(typed), pilot)
        assert isinstance(app.focused, Input)
        assert app.focused.value == typed
