"""What a rule finds and what a person is told: frozen values.

A rule yields ``Finding``s: what is wrong at this moment. The board (``tui.health.board``) makes ``Alert``s of them,
raised once and cleared once, and tells each step as a ``Change``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from tui.show import units

Level = Literal["INFO", "WARN", "ERROR"]
What = Literal["raised", "worse", "cleared"]

RANK: dict[Level, int] = {"INFO": 0, "WARN": 1, "ERROR": 2}
"""How bad a level is; larger is worse."""


class Finding(NamedTuple):
    """Something that is wrong now."""

    title: str
    """What, in a few words: ``no step for 7m12s``."""
    evidence: str
    """Why we think so, in one sentence with its numbers."""
    level: Level = "WARN"
    since: float | None = None
    """When it began, seconds since the epoch; None: now."""
    subject: str = ""
    """What it is about within the run or the machine (a GPU, a metric), where a rule may find several at once."""
    run: str | None = None
    """Key of the run it concerns; None for the machine."""
    event: bool = False
    """Whether it happened at one moment: then that it is over is no news."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that was wrong for a while, or still is."""

    rule: str
    """The rule's name, as in docs/alerts.md."""
    run: str | None
    """Key of the run it concerns; None for the machine."""
    level: Level
    since: float
    """When the condition began, seconds since the epoch."""
    cleared: float | None
    """When it was over; None while it lasts."""
    title: str
    evidence: str
    subject: str = ""
    raised: float = 0.0
    """When it was told first, seconds since the epoch."""

    @property
    def key(self) -> tuple[str, str | None, str]:
        """What makes it the same alert as before: rule, run and subject."""
        return (self.rule, self.run, self.subject)

    @property
    def text(self) -> str:
        """Title and evidence as one line."""
        return f"{self.title}: {self.evidence}" if self.evidence else self.title

    def seconds(self, now: float) -> float:
        """How long it lasted, or has lasted at ``now``."""
        return max(0.0, (now if self.cleared is None else self.cleared) - self.since)


@dataclass(frozen=True, slots=True)
class Change:
    """One step in the life of an alert: it was raised, became worse, or was cleared."""

    what: What
    alert: Alert
    time: float
    ended: bool = False
    """Whether it was cleared because its run ended."""

    @property
    def text(self) -> str:
        """One line for people: the alert, or how long it lasted."""
        if self.what == "cleared":
            how = "over with the run after" if self.ended else "cleared after"
            return f"{how} {units.duration(self.alert.seconds(self.time))}: {self.alert.title}"
        return self.alert.text
