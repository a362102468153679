"""The machine in a few lines: a row for each GPU while there is room, else several beside each other, else one line.

Pure: telemetry and a size in, lines out. A value that is absent is an en dash; a device that is lost says so. A bar has
the colour of the run whose process is on the device, so the eye finds a run's devices as it finds its curves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.machine.gpu_words import bytes_pair, memory_cells, memory_text, trouble
from tui.machine.telemetry import NOBODY, Gpu, Owner, Telemetry
from tui.show import units
from tui.show.bars import block, buckets, heat, meter
from tui.show.heads import Head
from tui.show.palette import Swatch
from tui.show.spans import Line, Span, cells, gap, pad
from tui.show.text import clean, fit, fit_clause, fit_middle, width

_GAP = 2
_PERCENT_CELLS, _TEMPERATURE_CELLS, _WATT_CELLS = 5, 4, 6
_BAR, _MEMORY, _WHOSE, _TEMPERATURE, _WATT = "util", "mem", "whose", "temp", "watt"
_NARROWEST = 20
"""Cells that a device needs at least, to stand beside another one."""
_WIDE_BAR, _WIDEST_BAR, _WIDEST_NAME, _WIDEST_WHOSE = 14, 24, 20, 40
_CPU_CELLS, _CPU_SECONDS = 8, 8.0


@dataclass(frozen=True, slots=True)
class Machine:
    """What the strip is drawn from: this machine, and the runs on it."""

    telemetry: Telemetry
    owners: Mapping[str, Owner]
    """Whose processes are on a device, by its UUID."""
    swatches: Mapping[str, Swatch]
    """How each run is told apart, by its key."""
    others: str = "dim"
    """The role of the bars of devices that no run is on."""

    def owner(self, gpu: Gpu) -> Owner:
        """Whose processes are on ``gpu``."""
        return self.owners.get(gpu.uuid, NOBODY)

    def head(self, gpu: Gpu) -> Head | None:
        """The first run that has a process on ``gpu``."""
        owner = self.owner(gpu)
        named = zip(owner.runs, owner.names, strict=True)
        return next((Head(name, self.swatches[key]) for key, name in named if key in self.swatches), None)


def wanted_height(telemetry: Telemetry) -> int:
    """Lines that the strip fills when it may: a title, each device, the host, and what is wrong with all of them."""
    devices = len(telemetry.gpus)
    return (devices + 1 if devices else 1) + 1 + bool(telemetry.notice)


def strip_lines(machine: Machine, total: int, height: int) -> list[Line]:
    """The strip in at most ``height`` lines of ``total`` cells."""
    gpus = machine.telemetry.gpus
    host = [host_line(machine.telemetry, total)] if height > 1 or not gpus else []
    room = height - len(host)
    if not gpus:
        reason = machine.telemetry.why
        text = fit_clause(f"no GPU: {reason}" if reason else "no GPU", total - 1)
        return [*([pad([gap(1), Span(text, "dim")], total)] if room > 0 else []), *host]
    notice = machine.telemetry.notice
    if not notice:
        return [*gpu_lines(machine, gpus, total, room), *host]
    if room == 1:
        return [summary_line(machine, gpus, total), *host]
    said = [gap(1), Span(f"⚠ {clean(notice)}", "warn")]
    return [pad(said, total), *gpu_lines(machine, gpus, total, room - 1), *host]


def gpu_lines(machine: Machine, gpus: Sequence[Gpu], total: int, room: int) -> list[Line]:
    """As many devices beside each other as it takes; one line for all of them where even that does not fit."""
    beside = -(-len(gpus) // max(1, room))
    each = (total - 1 - _GAP * (beside - 1)) // beside
    if beside > 1 and each < _NARROWEST:
        return [summary_line(machine, gpus, total)]
    layout = _layout(machine, gpus, each)
    rows = -(-len(gpus) // beside)
    lines = [_beside([_entry(machine, gpu, layout) for gpu in gpus[row::rows]], total) for row in range(rows)]
    return [pad([gap(1), *_titles(layout)], total), *lines] if rows < room and beside == 1 else lines


def _beside(entries: Sequence[Line], total: int) -> Line:
    line: Line = [gap(1)]
    for entry in entries:
        line += [*entry, gap(_GAP)]
    return pad(line[:-1], total)


# ---------------------------------------------------------------------------------------------------------------
# One device


@dataclass(frozen=True, slots=True)
class _Layout:
    """The widths of an entry's parts; a part that is not shown has none."""

    label: int
    parts: Mapping[str, int]


