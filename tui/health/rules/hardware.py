"""``hardware``: a device is lost, reported an XID error, or found memory errors that it could not correct.

XIDs 13, 31, 43, 45, 68 and 109 come from the program that runs there (NVIDIA/k8s-device-plugin lists them so); all
others are told as errors of the device. Meanings: NVIDIA's "XID Errors" manual.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding, Level
from tui.health.evidence import Gpu, GpuFault, MachineEvidence
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units

OF_THE_PROGRAM = frozenset({13, 31, 43, 45, 68, 109})

MEANINGS = {
    13: "graphics engine exception: an out-of-bounds access in a kernel, usually",
    31: "memory page fault: an illegal address in the program, usually",
    43: "the GPU stopped processing for this program",
    45: "the program's channels were removed, after an earlier error or a kill",
    48: "double-bit memory error, not correctable",
    62: "the GPU's own controller halted",
    63: "a memory row was remapped; reset the GPU at the next occasion",
    64: "a memory row could not be remapped",
    68: "video processor exception",
    74: "NVLink error",
    79: "the GPU has fallen off the bus",
    92: "many corrected memory errors",
    94: "contained memory error: the program that used it ends, others go on",
    95: "uncontained memory error: reset the GPU",
    109: "context switch time-out",
    119: "the GPU's system processor does not answer",
    120: "the GPU's system processor failed",
}


def device(gpu: Gpu, thresholds: Thresholds, now: float) -> Iterator[Finding]:  # noqa: ARG001 (a rule's signature)
    """A finding while a device is lost, waits for a reset, or has new memory errors."""
    if gpu.status == "ok" and not gpu.uncorrected and not gpu.remap_pending:
        return
    name = phrases.gpu_names([gpu])
    if gpu.status != "ok":
        text = "the driver does not reach it any more" if gpu.status == "lost" else "the driver says so"
        yield Finding(f"{name}: {gpu.status}", text, "ERROR", subject=gpu.label, run=gpu.owner)
    if gpu.uncorrected:
        text = f"{units.count(gpu.uncorrected)} since we watch: results may be wrong"
        title = f"{name}: memory errors that could not be corrected"
        yield Finding(title, text, "ERROR", subject=f"{gpu.label} ecc", run=gpu.owner)
    if gpu.remap_pending:
        text = "a memory row is to be remapped, which happens at the next reset"
        yield Finding(f"{name} needs a reset", text, "WARN", subject=f"{gpu.label} remap", run=gpu.owner)


def faults(machine: MachineEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding for each kind of error that the driver reported in the last ``event_seconds``."""
    latest: dict[tuple[str, str, int], GpuFault] = {}
    for fault in machine.faults:
        if now - fault.time < thresholds.event_seconds:
            latest.setdefault((fault.label, fault.kind, fault.code), fault)
    for (label, kind, code), fault in latest.items():
        name, text, level = _fault(label, kind, code)
        yield Finding(name, text, level, fault.time, f"{label} {kind} {code}", fault.owner, event=True)


def _fault(label: str, kind: str, code: int) -> tuple[str, str, Level]:
    if kind != "xid":
        return f"GPU {label}: {kind}", "reported by the driver", "ERROR"
    own = code in OF_THE_PROGRAM
    meaning = MEANINGS.get(code, "see NVIDIA's list of XID errors")
    return (
        f"GPU {label}: XID {code}",
        f"{meaning}{' (an error of the program)' if own else ''}",
        "WARN" if own else "ERROR",
    )


DEVICE: Rule[Gpu] = Rule("hardware", device)
FAULTS: Rule[MachineEvidence] = Rule("hardware", faults)
