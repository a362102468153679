"""The events of a run with the alerts that were raised while we watched: those do not stand in its files. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from logstore.model.delta import Event
from tui.health.alert import Change
from tui.health.history import row

SAME = 60.0
"""Seconds within which a step that another watcher wrote into the files is the one that we saw."""


def live_events(logged: Iterable[Event], changes: Iterable[Change], run: str) -> list[Event]:
    """``logged``, and the ``changes`` that concern the run with this key and are not among them.

    What the training itself told with ``alert()`` is an event of its files already.
    """
    events = list(logged)
    live = [_event(change) for change in changes if change.alert.run == run and change.alert.rule != "logged"]
    return events + [each for each in live if not any(_same(each, other) for other in events)]


def _event(change: Change) -> Event:
    fields = row(change)
    return Event(
        time=change.time,
        kind="alert",
        title=str(fields["title"]),
        text=str(fields["text"]),
        level=str(fields["level"]),
        fields=fields,
    )


def _same(one: Event, other: Event) -> bool:
    names = ("rule", "subject", "what")
    return abs(one.time - other.time) < SAME and all(one.fields.get(name) == other.fields.get(name) for name in names)