def _layout(machine: Machine, gpus: Sequence[Gpu], room: int) -> _Layout:
    """What fits into ``room`` cells, the most wanted first; what is left goes to the name and the bar."""
    label = max(width(gpu.label) for gpu in gpus)
    wanted = {
        _BAR: 6,
        _MEMORY: max(memory_cells(gpu) for gpu in gpus),
        _WHOSE: 6,
        _TEMPERATURE: _TEMPERATURE_CELLS,
        _WATT: _WATT_CELLS,
    }
    left = room - label - 1 - _PERCENT_CELLS
    parts: dict[str, int] = {}
    for part, least in wanted.items():
        if left >= least + _GAP:
            parts[part] = least
            left -= least + _GAP
    longest = max(cells(named(machine, gpu)) for gpu in gpus)
    # By the names alone, never by what is wrong with whom: so nothing moves when a warning comes, grows or goes.
    for part, most in ((_WHOSE, longest), (_BAR, _WIDE_BAR), (_WHOSE, _WIDEST_WHOSE), (_BAR, _WIDEST_BAR)):
        if part in parts:
            more = min(left, max(0, most - parts[part]))
            parts[part] += more
            left -= more
    return _Layout(label, parts)


def _titles(layout: _Layout) -> Line:
    bar = layout.parts.get(_BAR, 0)
    line: Line = [Span(fit("gpu", max(3, layout.label)), "dim")]
    line.append(Span(fit("  util", layout.label + 1 + bar + 1 + _PERCENT_CELLS - max(3, layout.label)), "dim"))
    for part in (_MEMORY, _TEMPERATURE, _WATT, _WHOSE):
        if part in layout.parts:
            side = "left" if part == _WHOSE else "right"
            line += [gap(_GAP), Span(fit(part, layout.parts[part], "left" if side == "left" else "right"), "dim")]
    return line


def _entry(machine: Machine, gpu: Gpu, layout: _Layout) -> Line:
    line: Line = [Span(fit(gpu.label, layout.label, "right"), "dim"), gap(1)]
    if gpu.status != "ok":
        rest = sum(layout.parts.values()) + _GAP * len(layout.parts) + _PERCENT_CELLS - (_BAR in layout.parts)
        return [*line, *pad([Span(f"✖ {clean(gpu.status)}", "bad"), Span(f"  {clean(gpu.name)}", "dim")], rest)]
    line += _use(machine, gpu, layout.parts.get(_BAR, 0))
    texts = {_MEMORY: memory_text(gpu), _TEMPERATURE: _degrees(gpu), _WATT: _watts(gpu)}
    for part, text in texts.items():
        if part in layout.parts:
            line += [gap(_GAP), Span(fit(text, layout.parts[part], "right"), _tone(gpu, part))]
    if _WHOSE in layout.parts:
        line += [gap(_GAP), *pad(_whose(machine, gpu, layout.parts[_WHOSE]), layout.parts[_WHOSE])]
    return line


def _use(machine: Machine, gpu: Gpu, bar: int) -> Line:
    """The bar and the percentage."""
    util = gpu.values.get("util")
    head = machine.head(gpu)
    full, empty = ("", " " * bar) if util is None else meter(util / 100, bar)
    shown = Span(fit(units.percent(util), _PERCENT_CELLS, "right"), "dim" if util is None else "")
    if not bar:
        return [shown]
    return [Span(full, head.role if head else machine.others), Span(empty, "faint"), gap(1), shown]


def _tone(gpu: Gpu, part: str) -> str:
    """The role of a value that deserves a look, or that is absent."""
    if part == _MEMORY:
        return "" if "memory_used" in gpu.values else "dim"
    if part == _TEMPERATURE and any("thermal" in reason for reason in gpu.reasons):
        return "warn"
    return "" if {_TEMPERATURE: "temperature", _WATT: "power"}[part] in gpu.values else "dim"


def _degrees(gpu: Gpu) -> str:
    value = gpu.values.get("temperature")
    return units.ABSENT if value is None else f"{value:.0f}°"


def _watts(gpu: Gpu) -> str:
    value = gpu.values.get("power")
    return units.ABSENT if value is None else f"{value:.0f} W"


def _whose(machine: Machine, gpu: Gpu, room: int) -> Line:
    """The run on the device, how many more there are, and what is wrong: its sign only, where words do not fit."""
    name = named(machine, gpu)
    wrong = trouble(gpu, machine.owner(gpu))
    if not wrong:
        return name
    words = Span(f" ⚠ {clean(wrong)}", "warn")
    return (
        [*name, words]
        if cells([*name, words]) <= room
        else [*pad(name, min(cells(name), room - 2)), Span(" ⚠", "warn")]
    )


