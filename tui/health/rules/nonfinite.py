"""``nonfinite``: a metric is NaN or infinite; the one that went first is named, with its step and rank.

A loss that is not finite is an error. Odd values of something else are only a notice, until there are many in a row: a
loss scaler begins with a handful of skipped steps, whose gradient norms are infinite, and skips one now and then. So
is a score that never was a number, such as the mean reward before the first episode ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.health.alert import Finding, Level
from tui.health.evidence import Nonfinite, RunEvidence
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units


def look(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while some metric is not finite, and for ``nonfinite_seconds`` after it is again."""
    recent = [
        spell for spell in run.nonfinite if spell.again is None or now - spell.again < thresholds.nonfinite_seconds
    ]
    if recent:
        spells = sorted(recent, key=lambda spell: (spell.step, spell.time or 0.0, spell.rank, spell.metric))
        yield Finding(_title(spells), _evidence(spells), _level(spells, thresholds), spells[0].time)


def _title(spells: Sequence[Nonfinite]) -> str:
    shown = next((spell for spell in spells if spell.loss and spell.again is None), spells[0])
    if shown.again is None:
        return f"{shown.metric} is {units.nonfinite(shown.value)} since {_step(shown)}"
    return f"{shown.metric} was {units.nonfinite(shown.value)} at {_step(shown)}"


def _evidence(spells: Sequence[Nonfinite]) -> str:
    first, several = spells[0], any(spell.rank for spell in spells)
    before = f", {units.value(first.before)} before" if first.before is not None else ""
    text = f"first {first.metric} at {_place(first, several)} ({units.nonfinite(first.value)}{before})"
    others = [spell for spell in spells[1:] if (spell.metric, spell.rank) != (first.metric, first.rank)]
    if others:
        text += f", then {others[0].metric} at {_place(others[0], several and others[0].rank != first.rank)}"
    if len(others) > 1:
        text += f" and {len(others) - 1} more"
    return text if any(spell.again is None for spell in spells) else f"{text}; finite again"


def _place(spell: Nonfinite, with_rank: bool) -> str:
    return f"{_step(spell)} on rank {spell.rank}" if with_rank else _step(spell)


def _level(spells: Sequence[Nonfinite], thresholds: Thresholds) -> Level:
    lasting = [spell for spell in spells if spell.again is None]
    if any(spell.loss for spell in lasting):
        return "ERROR"
    many = any(spell.points >= thresholds.nonfinite_points and not spell.pending for spell in lasting)
    return "WARN" if many else "INFO"


def _step(spell: Nonfinite) -> str:
    return f"step {spell.step:g}" if abs(spell.step) >= 1e15 or spell.step % 1 else f"step {int(spell.step)}"


RULE: Rule[RunEvidence] = Rule("nonfinite", look)
