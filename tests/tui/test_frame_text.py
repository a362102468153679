"""``tui.frame_text``: the text of a frame is what a person would see."""

from __future__ import annotations

import io

from rich.console import Console
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer, Static

from tui.frame_text import coloured, frame, plain


class Sample(App[None]):
    CSS = """
    #left { width: 10; border: round red; }
    #hidden { display: none; }
    VerticalScroll { height: 5; border: round red; scrollbar-size: 0 0; }
    """
    BINDINGS = [("x", "nothing", "Do it")]

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("left", id="left")
            with Vertical():
                yield Static("right", id="right")
                yield Static("hidden", id="hidden")
                with VerticalScroll():
                    for i in range(9):
                        yield Static(f"line {i}")
        yield Footer()


async def test_the_frame_is_what_textual_would_paint() -> None:
    app = Sample()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        rows = frame(app.screen, app.size)
        assert [row.cell_length for row in rows] == [40] * 12
        console = Console(width=40, height=12, record=True, force_terminal=True, file=io.StringIO())
        console.print(app.screen._compositor.render_update(full=True))
        painted = console.export_text(styles=False)
        assert [line.rstrip() for line in plain(rows).splitlines()] == [line.rstrip() for line in painted.splitlines()]


async def test_what_is_scrolled_away_or_hidden_is_not_in_it() -> None:
    app = Sample()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        text = plain(frame(app.screen, app.size))
        assert "line 2" in text
        assert "line 3" not in text
        assert "hidden" not in text
        assert "Do it" in text


async def test_the_coloured_frame_has_escapes_and_the_plain_one_none() -> None:
    app = Sample()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        rows = frame(app.screen, app.size)
        assert "\x1b[" in coloured(rows)
        assert "\x1b" not in plain(rows)
