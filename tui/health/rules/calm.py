"""Of which devices and runs no rule can have anything to say, so that none is asked: nearly all of hundreds. Pure."""

from __future__ import annotations

from tui.health.evidence import Gpu, RunEvidence
from tui.health.thresholds import Thresholds


def is_calm(gpu: Gpu, thresholds: Thresholds) -> bool:
    """Whether none of ``GPU_RULES`` finds anything, however much time passes without a new sample of the device."""
    return (
        gpu.status == "ok"
        and not gpu.slowed
        and gpu.slow_since is None
        and gpu.unowned_since is None
        and gpu.memory_rise is None
        and not gpu.uncorrected
        and not (gpu.remap_pending or gpu.remap_failed or gpu.recovery)
        and (gpu.margin is None or gpu.margin > thresholds.thermal_margin)
    )


def is_calm_run(run: RunEvidence, thresholds: Thresholds, now: float) -> bool:
    """Whether none of ``RUN_RULES`` finds anything at this moment: it makes steps, and its devices work."""
    clock = run.clock
    if run.state != "running" or clock.usual is None or clock.advanced is None:
        return False
    if now - clock.advanced > thresholds.stall_seconds:
        return False
    if run.nonfinite or run.losses or run.progress or run.silent_hosts or run.announced or run.faults or run.memories:
        return False
    for gpu in run.gpus:
        if gpu.idle_since is not None:
            return False
        if gpu.util_mean is not None and not gpu.util_mean >= thresholds.starvation_percent:
            return False
    return True
