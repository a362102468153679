"""``crashed``, ``finished`` and ``logged``: what happened once, told for ``event_seconds``.

Only what is seen to happen is told: runs that had ended before we began to watch are history. ``finished`` is off
unless it is taken out of ``off``. ``logged`` passes on what the training itself told with ``logstore.alert``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding, Level
from tui.health.evidence import Announcement, RunEvidence
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds

_BAD = ("crashed", "failed", "killed")
_LEVELS: dict[str, Level] = {"INFO": "INFO", "WARN": "WARN", "WARNING": "WARN", "ERROR": "ERROR"}


def crashed(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """An error when a run ends other than by finishing; a warning when somebody killed it."""
    if run.state in _BAD and _just(run.left, thresholds, now):
        yield Finding(
            f"run {run.state}", run.reason, "WARN" if run.state == "killed" else "ERROR", run.left, event=True
        )


def finished(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A notice when a run finishes."""
    if run.state == "finished" and _just(run.left, thresholds, now):
        at = "" if run.clock.step is None else f"at step {run.clock.step:.0f}"
        yield Finding("run finished", at, "INFO", run.left, event=True)


def logged(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """The training's own alerts."""
    for each in run.announced:
        if _just(each.time, thresholds, now):
            title = each.title or each.text or "alert"
            text = each.text if each.title else ""
            level = _LEVELS.get(each.level.upper(), "INFO")
            yield Finding(title, text, level, each.time, subject=_subject(each), event=True)


def _subject(each: Announcement) -> str:
    return f"{each.time:.3f} {each.title}"


def _just(when: float | None, thresholds: Thresholds, now: float) -> bool:
    return when is not None and now - when < thresholds.event_seconds


CRASHED: Rule[RunEvidence] = Rule("crashed", crashed, hold=3.0, after=True)
FINISHED: Rule[RunEvidence] = Rule("finished", finished, hold=3.0, after=True)
LOGGED: Rule[RunEvidence] = Rule("logged", logged, after=True)
