"""What is wrong with a run at one look, by the rules of ``docs/alerts.md``: what ``show`` says of it. Pure.

Of a run that lives every rule about runs is asked which needs no longer watching; of one that has ended those about its
curves, which are what they were. Rules about devices need a machine that is watched: ``tui guard``.
"""

from __future__ import annotations

from typing import NamedTuple

from logstore.model.runs import Run
from tui.health.rules import RUN_RULES, divergence, nonfinite
from tui.health.run_track import RunTrack
from tui.health.thresholds import Thresholds
from tui.show.text import clean

MOMENTARY = 10.0
"""Seconds that a rule may ask its finding to last, so that one look is enough."""
_OF_CURVES = frozenset({nonfinite.RULE.name, divergence.RULE.name})


class Trouble(NamedTuple):
    """Something that is wrong with a run."""

    rule: str
    """The rule's name, as in docs/alerts.md."""
    level: str
    """``INFO``, ``WARN`` or ``ERROR``."""
    title: str
    evidence: str
    since: float | None
    """When it began, seconds since the epoch; None where that is not known."""

    @property
    def text(self) -> str:
        """Title and evidence as one line."""
        return f"{self.title}: {self.evidence}" if self.evidence else self.title


def troubles(run: Run, now: float, thresholds: Thresholds) -> list[Trouble]:
    """What is wrong with ``run``, whose points have been read, at ``now``: the worst rules first."""
    lives = run.state(now).name == "running"
    evidence = RunTrack(thresholds).look(run, now)
    return [
        Trouble(rule.name, found.level, clean(found.title), clean(found.evidence), found.since)
        for rule in RUN_RULES
        if rule.name not in thresholds.off and (lives or rule.name in _OF_CURVES)
        if rule.hold <= MOMENTARY and not rule.after
        for found in rule.look(evidence, thresholds, now)
    ]
