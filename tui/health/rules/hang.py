"""``hang``: the GPUs spin in a collective. Full use, far less power than this run's own usual, no step.

Seen by others: NCCL #968 (100 % at about 70 W), soperator #796 (100 % and low power for minutes), horovod #3611 (40 to
47 W of 250 W at 100 %). A device that does not spin with the others is named: its rank does not take part.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding
from tui.health.evidence import RunEvidence
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.rules.quiet import cause, idle, known_gpus, silence, spinning
from tui.health.rules.stall import headline
from tui.health.thresholds import Thresholds


def look(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while the run makes no step and every GPU of it spins or idles."""
    quiet = silence(run, thresholds, now)
    if quiet is None or cause(run, thresholds, now) != "spinning":
        return
    gpus = known_gpus(run.gpus, now)
    spin = [gpu for gpu in gpus if spinning(gpu, thresholds)]
    rest = [gpu for gpu in gpus if idle(gpu, thresholds)]
    text = phrases.joined(phrases.gpu_use(spin), phrases.gpu_power(spin))
    absent = f"; {phrases.gpu_use(rest)} does not take part" if len(rest) == 1 else ""
    absent = f"; {phrases.gpu_use(rest)} do not take part" if len(rest) > 1 else absent
    yield Finding(f"hang? {headline(run, quiet)}", f"{text}: waiting in a collective{absent}", "ERROR", quiet.since)


RULE: Rule[RunEvidence] = Rule("hang", look, hold=3.0)
