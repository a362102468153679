"""``memory`` and ``orphan_memory``: a GPU's memory is about to run out, or is held by nobody that can be seen.

Never on the level alone: caching allocators sit at 95 % for days. ``orphan_memory`` is what a killed job leaves behind,
or a process in another container (wandb #4684, nvitop #134).
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding
from tui.health.evidence import Gpu
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units


def near_the_limit(gpu: Gpu, thresholds: Thresholds, now: float) -> Iterator[Finding]:  # noqa: ARG001 (a rule's signature)
    """A finding while memory is nearly full and still rising."""
    used, total, rise = gpu.memory_used, gpu.memory_total, gpu.memory_rise
    if used is None or total is None or rise is None or gpu.status != "ok" or total <= 0 or rise <= 0:
        return
    if used < thresholds.memory_percent / 100 * total or rise < thresholds.memory_rise_percent / 100 * total:
        return
    left = (total - used) * gpu.memory_seconds / rise
    title = f"{phrases.gpu_names([gpu])} memory at {units.percent(100 * used / total)} and rising"
    text = (
        f"{units.size(used)} of {units.size(total)}, {units.size(rise)} more than"
        f" {units.duration(gpu.memory_seconds)} ago: full in about {units.duration(left)}"
    )
    yield Finding(title, text, "WARN", subject=gpu.subject, run=gpu.owner)


def orphaned(gpu: Gpu, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A notice while memory is held by no visible process."""
    since = gpu.unowned_since
    if gpu.unowned is None or since is None or now - since < thresholds.orphan_seconds:
        return
    yield Finding(
        f"{phrases.gpu_names([gpu])}: {units.size(gpu.unowned)} held by nobody visible",
        f"no process has been seen there for {units.duration(now - since)}:"
        " left by a dead job, or held from another container",
        "INFO",
        since,
        subject=gpu.subject,
    )


NEAR_THE_LIMIT: Rule[Gpu] = Rule("memory", near_the_limit, hold=3.0)
ORPHANED: Rule[Gpu] = Rule("orphan_memory", orphaned)
