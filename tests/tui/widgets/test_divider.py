"""The rule between the runs and their charts: dragged, moved by keys, remembered, in terminals of every shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.sample_store import app_over, write_store
from tests.tui.waiting import ready, text, until
from tui.app import RunwatchApp
from tui.screens.watch import WatchScreen
from tui.widgets.divider import LEAST, MOST, Divided, Divider

WIDE, TALL, SHORT = (160, 45), (90, 40), (80, 24)


@pytest.fixture
def app(tmp_path: Path) -> RunwatchApp:
    return app_over(write_store(tmp_path / "runs"), tmp_path / "host")


def panes(app: RunwatchApp) -> Divided:
    return app.screen.query_one(Divided)


def size(app: RunwatchApp) -> int:
    """The cells of the first pane, along the way that the panes share."""
    first = app.visits.first.pane.outer_size
    return first.width if panes(app).way == "beside" else first.height


async def drag(pilot: Pilot[Any], by: tuple[int, int]) -> None:
    """Take the rule in its middle and pull it."""
    rule = pilot.app.screen.query_one(Divider)
    at = rule.region.x + rule.size.width // 2, rule.region.y + rule.size.height // 2
    await pilot.mouse_down(offset=at)
    await pilot.hover(offset=(at[0] + by[0], at[1] + by[1]))
    await pilot.mouse_up(offset=(at[0] + by[0], at[1] + by[1]))


@pytest.mark.parametrize(("terminal", "by"), [(WIDE, (12, 0)), (WIDE, (-20, 0)), (TALL, (0, 6)), (TALL, (0, -4))])
async def test_the_rule_goes_along_with_the_mouse(
    app: RunwatchApp, terminal: tuple[int, int], by: tuple[int, int]
) -> None:
    async with app.run_test(size=terminal) as pilot:
        await ready(pilot)
        before = size(app)
        await drag(pilot, by)
        await until(lambda: size(app) == before + sum(by), pilot)
        assert not app.screen.query_one(Divider).has_class("-held")
        assert app.mouse_captured is None


@pytest.mark.parametrize(("terminal", "by"), [(WIDE, (-60, 0)), (WIDE, (80, 0)), (TALL, (0, -15)), (TALL, (0, 18))])
async def test_neither_pane_is_lost(app: RunwatchApp, terminal: tuple[int, int], by: tuple[int, int]) -> None:
    async with app.run_test(size=terminal) as pilot:
        await ready(pilot)
        await drag(pilot, by)
        share = LEAST if sum(by) < 0 else MOST
        await until(lambda: panes(app).share == share, pilot)
        assert "brave-otter" in text(pilot)
        assert "val/loss" in text(pilot)


@pytest.mark.parametrize(("terminal", "cells"), [(WIDE, 4), (TALL, 1), (SHORT, 1)])
async def test_keys_move_the_rule_and_put_it_back(app: RunwatchApp, terminal: tuple[int, int], cells: int) -> None:
    async with app.run_test(size=terminal) as pilot:
        await ready(pilot)
        before, seen = size(app), text(pilot)
        await pilot.press("left_parenthesis", "left_parenthesis")
        await until(lambda: size(app) == before - 2 * cells, pilot)
        await pilot.press("tab", "right_parenthesis", "right_parenthesis", "right_parenthesis", "shift+tab")
        await until(lambda: size(app) == before + cells, pilot)
        await pilot.press("underscore")
        await until(lambda: text(pilot) == seen, pilot)
        assert panes(app).state == {"divider": {}}


async def test_a_double_click_puts_the_rule_back(app: RunwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        before = size(app)
        await drag(pilot, (20, 0))
        await until(lambda: size(app) == before + 20, pilot)
        await pilot.double_click(Divider)
        await until(lambda: size(app) == before, pilot)


async def test_a_single_click_moves_nothing(app: RunwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await pilot.click(Divider)
        await pilot.pause()
        assert panes(app).share is None


async def test_the_rule_is_where_it_was_left_for_each_way(app: RunwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await drag(pilot, (20, 0))
        await pilot.resize_terminal(*TALL)
        await ready(pilot)
        await drag(pilot, (0, 5))
        await until(lambda: len(panes(app).state["divider"]) == 2, pilot)
        assert isinstance(app.screen, WatchScreen)
        kept, stacked = app.screen.view()["divider"], size(app)
        await pilot.press("underscore")
        app.screen.restore({"divider": kept})
        await until(lambda: size(app) == stacked, pilot)
        await pilot.resize_terminal(*WIDE)
        await until(lambda: size(app) == round(kept["beside"] * WIDE[0]), pilot)


@pytest.mark.parametrize("kept", [None, 3, {"beside": "half"}, {"beside": 0.01}, {"stacked": 7}, {"beside": True}])
async def test_what_does_not_fit_is_not_taken_back(app: RunwatchApp, kept: object) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        panes(app).restore({"divider": kept})
        assert panes(app).state == {"divider": {}}


async def test_the_rule_is_calm_until_the_mouse_is_on_it(app: RunwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        rule = app.screen.query_one(Divider)
        faint = rule.styles.color
        await pilot.hover(Divider)
        await until(lambda: rule.styles.color != faint, pilot)
        await pilot.hover("RunTable")
        await until(lambda: rule.styles.color == faint, pilot)
