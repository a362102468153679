"""Lines of events.jsonl."""

from __future__ import annotations

from logstore.model.delta import Event
from logstore.reading.events import parse_events


def test_events_and_bad_lines() -> None:
    lines = b"""{"_timestamp":5.5,"kind":"alert","title":"T","text":"x","level":"warn","wait":3}
bad
{"kind":7,"level":"LOUD","_timestamp":"noon"}
"""
    events, bad = parse_events(lines)
    assert bad == 1
    assert events == (Event(5.5, "alert", "T", "x", "WARN"), Event(0.0, "7", "", "", "INFO"))
    assert events[0].fields == {"wait": 3}
