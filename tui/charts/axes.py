"""The frame around the curves: y labels with ticks and grid lines, x labels, and the cursor with its x on the axis."""

from __future__ import annotations

from datetime import tzinfo
from functools import lru_cache

from tui.charts import labels, ticks
from tui.charts.frame import Area, Canvas, Ink
from tui.charts.line import XAxis
from tui.charts.scale import Scale

GRID, TICK, AXIS, HAIRLINE = "┈", "┤", "│", "│"
LEFT, RIGHT = "◂", "▸"
_ROWS_PER_TICK = 3.0
_MOST_TICKS = 8
_LEAST_GUTTER, _SMALL_GUTTER = 6, 4
_ROOMY = 36
_APART = (12, 9, 20, 40)
"""Cells from one label of the x axis to the next, in the order in which they are tried."""
_ENOUGH, _CLEAR = 3, 3
"""How many of them there should be, and the blank cells between two."""

Marks = tuple[tuple[int, str], ...]
"""Labels of the y axis, each with its row."""


def parts_of(rows: int) -> int:
    """How many ticks go well with this many rows."""
    return min(max(1, int(rows / _ROWS_PER_TICK)), _MOST_TICKS)


def layout(width: int, height: int, scale: Scale) -> tuple[Area, Marks]:
    """Where the curves go below the title row, and the y labels by row; what has no room is left out, labels first.

    Args:
        width: Cells of the whole frame.
        height: Rows below the title.
        scale: The y axis.
    """
    x_row = 1 if height >= 3 else 0
    rows = max(0, height - x_row)
    marks = _marks(scale, rows)
    least = _LEAST_GUTTER if width >= _ROOMY else _SMALL_GUTTER
    gutter = max([least, *(len(text) for _, text in marks)]) + 2
    if width < gutter + 8:
        return Area(0, 0, width, rows), ()
    return Area(gutter, 0, width - gutter, rows), marks


@lru_cache(maxsize=256)
def _marks(scale: Scale, rows: int) -> Marks:
    """The labels of the y axis by row, lowest row last; one label to a row, and two at least where there are rows."""
    found: Marks = ()
    for parts in range(parts_of(rows), max(rows, 2)):
        taken: dict[int, str] = {}
        for value, text in scale.ticks(parts):
            row = scale.row(value, rows) if rows else -1
            if 0 <= row < rows:
                taken.setdefault(row, text)
        found = tuple(sorted(taken.items())) if len(taken) > len(found) else found
        if len(found) > 1:
            break
    return found


def draw_y(canvas: Canvas, area: Area, marks: Marks) -> None:
    """Labels, ticks and the axis."""
    if area.left < 2:
        return
    axis = area.left - 1
    canvas.glyphs[area.top : area.top + area.height, axis] = ord(AXIS)
    canvas.inks[area.top : area.top + area.height, axis] = Ink.AXIS
    for row, text in marks:
        canvas.write(area.top + row, axis - 1 - len(text), text, Ink.LABEL)
        canvas.write(area.top + row, axis, TICK, Ink.AXIS)


def draw_grid(canvas: Canvas, area: Area, marks: Marks) -> None:
    """A line for each label, where nothing else is."""
    columns = slice(area.left, area.left + area.width)
    for row, _ in marks:
        line = canvas.glyphs[area.top + row, columns]
        free = line == 0x20
        line[free] = ord(GRID)
        canvas.inks[area.top + row, columns][free] = Ink.GRID


