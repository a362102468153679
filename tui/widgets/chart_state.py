"""What a person set on a grid of charts, as plain data and back. What does not fit is ignored, never an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tui.charts import window as windows
from tui.charts.arrangement import Arrangement
from tui.charts.line import Look, XAxis
from tui.charts.smoothing import STRONGEST, Smoothing

Own = dict[str, tuple[bool, bool]]
"""Logarithmic y and full y range, for the metrics for which a person chose."""


def saved(arrangement: Arrangement, look: Look, own: Own, page: int, full: str | None) -> dict[str, Any]:
    """The state of a grid as lists, numbers and text."""
    window = look.window
    return {
        "x": str(look.xaxis),
        "smoothing": look.smoothing.weight,
        "smoothing_kind": look.smoothing.kind,
        "window": {"kind": window.kind, "start": window.start, "end": window.end, "span": window.span},
        "log": sorted(metric for metric, (log, _) in own.items() if log),
        "linear": sorted(metric for metric, (log, _) in own.items() if not log and look.log),
        "full_range": sorted(metric for metric, (_, full_range) in own.items() if full_range),
        "order": list(arrangement.order),
        "pinned": list(arrangement.pinned),
        "hidden": sorted(arrangement.hidden),
        "folded": sorted(arrangement.folded),
        "filter": arrangement.pattern,
        "rows": arrangement.rows,
        "columns": arrangement.columns,
        "page": page,
        "full": full,
    }


def restored(state: Mapping[str, Any], look: Look) -> tuple[Arrangement, Look, Own, int, str | None]:
    """Arrangement, look, own settings, page and full-screen metric; ``look`` gives what the state does not."""
    arrangement = Arrangement(
        order=tuple(_names(state.get("order"))),
        pinned=tuple(_names(state.get("pinned"))),
        hidden=frozenset(_names(state.get("hidden"))),
        folded=frozenset(_names(state.get("folded"))),
        pattern=_text(state.get("filter")) or "",
        rows=_count(state.get("rows")),
        columns=_count(state.get("columns")),
    )
    axis = _text(state.get("x"))
    look = look._replace(
        xaxis=XAxis.parse(axis) if axis else look.xaxis,
        smoothing=_smoothing(state, look.smoothing),
        window=_window(state.get("window"), look.window),
    )
    page = state.get("page")
    number = page if isinstance(page, int) and not isinstance(page, bool) and page > 0 else 0
    return arrangement, look, _own(state, look), number, _text(state.get("full"))


def _own(state: Mapping[str, Any], look: Look) -> Own:
    logs, linears = set(_names(state.get("log"))), set(_names(state.get("linear")))
    ranges = set(_names(state.get("full_range")))
    return {
        metric: (metric in logs or (look.log and metric not in linears), metric in ranges or look.full_range)
        for metric in logs | linears | ranges
    }


def _names(value: object) -> Iterable[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list | tuple) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 9 else None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _smoothing(state: Mapping[str, Any], default: Smoothing) -> Smoothing:
    weight = state.get("smoothing")
    if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 <= weight <= STRONGEST:
        return default
    return Smoothing(float(weight), "ema" if state.get("smoothing_kind") == "ema" else "time")


def _window(value: object, default: windows.Window) -> windows.Window:
    if not isinstance(value, Mapping):
        return default
    if value.get("kind") == "fixed":
        return windows.fixed(_number(value.get("start")), _number(value.get("end")))
    return windows.tail(_number(value.get("span"))) if value.get("kind") == "tail" else windows.FULL
