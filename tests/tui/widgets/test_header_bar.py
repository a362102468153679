"""``tui.widgets.header_bar``: the row follows its attributes and its width."""

from __future__ import annotations

from textual.app import ComposeResult

from tui.show.header import Counts
from tui.themed_app import ThemedApp
from tui.widgets.header_bar import HeaderBar


class Sample(ThemedApp):
    def compose(self) -> ComposeResult:
        bar = HeaderBar()
        bar.path = "/home/someone/experiments/runs"
        bar.counts = Counts((("running", 3), ("finished", 14)))
        bar.clock = "14:02"
        yield bar


async def test_the_row_follows_what_it_is_told_and_its_width() -> None:
    app = Sample()
    async with app.run_test(size=(80, 3)) as pilot:
        bar = app.query_one(HeaderBar)
        assert bar.render_line(0).text.startswith(" runwatch  /home/someone/experiments/runs")
        assert bar.render_line(0).text.rstrip().endswith("3 running · 14 finished   14:02")
        bar.share = 0.5
        await pilot.pause()
        assert "50 %" in bar.render_line(0).text
        await pilot.resize_terminal(30, 3)
        assert bar.render_line(0).text.startswith(" runwatch  …/runs")
