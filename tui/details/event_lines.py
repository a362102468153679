"""What happened to a run, as lines: alerts, notes, resumes, the latest first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from logstore.model.delta import Event
from tui.show.moments import moment
from tui.show.spans import Line, Span, gap, pad
from tui.show.text import clean, fit, width

_SIGNS = {"ERROR": ("✖", "bad"), "WARN": ("⚠", "warn"), "WARNING": ("⚠", "warn")}
_KIND_SIGNS = {"resume": "↻", "note": "✎", "artifact": "◇", "alert": "!"}


def latest_first(events: Iterable[Event]) -> list[Event]:
    """Events by their time, the latest first; of one time the one that came later."""
    return sorted(events, key=lambda event: event.time)[::-1]


def event_lines(events: Sequence[Event], now: float, cells: int) -> list[Line]:
    """One line for each event: sign, time, kind, title and text."""
    times = [moment(event.time, now) for event in events]
    time_cells = max(map(width, times), default=0)
    kind_cells = max((width(clean(event.kind)) for event in events), default=0)
    return [
        pad(_line(event, fit(when, time_cells, "right"), min(kind_cells, 12)), cells)
        for event, when in zip(events, times, strict=True)
    ]


def _line(event: Event, when: str, kind_cells: int) -> Line:
    sign, role = _SIGNS.get(event.level.upper(), (_KIND_SIGNS.get(event.kind, "·"), "accent"))
    text = f"  {clean(event.text)}" if event.text else ""
    title = event.title or str(event.fields.get("name", ""))
    return [
        gap(1),
        Span(sign, role),
        Span(f" {when}  {fit(event.kind, kind_cells)}  ", "dim"),
        Span(clean(title), role if role != "accent" else "strong"),
        Span(text),
    ]
