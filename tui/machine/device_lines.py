"""Every device of this machine as a row with its history, and what slows it down in words. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui.details.run_facts import counted
from tui.machine.gpu_strip_lines import Machine, named, total_power
from tui.machine.gpu_words import memory_cells, memory_text, rates_pair, reason_words, severe, trouble
from tui.machine.telemetry import Gpu, Ring, Telemetry
from tui.show import units
from tui.show.bars import block, buckets, meter
from tui.show.fields import GAP, Field, fitting, table_lines, taken
from tui.show.spans import Line, Span, gap, pad
from tui.show.text import clean, fit, wrapped

SPAN = 600.0
"""Seconds of history in a strip at most."""
_NARROWEST_STRIP, _STRIP, _WIDEST_STRIP = 12, 18, 100
_WIDE, _WIDEST = 118, 178
"""Cells from which on there is room for all that is to say of a device's state, and for long names: of terminals with
120 and 180 columns, beside a scrollbar."""
_NAME, _LONG_NAME = 20, 36
"""Cells of a run's name at most."""
_BAR = 8


def device_lines(machine: Machine, total: int) -> list[Line]:
    """A title, then one row for each device, in lines of ``total`` cells."""
    telemetry = machine.telemetry
    gpus = telemetry.gpus
    if not gpus:
        said = wrapped(f"no GPU: {clean(telemetry.why)}" if telemetry.why else "no GPU", max(12, total - 8))
        heads = [Span(" gpus", "strong"), *(gap(5) for _ in said[1:])]
        return [pad([head, Span(f"  {text}", "dim")], total) for head, text in zip(heads, said, strict=True)]
    lines = [title_line(machine, total)]
    others = _fields(machine, gpus, total)
    least = _STRIP if total >= _WIDE else _NARROWEST_STRIP
    kept = fitting(others, total - 1 - least - GAP)
    room = min(_WIDEST_STRIP, total - 1 - taken(kept) - GAP)
    if room >= _NARROWEST_STRIP:
        kept.insert(1, _strips(machine, gpus, room))
    return [*lines, *table_lines(kept, total)]


def title_line(machine: Machine, total: int) -> Line:
    """Which devices there are, how many are free, what all of them draw, what is wrong with all, and their driver."""
    telemetry = machine.telemetry
    gpus = telemetry.gpus
    models = counted(tuple(clean(gpu.name) for gpu in gpus if gpu.name))
    together = _together(machine) if len(gpus) > 1 else []
    warning = [Span(f"⚠ {clean(telemetry.notice)}", "warn")] if telemetry.notice else []
    versions = [Span(clean(telemetry.driver), "dim")] if telemetry.driver else []
    told = [span for part in (Span(models, "dim"), *warning, *together, *versions) for span in (gap(2), part)]
    return pad([Span(" gpus", "strong"), *told], total)


def _together(machine: Machine) -> list[Span]:
    """What one asks of several devices at once: whether one is free, and their power."""
    gpus = machine.telemetry.gpus
    kinds = [machine.owner(gpu).kind for gpu in gpus if gpu.status == "ok"]
    free = [Span(f"{kinds.count('free')} free")] if "free" in kinds else []
    power = total_power(gpus)
    return [*free, *([Span(power, "dim")] if power else [])]


def _strips(machine: Machine, gpus: Sequence[Gpu], cells: int) -> Field:
    """The use of each device over time, in the colour of the run that is on it."""
    seconds = pace(machine.telemetry, cells)
    span = min(SPAN, cells * seconds)
    title = f"last {span:.0f} s" if span < 120 else f"last {span / 60:.0f} min"
    heads = [machine.head(gpu) for gpu in gpus]
    strips = [
        history(gpu.history, _use(gpu), cells, seconds, head.role if head else machine.others)
        for gpu, head in zip(gpus, heads, strict=True)
    ]
    return Field(title, strips, 0, least=cells, most=cells)


def _use(gpu: Gpu) -> str:
    """What tells how busy it is: devices that are cut into instances say it of their multiprocessors alone."""
    return "util" if "util" in gpu.history else "sm_active"


def pace(telemetry: Telemetry, cells: int) -> float:
    """Seconds to a cell, so that a strip is soon filled and then holds ten minutes: it doubles when it is full."""
    times = telemetry.host_history.times
    most = math.ceil(SPAN / cells)
    if len(times) < 2:
        return 1.0
    age = float(times[-1] - times[0])
    seconds = max(1, math.ceil(age / (len(times) - 1) - 0.5))
    while seconds < most and seconds * cells < age:
        seconds *= 2
    return float(min(seconds, max(1, most)))


def history(ring: Ring, key: str, cells: int, seconds: float, role: str) -> Line:
    """The last minutes of a percentage in one row: each cell as high as the mean of its ``seconds``."""
    means = buckets(ring.times, ring.values(key), cells, seconds)
    return [Span("".join(block(None if mean is None else mean / 100) for mean in means), role)]


