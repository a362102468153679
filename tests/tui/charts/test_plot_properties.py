"""What holds for every chart, whatever is in it."""

from __future__ import annotations

import math
from datetime import UTC

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.charts.made import array, chart, line, plotted
from tui.charts import window as windows
from tui.charts.celltext import width as cell_width
from tui.charts.line import ChartSpec, Kind, Line, Look, XAxis
from tui.charts.plot import Plot
from tui.charts.smoothing import Smoothing
from tui.show.palette import MARKERS, Swatch
from tui.show.safe import clean

ANY = st.floats(width=64) | st.sampled_from([0.0, -0.0, 5e-324, 1.7e308, -1.7e308, math.nan, math.inf, -math.inf])
NAMES = st.text(max_size=20)
BESIDE = st.integers(0, 2)
"""How many other lines are in the chart."""
KINDS: st.SearchStrategy[Kind] = st.sampled_from(["line", "percent", "heat"])


@st.composite
def lines(draw: st.DrawFn, key: str) -> Line:
    count = draw(st.integers(0, 60))
    y = draw(st.lists(ANY, min_size=count, max_size=count))
    x = draw(st.lists(ANY, min_size=count, max_size=count)) if draw(st.booleans()) else list(range(count))
    times = draw(st.none() | st.just(array([1.79e9 + i for i in range(count)])) | st.just(array(x)))
    swatch = Swatch(draw(st.integers(0, 11)), draw(st.sampled_from(MARKERS)))
    band = (array(y) - 1, array(y) + 1) if draw(st.booleans()) else None
    other = line(draw(st.lists(ANY, max_size=20)), key="other")
    along = {"tokens": _Along(other)}
    live = draw(st.booleans())
    return Line(key, draw(NAMES), array(x), array(y), count, swatch, times=times, band=band, along=along, live=live)


class _Along:
    def __init__(self, source: Line) -> None:
        self.steps, self.values = source.x, source.y


@st.composite
def looks(draw: st.DrawFn) -> Look:
    number = st.floats(-1e4, 1e4) | ANY
    window = draw(st.sampled_from(["full", "fixed", "tail"]))
    return Look(
        xaxis=draw(st.sampled_from([XAxis(), XAxis("relative"), XAxis("wall"), XAxis("metric", "tokens")])),
        smoothing=Smoothing(draw(st.sampled_from([0.0, 0.6, 0.999])), draw(st.sampled_from(["ema", "time"]))),
        window=windows.FULL
        if window == "full"
        else windows.fixed(draw(number), draw(number))
        if window == "fixed"
        else windows.tail(draw(number)),
        log=draw(st.booleans()),
        full_range=draw(st.booleans()),
        band=draw(st.booleans()),
        cursor=draw(st.none() | number),
        selection=draw(st.none() | st.tuples(number, number)),
        highlight=draw(st.none() | st.sampled_from(["0", "1", "gone"])),
        focused=draw(st.booleans()),
        quiet=draw(st.booleans()),
    )


@given(
    st.integers(0, 3).flatmap(lambda count: st.tuples(*(lines(str(i)) for i in range(count)))),
    looks(),
    KINDS,
    NAMES,
    st.integers(0, 90),
    st.integers(0, 24),
)
@settings(max_examples=300, deadline=None)
def test_any_input_gives_a_frame_of_exactly_the_size_asked_for(
    drawn: tuple[Line, ...], look: Look, kind: Kind, metric: str, width: int, height: int
) -> None:
    frame = Plot(UTC).frame(ChartSpec(metric, drawn, kind=kind), look, width, height)
    assert len(frame.rows) == height
    for row in frame.rows:
        assert cell_width(row.text) == width
        assert clean(row.text) == row.text
        assert [end for end, _ in row.runs] == sorted({end for end, _ in row.runs})
        assert not row.runs or row.runs[-1][0] == len(row.text)


values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=400)


@given(
    values, st.booleans(), st.booleans(), st.sampled_from([0.0, 0.9]), st.integers(20, 70), st.integers(4, 16), BESIDE
)
@settings(max_examples=200, deadline=None)
def test_no_finite_value_falls_outside_what_is_drawn(
    y: list[float], full: bool, log: bool, weight: float, width: int, height: int, beside: int
) -> None:
    """Every value is drawn in its cell, or a mark at the edge of its column says that it lies beyond."""
    look = Look(full_range=full, log=log, smoothing=Smoothing(weight))
    others = [line([value * 1000.0 for value in y], key="diverged"), line([1.0, 1.5], key="flat")][:beside]
    frame = Plot(UTC).frame(chart(line(y), *others), look, width, height)
    cells = plotted(frame)
    for x, value in enumerate(y):
        columns = {frame.column_of(min(max(0.0, near), len(y) - 1.0)) for near in (x - 1e-9, x, x + 1e-9)}
        inside = [column - frame.area.left for column in columns if column is not None]
        assert any(_shown(cells, column, value, frame.span, log=log) for column in inside), (x, value)


def _shown(cells: list[str], column: int, value: float, span: tuple[float, float], *, log: bool) -> bool:
    low, high = span
    if value > high and cells[0][column] == "▴":
        return True
    if value < low and cells[-1][column] == "▾":
        return True
    if log:
        if value <= 0:
            return cells[-1][column] == "▾"
        low, high, value = math.log10(low), math.log10(high), math.log10(value)
    dot = (high - value) / (high - low) * (4 * len(cells) - 1)
    rows = {min(max(round(near), 0), 4 * len(cells) - 1) // 4 for near in (dot - 0.51, dot, dot + 0.51)}
    return any(cells[row][column] not in " ┈" for row in rows)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=300), st.data())
@settings(max_examples=60, deadline=None)
def test_a_chart_that_followed_is_the_chart_of_the_whole(y: list[float], data: st.DataObject) -> None:
    """Drawing while the points come in ends with the same cells as drawing them once."""
    window = data.draw(st.sampled_from([windows.FULL, windows.fixed(1.5, 40.25), windows.tail(30.0)]))
    look = Look(log=data.draw(st.booleans()), window=window)
    some = data.draw(st.lists(st.integers(0, len(y)), max_size=5))
    cuts = sorted({min(cut + more, len(y)) for cut in some for more in range(4)})
    intervals = st.floats(0.0, 3.0) | st.sampled_from([1.0, 60.0])
    x = np.cumsum(data.draw(st.lists(intervals, min_size=len(y), max_size=len(y))))
    times = 1e9 + x if data.draw(st.booleans()) else None
    followed = Plot(UTC)

    def grown(count: int) -> ChartSpec:
        return chart(line(y[:count], x[:count].tolist(), times=times, live=True))

    for cut in [*cuts, len(y)]:
        frame = followed.frame(grown(cut), look, 60, 12)
    assert frame.rows == Plot(UTC).frame(grown(len(y)), look, 60, 12).rows
