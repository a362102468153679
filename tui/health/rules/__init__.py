"""The rules, one module for each family. Every rule is a pure function of evidence, thresholds and the time."""

from __future__ import annotations

from tui.health.evidence import Gpu, MachineEvidence, RunEvidence
from tui.health.rules import (
    divergence,
    ended,
    hang,
    hardware,
    host,
    idle_gpu,
    memory,
    nonfinite,
    plateau,
    silent,
    slowdown,
    stall,
    starvation,
)
from tui.health.rules.base import Rule

RUN_RULES: tuple[Rule[RunEvidence], ...] = (
    nonfinite.RULE,
    divergence.RULE,
    plateau.RULE,
    stall.RULE,
    starvation.WITHOUT_A_STEP,
    starvation.SLOW,
    hang.RULE,
    idle_gpu.RULE,
    silent.RUN,
    hardware.OWN_FAULTS,
    host.OWN_MEMORY,
    ended.CRASHED,
    ended.FINISHED,
    ended.LOGGED,
)
"""Asked about each run."""

GPU_RULES: tuple[Rule[Gpu], ...] = (
    memory.NEAR_THE_LIMIT,
    memory.ORPHANED,
    slowdown.THERMAL,
    slowdown.POWER,
    slowdown.SLOW_GPU,
    hardware.DEVICE,
)
"""Asked about each device: of this machine, and of runs elsewhere that wrote what their devices did."""

MACHINE_RULES: tuple[Rule[MachineEvidence], ...] = (hardware.FAULTS, host.DISK, host.HOST_MEMORY, silent.MACHINE)
"""Asked about this machine."""
