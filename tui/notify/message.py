"""What is sent of an alert: one line, a title and a body, and flat fields. All of it is cleaned for a terminal here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from logstore.model.runs import Run
from tui.health.alert import Alert, Change, Level
from tui.show.text import clean

SIGNS: dict[Level, str] = {"INFO": "·", "WARN": "⚠", "ERROR": "✖"}
OVER = "✔"


@dataclass(frozen=True, slots=True)
class Message:
    """One message about one step of one alert."""

    level: Level
    title: str
    """Whose, and what: ``⚠ brave-otter: no step for 7m12s``."""
    body: str
    """The evidence; empty when it is over."""
    fields: Mapping[str, str | float | None]
    """The same, taken apart, by the names in docs/alerts.md; None is not known."""
    more: int = 0
    """Messages that were left out before this one, because there were too many."""

    @property
    def line(self) -> str:
        """Title, body and how many were left out, in one line."""
        rest = f" (and {self.more} more)" if self.more else ""
        return f"{self.title}: {self.body}{rest}" if self.body else f"{self.title}{rest}"


def compose(change: Change, run: Run | None, host: str, store: str) -> Message:
    """The message about ``change``.

    Args:
        change: the step.
        run: the run it concerns; None for the machine, or for a run that is gone.
        host: the machine we run on.
        store: the directory that is watched.
    """
    alert = change.alert
    who = clean(run.name if run is not None else alert.run or host)
    over = change.what == "cleared"
    sign = OVER if over else SIGNS[alert.level]
    title = clean(change.text) if over else clean(alert.title)
    body = "" if over else clean(alert.evidence)
    return Message(
        alert.level, f"{sign} {who}: {title}", body, _fields(change, alert, run, (clean(host), clean(store)))
    )


def _fields(change: Change, alert: Alert, run: Run | None, where: tuple[str, str]) -> dict[str, str | float | None]:
    return {
        "what": change.what,
        "rule": alert.rule,
        "level": alert.level,
        "run": clean(run.name) if run is not None else None,
        "key": clean(alert.run) if alert.run is not None else None,
        "project": clean(run.project) if run is not None else None,
        "subject": clean(alert.subject),
        "title": clean(alert.title),
        "evidence": clean(alert.evidence),
        "since": round(alert.since, 3),
        "seconds": round(alert.seconds(change.time), 3),
        "host": where[0],
        "store": where[1],
    }
