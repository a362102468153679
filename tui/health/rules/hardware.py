"""``hardware``: a device is lost, reported an XID error, needs a reset, or has memory errors that it cannot correct."""

from __future__ import annotations

from collections.abc import Iterator

from tui.health import xids
from tui.health.alert import Finding, Level
from tui.health.evidence import Gpu, GpuFault, MachineEvidence, RunEvidence, subject
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units

RECOVERY = {
    1: "needs a reset",
    2: "needs a reboot of the machine",
    3: "must end its work with its peers",
    4: "needs a reset after its work",
    5: "needs its NVLink domain recovered",
    6: "needs a reset of its bus",
    7: "needs a reboot of the machine",
}
"""What the driver wants done with a device (nvml.h, NVML_GPU_RECOVERY_ACTION_*)."""


def device(gpu: Gpu, thresholds: Thresholds, now: float) -> Iterator[Finding]:  # noqa: ARG001 (a rule's signature)
    """A finding while a device is lost, waits for a reset, or has new memory errors."""
    name = phrases.gpu_names([gpu])
    if gpu.status != "ok":
        text = "the driver does not reach it any more" if gpu.status == "lost" else "the driver says so"
        yield Finding(f"{name}: {gpu.status}", text, "ERROR", subject=gpu.subject, run=gpu.owner)
    if gpu.recovery:
        title = f"{name} {RECOVERY.get(gpu.recovery, 'needs help')}"
        text = f"the driver asks for it (recovery action {gpu.recovery}); new work fails or may be wrong until then"
        yield Finding(title, text, "ERROR", subject=f"{gpu.subject} recovery", run=gpu.owner)
    yield from _memory(gpu, name)


def _memory(gpu: Gpu, name: str) -> Iterator[Finding]:
    if gpu.uncorrected:
        text = f"{units.count(gpu.uncorrected)} since we watch: results may be wrong"
        title = f"{name}: memory errors that could not be corrected"
        yield Finding(title, text, "ERROR", subject=f"{gpu.subject} ecc", run=gpu.owner)
    if gpu.remap_failed:
        text = "a bad row of it could not be remapped"
        yield Finding(f"{name} has memory beyond repair", text, "ERROR", subject=f"{gpu.subject} failed", run=gpu.owner)
    elif gpu.remap_pending and not gpu.recovery:
        text = "a memory row is to be remapped, which happens at the next reset"
        yield Finding(f"{name} needs a reset", text, "WARN", subject=f"{gpu.subject} remap", run=gpu.owner)


def faults(seen: MachineEvidence | RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding for each kind of error that the driver reported in the last ``event_seconds``."""
    first: dict[str, GpuFault] = {}
    for fault in seen.faults:
        if now - fault.time < thresholds.event_seconds:
            first.setdefault(f"{subject(fault.label, fault.host)} {fault.kind} {fault.code}", fault)
    for about, fault in first.items():
        what, text, level = _fault(fault)
        name = phrases.gpu_names([Gpu(fault.label, fault.host)])
        yield Finding(f"{name}: {what}", text, level, fault.time, about, fault.owner, event=True)


def _fault(fault: GpuFault) -> tuple[str, str, Level]:
    if fault.kind != "xid":
        return fault.kind, "reported by the driver", "ERROR"
    xid = xids.describe(fault.code)
    return f"XID {fault.code}", xid.text, xid.level


DEVICE: Rule[Gpu] = Rule("hardware", device)
FAULTS: Rule[MachineEvidence] = Rule("hardware", faults)
OWN_FAULTS: Rule[RunEvidence] = Rule("hardware", faults, hold=3.0, after=True)
