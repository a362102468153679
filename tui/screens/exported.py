"""What there is on a screen that can be written to a file: the chart or the table that has the keyboard, the screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import partial

from tui import themes
from tui.exporting import Thing
from tui.frame_text import frame
from tui.screens.base import RunwatchScreen
from tui.table.export import tsv
from tui.widgets.chart import Chart
from tui.widgets.run_table import RunTable


def things(screen: RunwatchScreen, theme: str, ground: str) -> list[Thing]:
    """What can be written: what has the keyboard before the screen as a whole.

    Args:
        screen: As it is seen, without what lies over it.
        theme: Whose colours pictures have; those of our dark theme where it is not one of ours.
        ground: The colour of the screen's background, as ``#rrggbb``.
    """
    focused = screen.focused
    found: list[Thing] = []
    if isinstance(focused, Chart) and focused.spec.lines:
        found.append(_chart(focused, theme))
    elif isinstance(focused, RunTable):
        found.append(_table(focused))
    return [*found, _screen(screen, ground)]


def _chart(chart: Chart, theme: str) -> Thing:
    from tui.export.figure import figure

    spec, look = chart.spec, chart.look
    theme = theme if theme in {ours.name for ours in themes.THEMES} else themes.DARK
    rows = "".join(row.text.rstrip() + "\n" for row in chart.frame.rows)
    makers: dict[str, Callable[[], bytes]] = {
        kind: partial(figure, kind, spec, look, theme) for kind in (".svg", ".png", ".csv")
    }
    return Thing(f"chart {spec.metric}", spec.metric, {**makers, ".txt": lambda: rows.encode("utf-8", "replace")})


def _table(table: RunTable) -> Thing:
    rows = [table.rows[key] for key in table.marks or table.shown]
    columns = table.view.columns.all
    text = tsv(columns, rows)
    makers = {".csv": lambda: _as_csv(text), ".tsv": lambda: text.encode("utf-8", "replace")}
    return Thing(f"table of {len(rows)} runs", "runs", makers)


def _as_csv(text: str) -> bytes:
    """Tab-separated values, whose cells hold no tabs, with commas in place of these."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(line.split("\t") for line in text.splitlines())
    return buffer.getvalue().encode("utf-8", "replace")


def _screen(screen: RunwatchScreen, ground: str) -> Thing:
    from tui.export.screen import KINDS
    from tui.export.screen import screen as draw

    rows = frame(screen, screen.size)
    makers = {kind: partial(draw, kind, rows, ground, "runwatch") for kind in KINDS}
    return Thing("screen", f"runwatch-{screen.KIND}", makers)
