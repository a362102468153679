"""``starvation``: the GPUs wait for data. Little use while the processes that load it have all they can do.

Either steps still come, slowly, or none comes while the data workers are busy. Where no cause can be seen, use below
``low_use_percent`` is told as a notice: jobstats and job_defense_shield mark 15 %.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.health.alert import Finding
from tui.health.evidence import Gpu, RunEvidence, StepClock, Workers
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.rules.quiet import cause, known_gpus, silence
from tui.health.rules.stall import headline
from tui.health.thresholds import Thresholds
from tui.show import units

ONE_CORE = 90.0
"""Per cent of a core from which a single process does all it can."""


def without_a_step(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while no step comes, the GPUs idle and the data workers are at work."""
    quiet = silence(run, thresholds, now)
    if quiet is None or run.workers is None or cause(run, thresholds, now) != "starved":
        return
    text = phrases.joined(phrases.gpu_use(known_gpus(run.gpus, now)), phrases.workers(run.workers))
    yield Finding(f"starved of data: {headline(run, quiet)}", f"{text}: the loader is slow", "WARN", quiet.since)


def slow(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while steps come and the GPUs have little to do."""
    clock = run.clock
    if run.state != "running" or clock.advanced is None or now - clock.advanced > _patience(clock):
        return
    gpus = known_gpus(run.gpus, now)
    means = [gpu.util_mean for gpu in gpus if gpu.util_mean is not None]
    if means and len(means) == len(gpus):
        yield from _slow_loader(run, gpus, sum(means) / len(means), thresholds)


def _patience(clock: StepClock) -> float:
    """Seconds since the last step up to which steps still come: a checkpoint or an evaluation is no slow loader."""
    return max(10.0, 3 * (clock.usual or 0.0))


def _slow_loader(run: RunEvidence, gpus: Sequence[Gpu], mean: float, thresholds: Thresholds) -> Iterator[Finding]:
    if mean >= thresholds.starvation_percent:
        return
    use = f"{phrases.gpu_names(gpus)} worked {units.percent(mean)} of the last {_time(thresholds)}"
    limit = _limit(run.workers, thresholds) if run.workers else ""
    if limit and run.workers:
        yield Finding("starved of data", f"{use}, {phrases.workers(run.workers)}: {limit}", "WARN")
    elif mean < thresholds.low_use_percent:
        seen = f", {phrases.workers(run.workers)}" if run.workers else ""
        yield Finding("its GPUs have little to do", f"{use}{seen}", "INFO")


def _limit(workers: Workers, thresholds: Thresholds) -> str:
    """What holds the GPUs up, or nothing where that cannot be told."""
    if not workers.count:
        busy = workers.main_cpu is not None and workers.main_cpu >= ONE_CORE * max(1, workers.mains)
        return "the main process has all it can do (loading without workers, or small steps)" if busy else ""
    if 2 * workers.waiting > workers.count:
        return "the loader waits for storage"
    full = workers.cpu is not None and workers.cpu >= thresholds.workers_percent * workers.count
    return "the loader is the limit" if full else ""


def _time(thresholds: Thresholds) -> str:
    return units.duration(thresholds.starvation_seconds)


WITHOUT_A_STEP: Rule[RunEvidence] = Rule("starvation", without_a_step, hold=3.0)
SLOW: Rule[RunEvidence] = Rule("starvation", slow, hold=90.0)
"""Held longer than half the time of the mean, so that a pause that is over is not told."""
