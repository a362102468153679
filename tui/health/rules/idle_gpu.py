"""``idle_gpu``: a GPU that belongs to a live run has done nothing for minutes, although the run goes on.

Where the run makes no step at all the stall says so already. Princeton's job_defense_shield mails after 60 minutes of
0 % and cancels after 120; in the terminal a person can know sooner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.health.alert import Finding
from tui.health.evidence import Gpu, RunEvidence
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.rules.quiet import idle, known_gpus, silence
from tui.health.thresholds import Thresholds
from tui.show import units


def look(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while some of the run's GPUs are idle and no stall explains it."""
    quiet = silence(run, thresholds, now)
    if run.state != "running" or (quiet is not None and not quiet.first):
        return
    gpus = known_gpus(run.gpus, now)
    resting = [gpu for gpu in gpus if idle(gpu, thresholds) and _long(gpu, thresholds, now)]
    if resting:
        since = max(gpu.idle_since for gpu in resting if gpu.idle_since is not None)
        title = f"{phrases.gpu_names(resting)} idle for {units.duration(now - since)}"
        yield Finding(title, _evidence(run, gpus, resting), "WARN", since)


def _long(gpu: Gpu, thresholds: Thresholds, now: float) -> bool:
    return gpu.idle_since is not None and now - gpu.idle_since >= thresholds.idle_seconds


def _evidence(run: RunEvidence, gpus: Sequence[Gpu], resting: Sequence[Gpu]) -> str:
    others = [gpu for gpu in gpus if gpu not in resting]
    steps = "no row yet" if run.clock.last_row is None else "steps go on"
    if others:
        return f"{steps}, {phrases.gpu_use(others)}: not used by this run, or its process there waits"
    memory = sum(gpu.memory_used or 0.0 for gpu in resting)
    held = f"{units.size(memory)} held, " if memory else ""
    return f"{held}{steps}: the work is not on the GPU"


RULE: Rule[RunEvidence] = Rule("idle_gpu", look, hold=3.0)