def named(machine: Machine, gpu: Gpu, most: int = _WIDEST_NAME) -> Line:
    """Whose processes are on ``gpu``, in at most ``most`` cells, in the colour of the run."""
    owner, head = machine.owner(gpu), machine.head(gpu)
    if gpu.status != "ok":
        return []
    if head is not None:
        more = len(owner.runs) - 1 + owner.others
        name = fit_middle(head.name, most - 3 if more else most)
        return [Span(name, head.role), *([Span(f" +{more}", "dim")] if more else [])]
    said = {"other": ", ".join(owner.users) or "other", "hidden": "unseen process", "free": "free"}
    return [Span(clean(said.get(owner.kind, units.ABSENT)), "dim")]


# ---------------------------------------------------------------------------------------------------------------
# All devices in one line, and the host


def summary_line(machine: Machine, gpus: Sequence[Gpu], total: int) -> Line:
    """One block for each device, then the mean use, memory, heat and power of all of them."""
    blocks = [_block(gpu) for gpu in gpus]
    line: Line = [gap(1), Span(f"{len(gpus)} gpu " if len(gpus) > 1 else "gpu ", "dim"), *blocks]
    util = [gpu.values["util"] for gpu in gpus if "util" in gpu.values]
    if util:
        line.append(Span(f" {units.percent(sum(util) / len(util))}"))
    wrong = machine.telemetry.notice or _counted([trouble(gpu, machine.owner(gpu)) for gpu in gpus])
    if wrong:
        line.append(Span(f"  ⚠ {clean(wrong)}", "warn"))
    parts = [
        ("mem", _total_memory(gpus)),
        ("hottest", _hottest(gpus)),
        ("power", total_power(gpus)),
    ]
    return _fill(line, [[Span(f"{name} ", "dim"), Span(text)] for name, text in parts if text], total)


def _counted(troubles: Sequence[str]) -> str:
    """What is wrong with how many devices: ``1 lost, 3 idle``."""
    counts = Counter(trouble.split(" ")[0] if trouble.startswith("idle") else trouble for trouble in troubles)
    return ", ".join(f"{count} {word}" for word, count in counts.most_common() if word)


def _block(gpu: Gpu) -> Span:
    if gpu.status != "ok":
        return Span("✖", "bad")
    util = gpu.values.get("util")
    return Span("·", "dim") if util is None else Span(block(util / 100), heat(util / 100))


def _total_memory(gpus: Sequence[Gpu]) -> str:
    both = [gpu for gpu in gpus if {"memory_used", "memory_total"} <= gpu.values.keys()]
    if not both:
        return ""
    return bytes_pair(sum(gpu.values["memory_used"] for gpu in both), sum(gpu.values["memory_total"] for gpu in both))


def _hottest(gpus: Sequence[Gpu]) -> str:
    degrees = [gpu.values["temperature"] for gpu in gpus if "temperature" in gpu.values]
    return f"{max(degrees):.0f}°" if degrees else ""


def total_power(gpus: Sequence[Gpu]) -> str:
    """What the devices draw together; empty where none says."""
    watts = [gpu.values["power"] for gpu in gpus if "power" in gpu.values]
    return "" if not watts else f"{sum(watts):.0f} W" if sum(watts) < 1000 else f"{sum(watts) / 1000:.1f} kW"


def host_line(telemetry: Telemetry, total: int) -> Line:
    """Processors with their last minute, memory, disk and network, as many as fit."""
    host = telemetry.host
    parts: list[Line] = []
    if "cpu/percent" in host:
        history = telemetry.host_history
        shares = buckets(history.times, history.values("cpu/percent"), _CPU_CELLS, _CPU_SECONDS)
        trend = "".join(block(None if share is None else share / 100) for share in shares)
        parts.append([Span("cpu ", "dim"), Span(trend, "dim"), Span(f" {units.percent(host['cpu/percent']):>5}")])
    if "memory/used" in host or "memory/total" in host:
        pair = bytes_pair(host.get("memory/used"), host.get("memory/total"))
        parts.append([Span("ram ", "dim"), Span(pair, _memory_tone(host))])
    if "disk/free" in host:
        parts.append([Span("disk ", "dim"), Span(f"{units.size(host['disk/free'])} free")])
    if "net/rx" in host or "net/tx" in host:
        rate = host.get("net/rx", 0.0) + host.get("net/tx", 0.0)
        parts.append([Span("net ", "dim"), Span(f"{units.size(rate)}/s")])
    if not parts:
        parts.append([Span("waiting for the first sample" if telemetry.time is None else "host says nothing", "dim")])
    return _fill([gap(1), *parts[0]], parts[1:], total)


def _memory_tone(host: Mapping[str, float]) -> str:
    total = host.get("memory/total")
    return "warn" if total and host.get("memory/used", 0.0) > 0.95 * total else ""


def _fill(line: Line, parts: Sequence[Line], total: int) -> Line:
    """``line`` with as many whole parts behind it as fit."""
    for part in parts:
        if cells(line) + 3 + cells(part) < total:
            line = [*line, gap(3), *part]
    return pad(line, total)
