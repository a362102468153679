"""The cursor of a page of charts as a moment of the run, and the other way round."""

from __future__ import annotations

from tui.charts import window as windows
from tui.charts.line import ChartSpec
from tui.charts.places import Place, place_at, step_at, x_of
from tui.widgets.chart_pages import ChartPages


def pointed(grid: ChartPages) -> Place | None:
    """The moment at which the cursor of ``grid`` is; None where it is nowhere."""
    spec, x = _spec(grid), grid.look.cursor
    return None if spec is None or x is None else place_at(spec, grid.look.xaxis, x)


def point(grid: ChartPages, place: Place) -> bool:
    """Put the cursor of ``grid`` at a moment, into sight; False where that is nowhere along its axis."""
    spec = _spec(grid)
    if place.step is None and place.time is not None:
        place = Place(step_at(grid.specs, place.time), place.time)
    x = None if spec is None else x_of(spec, grid.look.xaxis, place)
    if x is None:
        return False
    grid.look = grid.look._replace(cursor=x, window=grid.look.window if _shows(grid, x) else windows.FULL)
    return True


def _spec(grid: ChartPages) -> ChartSpec | None:
    """The chart with the keyboard, or the first that has points."""
    focused = grid.focused_chart
    if focused is not None and any(len(line.x) for line in focused.spec.lines):
        return focused.spec
    return next((spec for spec in grid.specs if any(len(line.x) for line in spec.lines)), None)


def _shows(grid: ChartPages, x: float) -> bool:
    """Whether the window of ``grid`` holds ``x``."""
    chart, window = grid.focused_chart or next(iter(grid.charts), None), grid.look.window
    if window.kind == "full":
        return True
    if chart is None:
        return False
    first, last = windows.resolve(window, chart.extent, live=chart.live)
    return first <= x <= last
