"""The host in a few rows: processors, memory, disk and network, each with what may be holding a training up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np

from tui.machine.device_lines import history, pace
from tui.machine.gpu_words import bytes_pair
from tui.machine.telemetry import Telemetry
from tui.show import units
from tui.show.bars import block, buckets, meter
from tui.show.spans import Line, Span, cells, gap, pad
from tui.show.text import clean

BESIDE = 180
"""Cells from which on the processors stand beside the rest."""
_PARTS = ("cpu", "cores", "ram", "disk", "net")
_LABEL = 6
_STRIP_SHARE = 4
_WIDEST_STRIP = 60
_FULL = 0.95
"""Share from which on a core, or the memory, is as good as full."""
_PRESSURE = 10.0
"""Per cent of the time that tasks waited, from which on it is told as a warning."""


def host_lines(telemetry: Telemetry, total: int) -> list[Line]:
    """A title, then what each part of the host says, in lines of ``total`` cells; in two columns on wide ones."""
    host = telemetry.host
    name = f"  {clean(telemetry.host_name)}" if telemetry.host_name else ""
    title = pad([Span(" host", "strong"), Span(name if host else "  waiting for the first sample", "dim")], total)
    if total < BESIDE:
        return [title, *_rows(telemetry, _PARTS, total)]
    half = total // 2
    pairs = zip_longest(*(_rows(telemetry, parts, half) for parts in (_PARTS[:2], _PARTS[2:])), fillvalue=[gap(half)])
    return [title, *(pad([*left, *right], total) for left, right in pairs)]


def _rows(telemetry: Telemetry, parts: Sequence[str], total: int) -> list[Line]:
    """A row for each of the parts that says something."""
    host, strip = telemetry.host, min(_WIDEST_STRIP, max(12, total // _STRIP_SHARE))
    rows: dict[str, tuple[Line, list[Line]]] = {
        "cpu": (_cpu_strip(telemetry, strip), _cpu(host)),
        "cores": (_cores(telemetry.cores, total - _LABEL - 2), []),
        "ram": (_memory_bar(host, strip), _memory(host)),
        "disk": (_disk_bar(host, strip), _disk(host)),
        "net": (_net_strip(telemetry, strip), _network(host)),
    }
    said = [(part, *rows[part]) for part in parts if rows[part][1] or (part == "cores" and rows[part][0])]
    return [_row(part, first, rest, total) for part, first, rest in said]


def _row(label: str, first: Line, parts: Sequence[Line], total: int) -> Line:
    """As many whole parts as fit behind the bar."""
    line: Line = [gap(1), Span(f"{label:<{_LABEL}}", "dim"), *first]
    for part in parts:
        if cells(line) + 2 + cells(part) <= total:
            line = [*line, gap(2), *part]
    return pad(line, total)


def _part(name: str, text: str, role: str = "") -> Line:
    return [Span(f"{name} ", "dim"), Span(text, role)]


def _percents(host: Mapping[str, float], names: Mapping[str, str], warn: float = 1e9) -> list[Line]:
    """The percentages that are there, each with its word; in the colour of a warning from ``warn`` on."""
    return [
        _part(word, units.percent(host[key]), "warn" if host[key] >= warn else "")
        for key, word in names.items()
        if key in host
    ]


# ---------------------------------------------------------------------------------------------------------------
# Processors


def _cpu_strip(telemetry: Telemetry, strip: int) -> Line:
    return history(telemetry.host_history, "cpu/percent", strip, pace(telemetry, strip), "accent")


def _cpu(host: Mapping[str, float]) -> list[Line]:
    parts: list[Line] = []
    if "cpu/percent" in host:
        parts.append([Span(f"{units.percent(host['cpu/percent']):>5}"), Span(_of_cores(host), "dim")])
    parts += _percents(host, {"cpu/host_percent": "whole host", "cpu/busiest": "busiest core"})
    parts += _percents(host, {"cpu/iowait": "waits for disk", "cpu/throttled": "stopped at limit"}, _PRESSURE)
    loads = [f"{host[key]:.1f}" for key in ("load/1", "load/5", "load/15") if key in host]
    if loads:
        parts.append(_part("load", " ".join(loads)))
    return [*parts, *_percents(host, {"psi/cpu": "pressure"}, _PRESSURE)]


def _of_cores(host: Mapping[str, float]) -> str:
    cores = host.get("cpu/limit", host.get("cpu/count"))
    return "" if cores is None else f" of {cores:g} cores"


def _cores(cores: Sequence[float], room: int) -> Line:
    """One block for each core, or for the busiest of some neighbours where there are more cores than cells."""
    each = -(-len(cores) // max(1, room))
    busiest = [max(cores[place : place + each]) / 100 for place in range(0, len(cores), max(1, each))]
    return [Span(block(share), "warn" if share >= _FULL else "accent") for share in busiest]


# ---------------------------------------------------------------------------------------------------------------
# Memory, disk, network


def _bar(share: float | None, strip: int, full_role: str) -> Line:
    if share is None:
        return [gap(strip)]
    full, empty = meter(share, strip)
    return [Span(full, full_role), Span(empty, "faint")]


def _share(host: Mapping[str, float], used: str, total: str) -> float | None:
    whole = host.get(total)
    return host[used] / whole if whole and used in host else None


def _memory_bar(host: Mapping[str, float], strip: int) -> Line:
    share = _share(host, "memory/used", "memory/total")
    return _bar(share, strip, "warn" if share and share > _FULL else "accent")


def _memory(host: Mapping[str, float]) -> list[Line]:
    parts: list[Line] = []
    if "memory/total" in host or "memory/used" in host:
        parts.append([Span(bytes_pair(host.get("memory/used"), host.get("memory/total")))])
    if "memory/host_total" in host:
        parts.append(_part("whole host", bytes_pair(host.get("memory/host_used"), host["memory/host_total"])))
    if host.get("swap/used", 0.0) > 0:
        parts.append(_part("swap", bytes_pair(host["swap/used"], host.get("swap/total"))))
    if host.get("memory/oom_kills", 0.0) > 0:
        parts.append(_part("killed for memory", units.count(host["memory/oom_kills"]), "bad"))
    return [*parts, *_percents(host, {"psi/memory": "pressure"}, _PRESSURE)]


def _disk_bar(host: Mapping[str, float], strip: int) -> Line:
    free = _share(host, "disk/free", "disk/total")
    return _bar(None if free is None else 1 - free, strip, "warn" if free is not None and free < 0.1 else "accent")


def _disk(host: Mapping[str, float]) -> list[Line]:
    parts: list[Line] = []
    if "disk/unanswered" in host:
        parts.append([Span(f"has not answered for {units.duration(host['disk/unanswered'])}", "bad")])
    if "disk/free" in host:
        whole = f" of {units.size(host['disk/total'])}" if "disk/total" in host else ""
        parts.append([Span(f"{units.size(host['disk/free'])} free"), Span(whole, "dim")])
    inodes = _share(host, "disk/inodes_free", "disk/inodes_total")
    if inodes is not None and inodes < 0.1:
        parts.append(_part("inodes free", units.percent(100 * inodes), "warn"))
    parts += _rates(host, {"disk/read": "read", "disk/write": "write"})
    return [*parts, *_percents(host, {"disk/busy": "busy", "psi/io": "pressure"}, 90.0)]


def _net_strip(telemetry: Telemetry, strip: int) -> Line:
    """The traffic of the last minutes, in parts of its own highest."""
    ring = telemetry.host_history
    both = np.nan_to_num(ring.values("net/rx")) + np.nan_to_num(ring.values("net/tx"))
    means = buckets(ring.times, both, strip, pace(telemetry, strip))
    top = max((mean for mean in means if mean is not None), default=0.0)
    return [Span("".join(block(mean / top if top and mean is not None else None) for mean in means), "dim")]


def _network(host: Mapping[str, float]) -> list[Line]:
    parts = _rates(host, {"net/rx": "in", "net/tx": "out", "ib/rx": "infiniband in", "ib/tx": "out"})
    if host.get("ib/ports_down", 0.0) > 0:
        parts.append(_part("ports down", units.count(host["ib/ports_down"]), "bad"))
    return parts


def _rates(host: Mapping[str, float], names: Mapping[str, str]) -> list[Line]:
    return [_part(word, f"{units.size(host[key])}/s") for key, word in names.items() if key in host]
