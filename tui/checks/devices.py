"""The GPUs: whether the driver answers, and with what. The sampler asks it, in a process of its own."""

from __future__ import annotations

from pathlib import Path

from tui.checks.finding import Finding
from tui.machine.telemetry import Telemetry

_SECTION = "gpu"


def check(telemetry: Telemetry, root: Path = Path("/")) -> list[Finding]:
    """What the sampler said of the devices.

    Args:
        telemetry: Its answer.
        root: Where /dev and /proc are looked for, to tell a machine without a GPU from one whose driver is in trouble.
    """
    gpus = telemetry.gpus
    if gpus:
        names = ", ".join(dict.fromkeys(gpu.name for gpu in gpus))
        findings = [Finding(_SECTION, "driver", "ok", f"answers: {len(gpus)} × {names}")]
        ill = [gpu for gpu in gpus if gpu.status != "ok"]
        return [*findings, *(_ill(gpu.label, gpu.status) for gpu in ill), *_gaps(telemetry)]
    why = telemetry.why or "it says nothing"
    if _has_nvidia(root):
        advice = "nvidia-smi should say the same; load the module or reboot after a driver update"
        return [Finding(_SECTION, "driver", "fail", f"there is an NVIDIA device, but: {why}", advice)]
    return [Finding(_SECTION, "driver", "ok", f"no GPU here ({why})")]


def _ill(label: str, status: str) -> Finding:
    return Finding(_SECTION, f"gpu {label}", "fail", status, "see dmesg for an XID; it needs a reset or a reboot")


def _gaps(telemetry: Telemetry) -> list[Finding]:
    """Metrics that a device keeps to itself for want of permission: that can be mended."""
    denied = sorted({metric for (_, metric), why in telemetry.gaps.items() if "permission" in why.lower()})
    if not denied:
        return []
    advice = "the administrator may set NVreg_RestrictProfilingToAdminUsers=0"
    return [Finding(_SECTION, "permissions", "warn", f"not allowed: {', '.join(denied)}", advice)]


def _has_nvidia(root: Path) -> bool:
    return (root / "dev" / "nvidia0").exists() or (root / "proc" / "driver" / "nvidia" / "gpus").is_dir()
