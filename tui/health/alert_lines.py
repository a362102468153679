"""The alert log as lines: what is wrong now, the newest first, then what was and is over. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from logstore.model.runs import Run
from tui.show import units
from tui.show.moments import moment
from tui.show.spans import Line, Span, gap, pad
from tui.show.text import clean, fit, fit_middle, wrapped

if TYPE_CHECKING:
    from tui.health.alert import Alert, Change

SIGNS = {"ERROR": ("✖", "bad"), "WARN": ("⚠", "warn"), "INFO": ("·", "dim")}
OVER = ("✔", "good")
_NAME_CELLS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert: whose, since when, what, and whether it lasts."""

    alert: Alert
    who: str
    role: str
    """The role of the run's colour; empty for the machine."""
    over: float | None = None
    """When it was over; None while it lasts."""

    @property
    def words(self) -> str:
        """What a search looks through."""
        return f"{self.who} {self.alert.rule} {self.alert.level} {self.alert.text}".casefold()


def entries(
    alerts: Sequence[Alert], changes: Iterable[Change], runs: Mapping[str, Run], roles: Mapping[str, str]
) -> list[Entry]:
    """The alerts that last, the newest first, then those that are over, the newest first.

    Args:
        alerts: What is wrong now.
        changes: What was raised and cleared, the latest last.
        runs: For their names.
        roles: The role of each run's colour, by its key.
    """
    lasting = {alert.key for alert in alerts}
    now = [_entry(alert, runs, roles, None) for alert in sorted(alerts, key=lambda alert: -alert.raised)]
    over = [
        _entry(change.alert, runs, roles, change.time)
        for change in changes
        if change.what == "cleared" or change.alert.key not in lasting
    ]
    return [*now, *_once(reversed(over))]


def _entry(alert: Alert, runs: Mapping[str, Run], roles: Mapping[str, str], over: float | None) -> Entry:
    run = runs.get(alert.run or "")
    return Entry(alert, run.name if run is not None else alert.run or "machine", roles.get(alert.run or "", ""), over)


def _once(found: Iterable[Entry]) -> list[Entry]:
    """Each alert that is over once: as it was cleared, or, of what happened at one moment, as it was raised."""
    seen: dict[tuple[object, float], Entry] = {}
    for entry in found:
        seen.setdefault((entry.alert.key, entry.alert.raised), entry)
    return list(seen.values())


def entry_line(entry: Entry, now: float, cells: int) -> Line:
    """One line: sign, when it began, how long it lasts or lasted, whose it is, and its title."""
    sign, role = SIGNS.get(entry.alert.level, SIGNS["INFO"]) if entry.over is None else OVER
    lasted = units.duration(entry.alert.seconds(now))
    who = fit(fit_middle(entry.who, _NAME_CELLS), _NAME_CELLS)
    return pad(
        [
            gap(1),
            Span(sign, role),
            Span(f" {fit(moment(entry.alert.since, now), 12, 'right')}  {fit(lasted, 6, 'right')}  ", "dim"),
            Span(who, entry.role or "dim"),
            gap(2),
            Span(clean(entry.alert.title), "" if entry.over is None else "dim"),
        ],
        cells,
    )


def detail_lines(entry: Entry, cells: int, height: int) -> list[Line]:
    """The whole of an alert: its rule, then title and evidence, wrapped."""
    head = [gap(1), Span(f"{clean(entry.alert.rule)}  ", "dim"), Span(clean(entry.who), entry.role)]
    text = wrapped(clean(entry.alert.text), max(1, cells - 2))
    return [pad(line, cells) for line in [head, *([gap(1), Span(each)] for each in text)][:height]]
