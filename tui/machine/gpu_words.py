"""What a device's numbers mean to a person: memory as a pair, throttling in words, what deserves a warning. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from tui.machine.telemetry import Gpu, Owner
from tui.show import units

_WORDS: Final[Mapping[str, str]] = {
    "app_clocks": "application clocks",
    "sw_power_cap": "power cap",
    "hw_slowdown": "hardware slowdown",
    "sync_boost": "sync boost",
    "sw_thermal": "too hot",
    "hw_thermal": "overheating",
    "hw_power_brake": "power brake",
    "display": "display clocks",
    "reliability": "reliability voltage",
}
_SEVERE: Final = frozenset({"hw_slowdown", "sw_thermal", "hw_thermal", "hw_power_brake"})
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
IDLE_PERCENT = 5.0
IDLE_SECONDS = 60.0
"""A device of a run that did nothing for this long deserves a look."""


def reason_words(reasons: Iterable[str]) -> list[str]:
    """Why the clocks are lower than they could be, in words; ``idle`` is no reason that matters."""
    return [_WORDS.get(reason, reason.replace("_", " ")) for reason in reasons if reason != "idle"]


def severe(reasons: Iterable[str]) -> list[str]:
    """Those reasons that mean that something is wrong; a power cap is normal on a loaded device."""
    return [reason for reason in reasons if reason in _SEVERE]


def bytes_pair(used: float | None, total: float | None) -> str:
    """Used and total in the unit of the total: ``71.2/80 GiB``; ``–`` where neither is known."""
    if total is None:
        return units.size(used)
    amount, _, unit = units.size(total).partition(" ")
    whole = amount.removesuffix(".0")
    if used is None:
        return f"{units.ABSENT}/{whole} {unit}"
    share = used / 1024 ** _UNITS.index(unit)
    return f"{share:.{1 if unit != 'B' and share < 99.95 else 0}f}/{whole} {unit}"


def rates_pair(into: float | None, out: float | None) -> str:
    """Bytes per second in and out, in the unit of the larger: ``12.1/9.0 GiB/s``; empty where they are not known."""
    if into is None or out is None:
        return ""
    unit = units.size(max(into, out)).partition(" ")[2]
    shares = [rate / 1024 ** _UNITS.index(unit) for rate in (into, out)]
    digits = 1 if unit != "B" and max(shares) < 99.95 else 0
    return f"{'/'.join(f'{share:.{digits}f}' for share in shares)} {unit}/s"


def memory_text(gpu: Gpu) -> str:
    """The memory of a device as a pair."""
    return bytes_pair(gpu.values.get("memory_used"), gpu.values.get("memory_total"))


def memory_cells(gpu: Gpu) -> int:
    """Cells that ``memory_text`` takes at most, however full the memory is."""
    total = gpu.values.get("memory_total")
    shares = (None,) if total is None else (0.0, 0.04 * total, 0.2 * total, 0.7 * total, total)
    return max(len(bytes_pair(used, total)) for used in shares)


def idle_seconds(gpu: Gpu) -> float:
    """For how long the device has done next to nothing up to its latest sample; 0 where it does not say."""
    busy = ~(gpu.history.values("util") <= IDLE_PERCENT)
    times = gpu.history.times
    if not len(times) or busy[-1]:
        return 0.0
    last_busy = np.flatnonzero(busy)
    since = times[last_busy[-1] + 1] if len(last_busy) else times[0]
    return float(times[-1] - since)


def trouble(gpu: Gpu, owner: Owner) -> str:
    """What deserves a warning, in a word or two; empty where nothing does."""
    if gpu.status != "ok":
        return gpu.status
    wrong = reason_words(severe(gpu.reasons))
    if wrong:
        return wrong[0]
    idle = idle_seconds(gpu) if owner.runs else 0.0
    return f"idle {units.duration(idle)}" if idle >= IDLE_SECONDS else ""
