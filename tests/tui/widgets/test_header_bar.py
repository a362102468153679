"""``tui.widgets.header_bar``: path, counts, progress and clock in one row of any width."""

from __future__ import annotations

import pytest
from textual.app import ComposeResult

from tui.themed_app import ThemedApp
from tui.widgets.header_bar import Counts, HeaderBar, progress_bar


class Sample(ThemedApp):
    def compose(self) -> ComposeResult:
        bar = HeaderBar()
        bar.path = "/home/someone/experiments/runs"
        bar.counts = Counts((("running", 3), ("finished", 14)))
        bar.clock = "14:02"
        yield bar


@pytest.mark.parametrize("columns", [80, 60])
async def test_the_row_at_two_widths(columns: int) -> None:
    app = Sample()
    async with app.run_test(size=(columns, 3)):
        text = app.query_one(HeaderBar).render_line(0).text
        assert len(text) == columns - 1
        assert text.startswith(" runwatch  /home")
        assert text.endswith("3 running · 14 finished   14:02")


async def test_while_reading_the_share_is_shown() -> None:
    app = Sample()
    async with app.run_test(size=(100, 3)) as pilot:
        app.query_one(HeaderBar).share = 0.5
        await pilot.pause()
        assert "reading ━━━━━━──────  50 %" in app.query_one(HeaderBar).render_line(0).text


@pytest.mark.parametrize(("share", "bar"), [(0, "────"), (0.5, "━━──"), (1, "━━━━"), (7, "━━━━")])
def test_progress_bar(share: float, bar: str) -> None:
    assert progress_bar(share, 4) == bar
