"""``stall``: a run that makes no step, where neither a collective nor a slow loader explains it.

The state of the GPUs and of the data workers names the cause where they can be seen. While a GPU works it may be a long
evaluation, so that is only a notice at first. The numbers are our own, tried on made-up traces.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding, Level
from tui.health.evidence import RunEvidence, Workers
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.rules.quiet import Cause, Silence, cause, computing, idle, known_gpus, silence, spinning
from tui.health.thresholds import Thresholds
from tui.show import units

_BUSY = "a long evaluation, or a step that takes this long"
_STOPPED = frozenset("Tt")


def look(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while the run makes no step and no other rule names the cause."""
    quiet = silence(run, thresholds, now)
    if quiet is None:
        return
    why = cause(run, thresholds, now)
    if why in {"spinning", "starved"}:
        return
    yield Finding(
        headline(run, quiet), _evidence(run, why, thresholds, now), _level(quiet, why, thresholds), quiet.since
    )


def headline(run: RunEvidence, quiet: Silence) -> str:
    """``no step for 7m12s (usually every 0.8s)``."""
    if quiet.first:
        return f"no row yet, {units.duration(quiet.seconds)} after the start"
    usual = f" (usually every {units.duration(run.clock.usual)})" if run.clock.usual is not None else ""
    return f"no step for {units.duration(quiet.seconds)}{usual}"


def _level(quiet: Silence, why: Cause, thresholds: Thresholds) -> Level:
    bound = thresholds.stall_busy_seconds if why == "busy" else thresholds.stall_warn_seconds
    return "WARN" if quiet.seconds >= bound else "INFO"


def _evidence(run: RunEvidence, why: Cause, thresholds: Thresholds, now: float) -> str:
    gpus = known_gpus(run.gpus, now)
    processes = phrases.workers(run.workers) if run.workers else ""
    match why:
        case "idle":
            return f"{phrases.joined(phrases.gpu_use(gpus), processes)}: {_idle_cause(run.workers)}"
        case "busy":
            return _busy(run, thresholds, now)
        case _ if processes:
            return f"{processes}: {_idle_cause(run.workers)}{_late_rank(run)}"
        case _:
            return f"nothing is known of its GPUs{_late_rank(run)}"


def _idle_cause(workers: Workers | None) -> str:
    if workers is None:
        return "waiting for data, for a lock or for another process"
    if workers.main_state in _STOPPED:
        return "stopped by a signal or a debugger; SIGCONT lets it go on"
    waits = workers.waiting > 0 or workers.main_state == "D"
    if waits:
        return "loader stuck or remote I/O" if workers.count else "stuck in I/O"
    if computing(workers):
        return "the main process computes" if not workers.count else f"{phrases.main(workers)}: it computes"
    return "loader stuck, deadlock or remote I/O" if workers.count else "waiting for a lock, a process or the network"


def _busy(run: RunEvidence, thresholds: Thresholds, now: float) -> str:
    gpus = known_gpus(run.gpus, now)
    if not gpus and run.workers:
        return f"{phrases.main(run.workers)}: {_BUSY}"
    waiting = [gpu for gpu in gpus if spinning(gpu, thresholds) or idle(gpu, thresholds)]
    working = [gpu for gpu in gpus if gpu not in waiting]
    text = phrases.joined(phrases.gpu_use(working), phrases.gpu_power(working))
    if waiting:
        return f"{text}, while {phrases.gpu_names(waiting)} wait{'s' if len(waiting) == 1 else ''}{_late_rank(run)}"
    return f"{text}: {_BUSY}"


def _late_rank(run: RunEvidence) -> str:
    """Which rank fell silent first, where one did well before the others."""
    ranks = sorted(run.clock.ranks.items(), key=lambda item: item[1])
    if len(ranks) < 2 or ranks[1][1] - ranks[0][1] < max(1.0, run.clock.usual or 0.0):
        return ""
    return f"; rank {ranks[0][0]} logged last {units.duration(ranks[1][1] - ranks[0][1])} before the others"


RULE: Rule[RunEvidence] = Rule("stall", look, hold=3.0)
