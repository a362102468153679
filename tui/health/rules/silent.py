"""``silent``: telemetry itself fell silent, so that no news of the GPUs is not good news.

A driver that hangs takes the sampler with it (NVSentinel #1574). Where there never was telemetry nothing is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding
from tui.health.evidence import MachineEvidence, RunEvidence
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units


def machine(evidence: MachineEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while this machine's sampler says nothing, or lost its GPUs."""
    if evidence.sampled is None:
        return
    quiet, patience = now - evidence.sampled, _patience(evidence, thresholds)
    if quiet > patience:
        text = "the sampler or the host does not answer; what the GPUs do is not known"
        yield Finding(f"no telemetry for {units.duration(quiet)}", text, "WARN", evidence.sampled)
    elif evidence.gpu_silent is not None and now - evidence.gpu_silent > patience:
        why = f"{evidence.gpu_state}: {evidence.gpu_why}" if evidence.gpu_why else evidence.gpu_state
        title = f"no news of the GPUs for {units.duration(now - evidence.gpu_silent)}"
        yield Finding(title, why, "WARN", evidence.gpu_silent, subject="gpus")


def _patience(evidence: MachineEvidence, thresholds: Thresholds) -> float:
    return max(thresholds.silent_seconds, thresholds.silent_intervals * evidence.interval)


def run(evidence: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:  # noqa: ARG001 (a rule's signature)
    """A notice while the telemetry file of a run stands still although its rows go on."""
    for host, since in evidence.silent_hosts.items():
        text = f"its sampler on {host} wrote last {units.duration(now - since)} ago, rows still come"
        yield Finding("no telemetry of this run", text, "INFO", since, subject=host)


MACHINE: Rule[MachineEvidence] = Rule("silent", machine, hold=3.0)
RUN: Rule[RunEvidence] = Rule("silent", run)
