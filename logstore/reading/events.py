"""Lines of events.jsonl to ``Event``s; a line that is no JSON object is counted and skipped."""

from __future__ import annotations

from logstore.format import TIMESTAMP
from logstore.model.delta import Event
from logstore.model.records import number, text
from logstore.reading.rows import Row, parse_by_line

_OWN = frozenset({TIMESTAMP, "kind", "title", "text", "level"})
LEVELS = ("INFO", "WARN", "ERROR")


def parse_events(lines: bytes) -> tuple[tuple[Event, ...], int]:
    """The events in ``lines``, and how many lines were none."""
    found = parse_by_line(lines)
    return tuple(map(_event, found.rows)), found.bad


def _event(row: Row) -> Event:
    level = (text(row.get("level")) or "INFO").upper()
    return Event(
        number(row.get(TIMESTAMP)) or 0.0,
        text(row.get("kind")) or "note",
        text(row.get("title")) or "",
        text(row.get("text")) or "",
        level if level in LEVELS else "INFO",
        {key: value for key, value in row.items() if key not in _OWN},
    )
