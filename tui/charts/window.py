"""Windows on the x axis: everything, a fixed part, or a span that follows the tail. Pure arithmetic.

A window is resolved against the extent of the data each time a chart is drawn. While data are still coming, the end
of what is shown moves in steps of about 4 %, so that the columns of a chart stay where they are between two steps
and only what is new is sent to the terminal.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

GROWTH = 1.04
"""How much the span of a live chart grows at once."""

TAIL_STEP = 1 / 32
"""By which share of its span a window that follows the tail moves at once."""

SMALLEST = 1e-9
"""The narrowest window, as a share of the extent."""

_FARTHEST = 1e300

Extent = tuple[float, float]


class Window(NamedTuple):
    """Which part of x is shown.

    Attributes:
        kind: ``full`` shows all; ``fixed`` stays at ``start`` to ``end``; ``tail`` shows the last ``span``.
        start: First x of a fixed window.
        end: Last x of a fixed window.
        span: Width of a tail window.
    """

    kind: Literal["full", "fixed", "tail"] = "full"
    start: float = 0.0
    end: float = 0.0
    span: float = 0.0


FULL = Window()


def fixed(start: float, end: float) -> Window:
    """A window that stays put; the ends may come in either order."""
    low, high = min(start, end), max(start, end)
    return Window("fixed", low, high) if -_FARTHEST < low < high < _FARTHEST else FULL


def tail(span: float) -> Window:
    """A window on the last ``span`` of x."""
    return Window("tail", span=span) if 0 < span < _FARTHEST else FULL


def resolve(window: Window, extent: Extent, *, live: bool = False) -> Extent:
    """The range of x to show: never empty, whatever the data are.

    Args:
        window: What a person asked for.
        extent: First and last x of the data.
        live: Whether more data are to come.
    """
    low, high = extent
    if window.kind == "fixed":
        return window.start, window.end
    if window.kind == "tail" and window.span < high - low:
        end = _stepped(high, window.span * TAIL_STEP) if live else high
        return _widened(end - window.span, end)
    low, high = _widened(low, high)
    return (low, low + grown(high - low)) if live else (low, high)


def grown(span: float, growth: float = GROWTH) -> float:
    """The smallest power of ``growth`` that holds the span."""
    return max(span, growth ** math.ceil(math.log(span) / math.log(growth) - 1e-9))


def zoom(shown: Extent, extent: Extent, factor: float, at: float, *, live: bool = False) -> Window:
    """Zoom by ``factor`` (above 1: closer), keeping ``at`` where it is on the screen.

    A live chart whose window still touches the newest data goes on following the tail; zooming out past the whole
    extent shows everything again.
    """
    start, end = shown
    at = min(max(at, start), end)
    span = max((end - start) / factor, (extent[1] - extent[0]) * SMALLEST, _spacing(at) * 8)
    if factor < 1 and span >= (extent[1] - extent[0]) * 0.999:
        return FULL
    share = (at - start) / (end - start) if end > start else 0.5
    new_start = at - share * span
    new_end = new_start + span
    if live and new_end >= extent[1] > new_start:
        return tail(span)
    return fixed(new_start, new_end)


def pan(shown: Extent, extent: Extent, share: float) -> Window:
    """Move the window by a share of its span, and not past the data."""
    start, end = shown
    span = end - start
    move = span * share
    move = max(0.0, min(move, extent[1] - end)) if share > 0 else min(0.0, max(move, extent[0] - start))
    return fixed(start + move, end + move)


def select(a: float, b: float, shown: Extent) -> Window:
    """The window dragged from ``a`` to ``b``, cut to what is shown."""
    low, high = min(a, b), max(a, b)
    return fixed(max(low, shown[0]), min(high, shown[1]))


def follow(shown: Extent, extent: Extent) -> Window:
    """A window of the same width that follows the tail; the last quarter where all is shown."""
    span, whole = shown[1] - shown[0], extent[1] - extent[0]
    return tail(whole / 4 if span >= whole * 0.999 else span)


def _stepped(value: float, step: float) -> float:
    return math.ceil(value / step - 1e-9) * step if step > 0 and math.isfinite(value / step) else value


def _widened(low: float, high: float) -> Extent:
    """A range with a width: a single point gets room on both sides."""
    least = max(_spacing(low), _spacing(high)) * 8
    if high - low > least:
        return low, high
    room = max(0.5, least)
    return low - room, high + room


def _spacing(value: float) -> float:
    return math.ulp(value)
