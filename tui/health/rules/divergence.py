"""``divergence``: a loss leaves its own robust range and stays outside, or creeps up to a multiple of its best level.

The range is the median of a window plus some widths of its scatter (1.4826 × the median absolute deviation, which is
the standard deviation of a normal distribution; Rousseeuw and Croux 1993), on a log scale where the loss is positive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.health.alert import Finding
from tui.health.evidence import LossRange, RunEvidence
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units


def look(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:  # noqa: ARG001 (a rule's signature)
    """One finding for all losses that have left their range, or else for those that crept far above their best."""
    left = [loss for loss in run.losses if loss.departed]
    crept = [loss for loss in run.losses if loss.crept]
    if left:
        yield _left(left)
    elif crept:
        yield _crept(crept)


def _how(loss: LossRange) -> str:
    if loss.resumed:
        return ", where the run was resumed: was its checkpoint loaded?"
    return ", from one row to the next" if loss.sudden else ""


def _left(losses: Sequence[LossRange]) -> Finding:
    loss = losses[0]
    return Finding(
        f"{loss.metric} diverges: {units.value(loss.newest)}, usually {units.value(loss.centre)}",
        f"{loss.points} points above {units.value(loss.limit)}, the end of its own range,"
        f" since step {units.count(loss.step)}{_how(loss)}{_others(losses)}",
        "WARN",
        loss.since,
    )


def _crept(losses: Sequence[LossRange]) -> Finding:
    loss = losses[0]
    factor = loss.recent / loss.best if loss.recent is not None and loss.best else None
    best = f"{units.value(loss.best)} around step {units.count(loss.best_step)}"
    text = f"{units.value(factor)} times its best level, {best}{_others(losses)}"
    return Finding(f"{loss.metric} stays high: {units.value(loss.recent)}", text, "WARN" if loss.exploded else "INFO")


def _others(losses: Sequence[LossRange]) -> str:
    """The same of other losses of the run, which mostly rise together."""
    if len(losses) == 1:
        return ""
    more = f" and {len(losses) - 2} more" if len(losses) > 2 else ""
    return f"; so does {losses[1].metric}{more}" if not more else f"; so do {losses[1].metric}{more}"


RULE: Rule[RunEvidence] = Rule("divergence", look)
