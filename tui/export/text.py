"""A chart as text, drawn once by plotext 6: braille curves with axes, a title and a legend.

plotext 6.1 aborts the process on NaN and takes boundless memory for values far outside its limits, so it only ever gets
a ``Sketch``: finite shares of a square. It has one figure for the whole process: one chart at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tui.export.sketch import Curve, Sketch, Stretch, legend
from tui.show.text import fit, width

SWATCH = "━"
NOT_FINITE = "▲"
SMALLEST = (30, 8)
LARGEST = (500, 200)

_GAP = "   "
_THEME = "runwatch"
_FRAME = 8  # the terminal's own bright black
# The xterm colours nearest to the dark theme's series, so that a curve looks alike in the app and here.
_COLOURS = (75, 215, 114, 204, 141, 221, 79, 211, 105, 149, 180, 146)


def write(sketch: Sketch, columns: int, rows: int, *, colour: bool) -> str:
    """The chart in exactly ``columns`` cells and at most ``rows`` lines, more where the legend needs them.

    Args:
        sketch: What to draw.
        columns: Cells of a line, cut to what is sensible.
        rows: Lines altogether.
        colour: With the escape sequences of colours.
    """
    columns = min(max(columns, SMALLEST[0]), LARGEST[0])
    head = [fit(sketch.title, columns).rstrip(), *_legend(sketch.curves, columns, colour=colour)]
    plot_rows = min(max(rows - len(head) - 1, SMALLEST[1]), LARGEST[1])
    plot = _plot(sketch, columns, plot_rows, colour=colour)
    caption = " · ".join([sketch.x_label, *(["smoothed"] * sketch.smoothed), *(["outliers clipped"] * sketch.clipped)])
    return "\n".join([*head, *plot, fit(caption, columns, "right")]) + "\n"


def _legend(curves: Sequence[Curve], columns: int, *, colour: bool) -> list[str]:
    """Swatch, name and last value of each curve, as many to a line as fit."""
    lines: list[str] = []
    used = columns + 1
    for curve in curves:
        text = legend(curve)
        text = fit(text, min(width(text), columns - 2))
        cells = width(text) + 2
        entry = f"{_painted(SWATCH, curve.swatch.slot) if colour else SWATCH} {text}"
        if used + len(_GAP) + cells > columns:
            lines.append(entry)
            used = cells
        else:
            lines[-1] += _GAP + entry
            used += len(_GAP) + cells
    return lines


def _painted(text: str, slot: int) -> str:
    return f"\x1b[38;5;{_COLOURS[slot % len(_COLOURS)]}m{text}\x1b[0m"


def _plot(sketch: Sketch, columns: int, rows: int, *, colour: bool) -> list[str]:
    import plotext

    plotext.terminal.limit(False, False)  # noqa: FBT003 (plotext's own signature)
    figure = plotext.figure
    figure.clear.all()
    plotext.add_theme(_THEME, text=_FRAME)
    figure.theme(_THEME)
    figure.plot_size(columns, rows)
    for axis, ticks in (("x", sketch.x_ticks), ("y", sketch.y_ticks)):
        ruler = figure.ruler(axis)
        ruler.lim(0, 1)
        ruler.ticks([tick.at for tick in ticks], [tick.label for tick in ticks])
    for curve in reversed(sketch.curves):
        colour_number = _COLOURS[curve.swatch.slot % len(_COLOURS)]
        _draw(figure, curve, plotext.marker("braille", colour_number), smoothed=sketch.smoothed)
        if curve.marks:
            x = [mark.at for mark in curve.marks]
            figure.draw(figure.signal(x, [0.0] * len(x), marker=plotext.marker(NOT_FINITE, colour_number)))
    text: str = figure.build().string(colorless=not colour)
    figure.clear.all()
    return [line.rstrip() for line in text.rstrip("\n").split("\n")]


def _draw(figure: Any, curve: Curve, marker: Any, *, smoothed: bool) -> None:
    for stretch in curve.stretches:
        x, y = _path(stretch, smoothed=smoothed)
        figure.draw(figure.signal(x, y, marker=marker).lines(True))  # noqa: FBT003


def _path(stretch: Stretch, *, smoothed: bool) -> tuple[list[float], list[float]]:
    """The points to join: the curve itself when it is smoothed, else every column's extremes, so no spike is lost."""
    if smoothed:
        return stretch.x.tolist(), stretch.y.tolist()
    columns = zip(stretch.x.tolist(), stretch.low.tolist(), stretch.high.tolist(), stretch.y.tolist(), strict=True)
    points = [(x, y) for x, low, high, last in columns for y in _visits(low, high, last)]
    return [x for x, _ in points], [y for _, y in points]


def _visits(low: float, high: float, last: float) -> Iterable[float]:
    return (last,) if low == high else (low, high, last)
