"""The list of keys on its sheet: it has its height with the first layout."""

from __future__ import annotations

from typing import Self

import pytest
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Region

from tests.tui.waiting import until
from tui.details.key_lines import Entry
from tui.themed_app import ThemedApp
from tui.widgets.key_list import KeyList

ENTRIES = [
    Entry("table", "space", "Mark the run, or take its mark away, and go on to the next one below") for _ in range(9)
]


class Keys(KeyList):
    """Counts how often it says that the layout has to be made again."""

    asked = 0

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        self.asked += layout and self.is_attached and self.size.height > 0
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Sheet(ThemedApp):
    CSS = "Container { width: 60; height: auto; } KeyList { height: auto; }"

    def compose(self) -> ComposeResult:
        with Container():
            yield Keys(ENTRIES, {"table": "runs"})


@pytest.mark.parametrize("width", [60, 24])
async def test_it_has_its_height_at_once(width: int) -> None:
    app = Sheet()
    async with app.run_test(size=(width, 50)) as pilot:
        keys = app.query_one(Keys)
        await until(lambda: keys.size.height > 0, pilot)
        await pilot.pause()
        assert keys.size.height == keys.row_count > len(ENTRIES)
        assert keys.asked == 0


async def test_a_search_makes_it_smaller() -> None:
    app = Sheet()
    async with app.run_test(size=(60, 50)) as pilot:
        keys = app.query_one(Keys)
        keys.focus()
        before = keys.size.height
        await pilot.press("slash", *"nothing")
        await until(lambda: keys.size.height < before, pilot)
        assert keys.row_count == 0
