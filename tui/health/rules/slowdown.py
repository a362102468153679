"""``thermal``, ``power`` and ``slow_gpu``: a device runs slower than it could, and why.

The names of the reasons are those of NVML's clocks event reasons (nvml.h). ``sw_power_cap`` is normal on a loaded GPU
and never told. In synchronous training every rank has the same step time, so one slow device slows all: ``slow_gpu``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding
from tui.health.evidence import Gpu
from tui.health.rules import phrases
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units

_HEAT = {
    "hw_thermal": "the hardware slows it down because of heat",
    "sw_thermal": "the driver slows it down because of heat",
}
_SUPPLY = {
    "hw_power_brake": "the power supply or the rack asks it to brake",
    "hw_slowdown": "the hardware slows it down (heat, power brake or supply)",
}


def thermal(gpu: Gpu, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while a device is slowed down for heat, or about to be."""
    reason, since = _slowed(gpu, _HEAT, thresholds, now)
    if reason and since is not None:
        text = phrases.joined(f"{_HEAT[reason]}, for {units.duration(now - since)} now", _degrees(gpu), _clock(gpu))
        yield Finding(f"{phrases.gpu_names([gpu])} is too hot", text, "WARN", since, subject=gpu.subject, run=gpu.owner)
    elif gpu.margin is not None and gpu.margin <= thresholds.thermal_margin:
        text = phrases.joined(_degrees(gpu), f"{gpu.margin:.0f} °C left to the slowdown")
        yield Finding(f"{phrases.gpu_names([gpu])} is nearly too hot", text, "WARN", subject=gpu.subject, run=gpu.owner)


def power(gpu: Gpu, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while a device is slowed down by its power supply; not where heat explains it."""
    if _slowed(gpu, _HEAT, thresholds, now)[0]:
        return
    reason, since = _slowed(gpu, _SUPPLY, thresholds, now)
    if reason and since is not None:
        watts = f"{gpu.power:.0f} W" if gpu.power is not None else ""
        text = phrases.joined(f"{_SUPPLY[reason]}, for {units.duration(now - since)} now", watts, _clock(gpu))
        yield Finding(
            f"{phrases.gpu_names([gpu])} is slowed down", text, "WARN", since, subject=gpu.subject, run=gpu.owner
        )


def slow_gpu(gpu: Gpu, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while a device runs well below the clock of the run's others."""
    since = gpu.slow_since
    if since is None or gpu.clock is None or gpu.clock_usual is None or now - since < thresholds.slow_clock_seconds:
        return
    reasons = f" ({', '.join(sorted(gpu.slowed))})" if gpu.slowed else ""
    text = (
        f"{gpu.clock:.0f} MHz for {units.duration(now - since)}, the run's others {gpu.clock_usual:.0f} MHz{reasons}:"
        " every rank waits for it"
    )
    title = f"{phrases.gpu_names([gpu])} is slower than the others"
    yield Finding(title, text, "WARN", since, subject=gpu.subject, run=gpu.owner)


def _slowed(gpu: Gpu, reasons: dict[str, str], thresholds: Thresholds, now: float) -> tuple[str, float | None]:
    for reason in reasons if gpu.slowed else ():
        since = gpu.slowed.get(reason)
        if since is not None and now - since >= thresholds.slowed_seconds:
            return reason, since
    return "", None


def _degrees(gpu: Gpu) -> str:
    return f"{gpu.temperature:.0f} °C" if gpu.temperature is not None else ""


def _clock(gpu: Gpu) -> str:
    return f"{gpu.clock:.0f} MHz" if gpu.clock is not None else ""


THERMAL: Rule[Gpu] = Rule("thermal", thermal)
POWER: Rule[Gpu] = Rule("power", power)
SLOW_GPU: Rule[Gpu] = Rule("slow_gpu", slow_gpu)
