"""The board of alerts: what was found at each tick becomes alerts that are raised once and cleared once. Pure.

An alert is raised when it was found for as long as its rule asks, and cleared when it has not been found for
``release`` seconds, or at once when its run ended. Its level only rises while it lasts, so that it is told again only
where it became worse. Text from files is cleaned here, on its way to every screen, file and notification.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from tui.health.alert import RANK, Alert, Change, Finding, Level
from tui.show.text import clean

Key = tuple[str, str | None, str]

LONGEST = 400
"""Characters of a title or of evidence that are kept."""


class Found(NamedTuple):
    """A finding of one rule at one tick."""

    rule: str
    finding: Finding
    hold: float = 0.0
    """Seconds for which it must be found before it is raised."""
    run: str | None = None
    """Key of the run that the rule was asked about; None where it was asked about the machine."""


@dataclass(slots=True)
class _Entry:
    alert: Alert
    first: float
    last: float
    event: bool
    told: bool = False
    missed: bool = False
    """Whether the last tick did not find it."""


class Board:
    """All that is wrong now."""

    def __init__(self, release: float = 30.0) -> None:
        self._release = release
        self._entries: dict[Key, _Entry] = {}

    @property
    def alerts(self) -> list[Alert]:
        """What has been raised and not cleared, newest last."""
        return sorted((entry.alert for entry in self._entries.values() if entry.told), key=lambda alert: alert.raised)

    def restore(self, alert: Alert, now: float) -> None:
        """Take over an alert that was raised before we began: it is not told again."""
        self._entries.setdefault(alert.key, _Entry(alert, alert.raised, now, event=False, told=True))

    def update(
        self, found: Iterable[Found], now: float, *, over: Container[str] = (), unread: Container[str] = ()
    ) -> tuple[Change, ...]:
        """Take in what was found at ``now``; what is told of it.

        Args:
            found: by all rules.
            now: seconds since the epoch.
            over: runs that do not live any more: what was wrong with them is over.
            unread: runs that nothing can be said of at this tick: their alerts stay as they are.
        """
        changes = [change for each in found if (change := self._take(each, now))]
        for key, entry in list(self._entries.items()):
            if entry.last < now and key[1] is not None and key[1] in unread:
                entry.last = now
            if entry.last != now and (
                change := self._miss(key, entry, now, ended=key[1] is not None and key[1] in over)
            ):
                changes.append(change)
        return tuple(changes)

    def _take(self, found: Found, now: float) -> Change | None:
        alert = _alert(found, now)
        entry = self._entries.get(alert.key)
        if entry is None:
            entry = self._entries[alert.key] = _Entry(alert, now, now, found.finding.event)
        entry.missed = False
        worse = entry.told and RANK[alert.level] > RANK[entry.alert.level]
        entry.alert, entry.last = _go_on(entry.alert, alert, alert.level if worse or not entry.told else None), now
        if worse:
            return Change("worse", entry.alert, now)
        if entry.told or now - entry.first < found.hold:
            return None
        entry.told = True
        entry.alert = replace(entry.alert, raised=now)
        return Change("raised", entry.alert, now)

    def _miss(self, key: Key, entry: _Entry, now: float, *, ended: bool) -> Change | None:
        """One tick at which an alert was not found."""
        entry.last = min(entry.last, now)  # the clock may have been set back
        if entry.told and not ended and now - entry.last < self._release:
            entry.missed = True
            return None
        del self._entries[key]
        if not entry.told or entry.event:
            return None
        ended = ended and not entry.missed
        over = now if ended else min(now, max(entry.last, entry.alert.since))
        return Change("cleared", replace(entry.alert, cleared=over), now, ended)


def _go_on(before: Alert, now: Alert, level: Level | None) -> Alert:
    """The alert as it is now; it began when it began. Written out: ``replace`` takes twice as long."""
    since = min(before.since, now.since)
    level = before.level if level is None else level
    return Alert(now.rule, now.run, level, since, None, now.title, now.evidence, now.subject, before.raised)


def _alert(found: Found, now: float) -> Alert:
    finding = found.finding
    return Alert(
        rule=found.rule,
        run=finding.run if found.run is None else found.run,
        level=finding.level,
        since=now if finding.since is None else min(finding.since, now),
        cleared=None,
        title=clean(finding.title)[:LONGEST],
        evidence=clean(finding.evidence)[:LONGEST],
        subject=clean(finding.subject)[:LONGEST],
        raised=now,
    )
