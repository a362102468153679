"""Every device of this machine as a row with its history, and what slows it down in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui.details.run_facts import counted
from tui.machine.gpu_strip_lines import Machine, named
from tui.machine.gpu_words import memory_cells, memory_text, reason_words, severe, trouble
from tui.machine.telemetry import Gpu, Ring
from tui.show import units
from tui.show.bars import block, buckets
from tui.show.fields import GAP, Field, fitting, table_lines, taken
from tui.show.spans import Line, Span, gap, pad
from tui.show.text import clean, wrapped

SPAN = 600.0
"""Seconds of history in a strip."""
_NARROWEST_STRIP, _WIDEST_STRIP = 12, 100
_WIDE, _WIDEST = 120, 180
"""Cells from which on there is room for all that is to say of a device's state, and for long names."""
_NAME, _LONG_NAME = 20, 36
"""Cells of a run's name at most."""


def device_lines(machine: Machine, total: int) -> list[Line]:
    """A title, then one row for each device, in lines of ``total`` cells."""
    telemetry = machine.telemetry
    gpus = telemetry.gpus
    if not gpus:
        said = wrapped(f"no GPU: {clean(telemetry.why)}" if telemetry.why else "no GPU", max(12, total - 8))
        heads = [Span(" gpus", "strong"), *(gap(5) for _ in said[1:])]
        return [pad([head, Span(f"  {text}", "dim")], total) for head, text in zip(heads, said, strict=True)]
    lines = [_title(gpus, telemetry.driver, telemetry.notice, total)]
    others = _fields(machine, gpus, total)
    kept = fitting(others, total - 1 - _NARROWEST_STRIP - GAP)
    room = min(_WIDEST_STRIP, total - 1 - taken(kept) - GAP)
    if room >= _NARROWEST_STRIP:
        kept.insert(1, _strips(machine, gpus, room))
    return [*lines, *table_lines(kept, total)]


def _title(gpus: Sequence[Gpu], driver: str, notice: str, total: int) -> Line:
    models = counted(tuple(clean(gpu.name) for gpu in gpus if gpu.name))
    warning = [Span(f"  ⚠ {clean(notice)}", "warn")] if notice else []
    versions = [Span(f"  {clean(driver)}", "dim")] if driver else []
    return pad([Span(" gpus", "strong"), Span(f"  {models}", "dim"), *warning, *versions], total)


def _strips(machine: Machine, gpus: Sequence[Gpu], cells: int) -> Field:
    """The use of each device over time, in the colour of the run that is on it."""
    title = f"last {SPAN / 60:.0f} min"
    heads = [machine.head(gpu) for gpu in gpus]
    strips = [
        history(gpu.history, "util", cells, head.role if head else "dim") for gpu, head in zip(gpus, heads, strict=True)
    ]
    return Field(title, strips, 0, least=cells, most=cells)


def history(ring: Ring, key: str, cells: int, role: str) -> Line:
    """The last ten minutes of a percentage in one row: each cell as high as the mean of its time."""
    means = buckets(ring.times, ring.values(key), cells, max(1.0, -(-SPAN // cells)))
    return [Span("".join(block(None if mean is None else mean / 100) for mean in means), role)]


def _fields(machine: Machine, gpus: Sequence[Gpu], total: int) -> list[Field]:
    wide, name = total >= _WIDE, _LONG_NAME if total >= _WIDEST else _NAME
    return [
        Field("gpu", [[Span(gpu.label, "dim")] for gpu in gpus], 0, "right"),
        Field("util", [_percent(gpu, "util") for gpu in gpus], 1, "right", least=5),
        Field("mem", [_plain(memory_text(gpu)) for gpu in gpus], 2, "right", least=max(map(memory_cells, gpus))),
        Field("temp", [_plain(_number(gpu, "temperature", "°")) for gpu in gpus], 5, "right", least=4),
        Field("watt", [_plain(_power(gpu)) for gpu in gpus], 6, "right", least=9),
        Field("sm", [_percent(gpu, "sm_active") for gpu in gpus], 8, "right", least=5),
        Field("tensor", [_percent(gpu, "tensor_active") for gpu in gpus], 9, "right"),
        Field("clock", [_plain(_number(gpu, "sm_clock", " MHz")) for gpu in gpus], 7, "right", least=8),
        Field("fan", [_percent(gpu, "fan") for gpu in gpus], 10, "right", least=5),
        Field("whose", [named(machine, gpu, name) for gpu in gpus], 3),
        Field("state", [_state(machine, gpu, wide=wide) for gpu in gpus], 4, least=13, most=40 if wide else 13),
    ]


def _plain(text: str) -> Line:
    return [Span(text, "dim" if text.startswith(units.ABSENT) else "")] if text else []


def _number(gpu: Gpu, key: str, unit: str) -> str:
    value = gpu.values.get(key)
    return "" if value is None else f"{value:.0f}{unit}"


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


def _state(machine: Machine, gpu: Gpu, *, wide: bool) -> Line:
    """What is wrong with the device, and what keeps its clocks down where there is room for both, in words."""
    wrong = trouble(gpu, machine.owner(gpu))
    if gpu.status != "ok":
        return [Span(f"✖ {clean(wrong)}", "bad")]
    usual = reason_words(reason for reason in gpu.reasons if reason not in severe(gpu.reasons))
    warning = [Span(f"⚠ {clean(wrong)}", "warn")] if wrong else []
    normal = [Span(", ".join(usual), "dim")] if usual and (wide or not warning) else []
    return [*warning, *([gap(2)] if warning and normal else []), *normal]