def draw_x(
    canvas: Canvas, area: Area, window: tuple[float, float], axis: XAxis, zone: tzinfo | None, *, quiet: bool = False
) -> None:
    """The labels below the plot, centred under their x and clear of each other; the axis' name, unless ``quiet``."""
    row = area.top + area.height
    if row >= canvas.glyphs.shape[0]:
        return
    right = canvas.glyphs.shape[1]
    name = "" if quiet or axis.kind == "step" else axis.label
    if name and len(name) + 16 <= area.width and name.isascii():
        canvas.write(row, right - len(name), name, Ink.NOTE)
        right -= len(name) + 2
    start, end = window
    free = max(0, area.left - 1)
    for x, text in _x_labels(window, axis, zone, area.width):
        column = area.left + min(max(0, int((x - start) / (end - start) * area.width)), area.width - 1)
        left = min(max(area.left - 1, column - len(text) // 2), right - len(text))
        if left >= free:
            canvas.write(row, left, text, Ink.LABEL)
            free = left + len(text) + 2


@lru_cache(maxsize=256)
def _x_labels(
    window: tuple[float, float], axis: XAxis, zone: tzinfo | None, cells: int
) -> tuple[tuple[float, str], ...]:
    """Ticks with their labels, also those half a cell outside of the window: at least three, where they fit."""
    best: tuple[tuple[float, str], ...] = ()
    for apart in _APART:
        found, clear = _x_labelled(window, axis, zone, cells, apart)
        if clear and len(found) > len(best):
            best = found
        if len(best) >= _ENOUGH:
            break
    return best or found[:1]


def _x_labelled(
    window: tuple[float, float], axis: XAxis, zone: tzinfo | None, cells: int, apart: int
) -> tuple[tuple[tuple[float, str], ...], bool]:
    """Ticks about ``apart`` cells from each other with their labels, and whether these stand clear."""
    start, end = window
    reach = (end - start) / max(1, cells) / 2
    values, step = _x_ticks(window, axis, zone, max(1, cells // apart))
    if values and step > 0:
        values = [values[0] - step, *values, values[-1] + step]
    values = [value for value in values if start - reach <= value <= end + reach]
    texts = _x_texts(values, step, axis, zone)
    widest = max(map(len, texts), default=0)
    clear = len(values) < 2 or step * cells >= (widest + _CLEAR) * (end - start)
    return tuple(zip(values, texts, strict=True)), clear


def _x_ticks(window: tuple[float, float], axis: XAxis, zone: tzinfo | None, count: int) -> tuple[list[float], float]:
    if axis.kind == "wall":
        return ticks.time_of_day(*window, count, zone)
    if axis.kind == "relative":
        return ticks.span_of_time(*window, count)
    values, step = ticks.linear(*window, count)
    if axis.kind == "step" and 0 < step < 1:  # there is nothing between two steps
        return ticks.linear(*window, max(1, int(window[1] - window[0])))
    return values, step


def _x_texts(values: list[float], step: float, axis: XAxis, zone: tzinfo | None) -> list[str]:
    if axis.kind == "wall":
        return [labels.clock(time, step, zone) for time in values]
    if axis.kind == "relative":
        return [labels.span(span, step) for span in values]
    return labels.numbers(values, step)


def x_text(x: float, axis: XAxis, zone: tzinfo | None) -> str:
    """The x under the cursor in words."""
    if axis.kind == "wall":
        return labels.clock(x, 1.0, zone)
    return labels.span(round(x, 1)) if axis.kind == "relative" else labels.exact(x)


def draw_cursor(canvas: Canvas, area: Area, column: int, text: str) -> None:
    """A hairline behind the curves, and its x on the axis in place of the labels there."""
    if not area.left <= column < area.left + area.width:
        return
    rows = slice(area.top, area.top + area.height)
    free = canvas.inks[rows, column] <= Ink.GRID
    canvas.glyphs[rows, column][free] = ord(HAIRLINE)
    canvas.inks[rows, column][free] = Ink.CURSOR
    row, (height, width) = area.top + area.height, canvas.glyphs.shape
    if row < height and len(text) + 2 <= width:
        left = min(max(0, column - len(text) // 2 - 1), width - len(text) - 2)
        _clear_words(canvas, row, left, left + len(text) + 2)
        canvas.write(row, left + 1, text, Ink.CURSOR)


def draw_elsewhere(canvas: Canvas, area: Area, text: str, *, left: bool) -> None:
    """The x of a cursor that is outside of the window, with an arrow to the side on which it is."""
    row, width = area.top + area.height, canvas.glyphs.shape[1]
    text = f"{LEFT} {text}" if left else f"{text} {RIGHT}"
    start = max(0, area.left - 1) if left else width - len(text)
    if row < canvas.glyphs.shape[0] and 0 <= start <= width - len(text):
        _clear_words(canvas, row, max(0, start - 1), min(width, start + len(text) + 1))
        canvas.write(row, start, text, Ink.CURSOR)


def _clear_words(canvas: Canvas, row: int, start: int, end: int) -> None:
    """Blank out whole words that reach into the cells from ``start`` to ``end``."""
    line = canvas.glyphs[row]
    while start > 0 and line[start] != 0x20 and line[start - 1] != 0x20:
        start -= 1
    while end < len(line) and line[end - 1] != 0x20 and line[end] != 0x20:
        end += 1
    line[start:end] = 0x20
    canvas.inks[row, start:end] = Ink.BLANK
