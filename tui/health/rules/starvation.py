"""``starvation``: the GPUs wait for data. Little use while the processes that load it have all they can do.

Either steps still come, slowly, or none comes while the data workers are busy. Where no cause can be seen, use below
``low_use_percent`` is told as a notice: jobstats and job_defense_shield mark 15 %.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui import units
from tui.health.alert import Finding
from tui.health.evidence import Gpu, RunEvidence, Workers
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.rules.quiet import cause, known_gpus, silence
from tui.health.rules.stall import headline
from tui.health.thresholds import Thresholds

ONE_CORE = 90.0
"""Per cent of a core from which a single process does all it can."""


def look(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while the run's GPUs have little to do because its input is slow."""
    if run.state != "running":
        return
    quiet = silence(run, thresholds, now)
    gpus = known_gpus(run.gpus, now)
    if quiet is not None:
        if run.workers and cause(run, thresholds, now) == "starved":
            text = phrases.joined(phrases.gpu_use(gpus), phrases.workers(run.workers))
            yield Finding(
                f"starved of data: {headline(run, quiet)}", f"{text}: the loader is slow", "WARN", quiet.since
            )
    elif run.clock.advanced is not None:
        yield from _slow_loader(run, gpus, thresholds)


def _slow_loader(run: RunEvidence, gpus: Sequence[Gpu], thresholds: Thresholds) -> Iterator[Finding]:
    means = [gpu.util_mean for gpu in gpus if gpu.util_mean is not None]
    if not means or len(means) < len(gpus):
        return
    mean = sum(means) / len(means)
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


RULE: Rule[RunEvidence] = Rule("starvation", look, hold=3.0)
