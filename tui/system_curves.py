"""A run's telemetry as charts: one for each quantity, one line for each device that has it, in units people read.

The devices come first, as on the machine screen. Bytes are drawn as GiB and MiB/s, so those curves are copies; the
others share their arrays with the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from logstore.model.runs import Run
from logstore.model.series import Series
from tui.charts.line import ChartSpec, Kind
from tui.curves import line
from tui.show.palette import MARKERS, SLOTS, Swatch

_NO_CURVE = ("gpu/own", "gpu/energy")
"""Whose a device is, which the run's hours are counted by; and a counter of which only the growth says something."""
_CONSTANT = ("/total", "/memory_total", "/power_limit", "/ports", "/inodes_total", "cpu/count", "cpu/limit")
"""What does not change while a run lasts: no curve either."""
_TROUBLES = (
    *("ecc_corrected", "ecc_uncorrected", "remapped_rows", "remap_pending", "remap_failed", "recovery", "throttled"),
    *("lost", "oom_kills", "ports_down", "errors"),
)
"""What is 0 as long as all is well: no curve until it is not."""
_SECTIONS = ("gpu", "process", "workers", "cpu", "memory", "disk", "net", "ib", "load", "psi")
_FIRST = (
    *("util", "percent", "memory_used", "used", "rss", "cpu", "power", "temperature"),
    *("sm_active", "tensor_active", "dram_active", "sm_clock"),
)
"""What is looked at first in a section; the rest follows by name."""
_SHARES = ("/util", "/memory_util", "/percent", "/iowait", "/busiest", "/busy", "_active", "_occupancy", "/fan")
"""Per cent of something that cannot be more than all."""
_LARGE, _SMALL = (1 / (1 << 30), " GiB"), (1 / (1 << 20), " MiB")
_MEASURES: Mapping[tuple[str, ...], tuple[float, str]] = {
    _SHARES: (1.0, " %"),
    ("process/cpu", "workers/cpu", "cpu/throttled"): (1.0, " %"),
    ("psi/cpu", "psi/memory", "psi/io", "psi/memory_full", "psi/io_full"): (1.0, " %"),
    ("/memory_used", "/used", "/free", "/rss"): _LARGE,
    ("rx", "tx", "/read", "/write"): (1 / (1 << 20), " MiB/s"),
    ("/power",): (1.0, " W"),
    ("/temperature", "/temperature_memory", "/temperature_hot", "/temperature_margin"): (1.0, "°"),
    ("_clock",): (1.0, " MHz"),
}
"""By how a quantity's name ends: what it is multiplied with, and the unit that it then has."""


def system_charts(run: Run, swatch: Swatch, now: float) -> list[ChartSpec]:
    """Telemetry over the whole life of ``run``."""
    devices: dict[str, dict[str, Series]] = {}
    for name, series in run.system.items():
        quantity, device = _split_device(name)
        if quantity not in _NO_CURVE and not quantity.endswith(_CONSTANT) and not _is_well(quantity, series):
            devices.setdefault(quantity, {})[device] = series
    return [_chart(run, quantity, devices[quantity], swatch, now) for quantity in sorted(devices, key=_interest)]


def _is_well(quantity: str, series: Series) -> bool:
    return quantity.endswith(_TROUBLES) and series.maximum in (None, 0.0)


def _split_device(name: str) -> tuple[str, str]:
    """``gpu/0/util`` is ``gpu/util`` of device ``0``; what has no device in its name is the host's."""
    parts = name.split("/")
    if len(parts) == 3 and parts[0] == "gpu":
        return f"gpu/{parts[2]}", parts[1]
    return name, ""


def _interest(quantity: str) -> tuple[object, ...]:
    section, _, name = quantity.partition("/")
    return (_place(section, _SECTIONS), section, _place(name, _FIRST), name)


def _place(name: str, names: tuple[str, ...]) -> int:
    return names.index(name) if name in names else len(names)


def _chart(run: Run, quantity: str, found: Mapping[str, Series], swatch: Swatch, now: float) -> ChartSpec:
    kind: Kind = "line" if not quantity.endswith(_SHARES) else "percent" if len(found) == 1 else "heat"
    scale, unit = _measure(quantity, max((series.maximum or 0.0 for series in found.values()), default=0.0))
    lines = []
    for place, (device, series) in enumerate(sorted(found.items(), key=lambda item: (len(item[0]), item[0]))):
        own = swatch if len(found) == 1 else Swatch(place % SLOTS, MARKERS[place // SLOTS % len(MARKERS)])
        base = line(run, series, own, now)
        named = replace(base, key=f"{run.key}:{device}", name=f"gpu {device}" if device else run.name)
        lines.append(named if scale == 1.0 else replace(named, y=named.y * scale))
    return ChartSpec(quantity, lines, kind=kind, unit=unit)


def _measure(quantity: str, most: float) -> tuple[float, str]:
    """What ``quantity`` is multiplied with, and its unit; small amounts of memory are in MiB."""
    found = next((measure for ends, measure in _MEASURES.items() if quantity.endswith(ends)), (1.0, ""))
    return _SMALL if found == _LARGE and most < 1 / _LARGE[0] else found
