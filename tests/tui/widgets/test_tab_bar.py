"""The row of pages: all of them at any width that a terminal has, and a click on each."""

from __future__ import annotations

import pytest
from textual import on
from textual.app import ComposeResult

from tui.frame_text import frame, plain
from tui.themed_app import ThemedApp
from tui.widgets.tab_bar import TabBar

NAMES = ("charts", "summary", "console", "system", "events", "config", "post-mortem")


class Tabs(ThemedApp):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[str] = []

    def compose(self) -> ComposeResult:
        yield TabBar(NAMES, "charts")

    @on(TabBar.Chosen)
    def _choose(self, message: TabBar.Chosen) -> None:
        self.chosen.append(message.name)


@pytest.mark.parametrize("width", [72, 80, 120])
async def test_every_page_is_named_and_a_click_on_its_name_chooses_it(width: int) -> None:
    app = Tabs()
    async with app.run_test(size=(width, 3)) as pilot:
        line = plain(frame(app.screen, app.size)).splitlines()[0]
        for place, name in enumerate(NAMES, 1):
            assert f"{place} {name}" in line
            await pilot.click(TabBar, offset=(line.index(name) + len(name) - 1, 0))
        assert tuple(app.chosen) == NAMES


async def test_the_page_under_the_mouse_stands_out() -> None:
    app = Tabs()
    async with app.run_test(size=(80, 3)) as pilot:
        bar = app.query_one(TabBar)
        calm = bar.render_line(0)
        await pilot.hover(TabBar, offset=(14, 0))
        bright = next(segment for segment in bar.render_line(0) if segment.text.strip() == "summary")
        assert bright.style != next(segment for segment in calm if "summary" in segment.text).style
        await pilot.hover(offset=(0, 2))
        assert bar.render_line(0) == calm