def _fields(machine: Machine, gpus: Sequence[Gpu], total: int) -> list[Field]:
    wide, name = total >= _WIDE, _LONG_NAME if total >= _WIDEST else _NAME
    return [
        Field("gpu", [[Span(gpu.label, "dim")] for gpu in gpus], 0, "right"),
        Field("util", [_percent(gpu, "util") for gpu in gpus], 1, "right", least=5),
        _memory(gpus, _BAR if wide else 0),
        Field("temp", [_plain(_number(gpu, "temperature", "°")) for gpu in gpus], 5, "right", least=4),
        Field("watt", [_plain(_power(gpu)) for gpu in gpus], 6, "right", least=9),
        Field("sm", [_percent(gpu, "sm_active") for gpu in gpus], 9, "right", least=5),
        Field("tensor", [_percent(gpu, "tensor_active") for gpu in gpus], 10, "right"),
        Field("dram", [_percent(gpu, "dram_active") for gpu in gpus], 11, "right", least=5),
        Field("clock", [_plain(_number(gpu, "sm_clock", " MHz")) for gpu in gpus], 8, "right", least=8),
        Field("mem clock", [_plain(_number(gpu, "memory_clock", " MHz")) for gpu in gpus], 18, "right"),
        Field("perf", [_plain(_number(gpu, "pstate", "", "P")) for gpu in gpus], 12, "right"),
        Field("fan", [_percent(gpu, "fan") for gpu in gpus], 7, "right", least=5),
        Field("pcie in/out", [_plain(_rates(gpu, "pcie")) for gpu in gpus], 14, "right", least=13),
        Field("nvlink in/out", [_plain(_rates(gpu, "nvlink")) for gpu in gpus], 15, "right", least=13),
        Field("energy", [_plain(_energy(gpu)) for gpu in gpus], 17, "right", least=8),
        Field("ecc errors", [_ecc(gpu) for gpu in gpus], 16, "right"),
        Field("whose", [named(machine, gpu, name) for gpu in gpus], 3),
        Field("state", [_state(machine, gpu, wide=wide) for gpu in gpus], 4, least=13, most=40 if wide else 13),
    ]


def _memory(gpus: Sequence[Gpu], bar: int) -> Field:
    """Used and total, behind a bar of ``bar`` cells."""
    widest = max(map(memory_cells, gpus))
    lines = [[*_meter(gpu, bar), *pad(_plain(fit(memory_text(gpu), widest, "right")), widest)] for gpu in gpus]
    return Field("mem", lines, 2, "right", least=widest + bar + bool(bar))


def _meter(gpu: Gpu, bar: int) -> Line:
    used, total = gpu.values.get("memory_used"), gpu.values.get("memory_total")
    if not bar:
        return []
    if used is None or not total:
        return [gap(bar + 1)]
    full, empty = meter(used / total, bar)
    return [Span(full, "accent"), Span(empty, "faint"), gap(1)]


def _plain(text: str) -> Line:
    return [Span(text, "dim" if text.startswith(units.ABSENT) else "")] if text else []


def _number(gpu: Gpu, key: str, unit: str, sign: str = "") -> str:
    value = gpu.values.get(key)
    return "" if value is None else f"{sign}{value:.0f}{unit}"


def _percent(gpu: Gpu, key: str) -> Line:
    """Blank where the device does not say, so that a column that no device fills takes no room."""
    value = gpu.values.get(key)
    if value is None:
        return _plain(units.ABSENT) if key == "util" else []
    return _plain(units.percent(value))


def _power(gpu: Gpu) -> str:
    power, limit = gpu.values.get("power"), gpu.values.get("power_limit")
    if power is None:
        return ""
    return f"{power:.0f} W" if limit is None else f"{power:.0f}/{limit:.0f} W"


def _rates(gpu: Gpu, link: str) -> str:
    """What came in and went out."""
    return rates_pair(gpu.values.get(f"{link}_rx"), gpu.values.get(f"{link}_tx"))


def _energy(gpu: Gpu) -> str:
    """What the board took since its driver was loaded."""
    joules = gpu.values.get("energy")
    return "" if joules is None else f"{units.amount(joules / 3.6e6)} kWh"


def _ecc(gpu: Gpu) -> Line:
    """Memory errors since the driver was loaded: those that were mended, and those that could not be."""
    mended, lost = gpu.values.get("ecc_corrected"), gpu.values.get("ecc_uncorrected")
    if lost:
        return [Span(f"{units.count(lost)} uncorrected", "bad")]
    if mended:
        return [Span(f"{units.count(mended)} corrected")]
    return [] if mended is None and lost is None else [Span("none", "dim")]


def _state(machine: Machine, gpu: Gpu, *, wide: bool) -> Line:
    """What is wrong with the device, and what keeps its clocks down where there is room for both, in words."""
    wrong = trouble(gpu, machine.owner(gpu))
    if gpu.status != "ok":
        return [Span(f"✖ {clean(wrong)}", "bad")]
    usual = reason_words(reason for reason in gpu.reasons if reason not in severe(gpu.reasons))
    warning = [Span(f"⚠ {clean(wrong)}", "warn")] if wrong else []
    normal = [Span(", ".join(usual), "dim")] if usual and (wide or not warning) else []
    return [*warning, *([gap(2)] if warning and normal else []), *normal]
