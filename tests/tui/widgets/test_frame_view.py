"""Frames as rows of the screen: a row that goes on as it was looks like one that is painted for the first time."""

from __future__ import annotations

import random

import pytest
from rich.style import Style
from textual.geometry import Region

from tests.tui.panel_app import PanelApp
from tui.charts.frame import Area, Frame, Ink, Row, text_row
from tui.widgets.frame_view import FrameView

INKS = (Ink.GRID, Ink.VALUE, Ink.SERIES, Ink.SERIES + 1, Ink.BAND)
WIDTH, HEIGHT = 24, 3


def drawn(chance: random.Random, before: Row | None) -> Row:
    """A row that mostly begins like the one before."""
    kept = chance.randint(0, WIDTH) if before is not None else 0
    cells = list(zip(before.text, inks(before), strict=True))[:kept] if before is not None else []
    while len(cells) < WIDTH:
        cells += [(chance.choice("⣿⡇┈ a"), chance.choice(INKS))] * chance.randint(1, 4)
    return text_row(joined(cells[:WIDTH]))


def joined(cells: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Cells of one ink beside each other as one piece."""
    parts: list[tuple[str, int]] = []
    for char, ink in cells:
        if parts and parts[-1][1] == ink:
            parts[-1] = (parts[-1][0] + char, ink)
        else:
            parts.append((char, ink))
    return parts


def inks(row: Row) -> list[int]:
    found: list[int] = []
    for end, ink in row.runs:
        found += [ink] * (end - len(found))
    return found


def seen(view: FrameView) -> list[list[tuple[str, Style | None]]]:
    """Each cell of the widget with its style."""
    strips = view.render_lines(Region(0, 0, *view.outer_size))
    return [[(char, segment.style) for segment in strip for char in segment.text] for strip in strips]


@pytest.mark.parametrize("padding", [0, 1])
async def test_a_row_that_goes_on_looks_like_one_that_is_painted_for_the_first_time(padding: int) -> None:
    chance = random.Random(7)
    rows: list[Row | None] = [None] * HEIGHT
    app = PanelApp(FrameView())
    async with app.run_test(size=(WIDTH + 2 * padding, HEIGHT)) as pilot:
        app.widget.styles.padding = (0, padding)
        for _ in range(25):
            rows = [drawn(chance, row) if chance.random() < 0.7 else row or drawn(chance, None) for row in rows]
            shown = tuple(row for row in rows if row is not None)
            app.widget.show_frame(Frame(shown, Area(0, 0, WIDTH, HEIGHT)))
            await pilot.pause()
            cells = seen(app.widget)
            inner = [line[padding : WIDTH + padding] for line in cells]
            assert ["".join(char for char, _ in line) for line in inner] == [row.text for row in shown]
            app.widget.notify_style_update()
            app.widget.refresh()
            await pilot.pause()
            assert seen(app.widget) == cells
