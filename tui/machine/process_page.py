"""One process whole: what it is, what it takes, whose run it is, and its family as a tree. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import PurePath

from collectors.backend import GpuProcess
from tui.machine.process_facts import Facts, Kin
from tui.machine.process_rows import Row
from tui.machine.telemetry import Gpu
from tui.show import units
from tui.show.spans import Line, Span, cells, gap, pad
from tui.show.text import clean, fit, wrapped

_LABEL, _APART = 9, 3
_MOST_COMMAND = 6
_STATES = {
    "R": "running", "S": "sleeping", "D": "waits for disk", "T": "stopped", "t": "traced", "Z": "ended", "I": "idle"
}  # fmt: skip


def fact_lines(
    facts: Facts | None, row: Row, gpus: Sequence[Gpu], missing: str, now: float, total: int, zone: tzinfo | None = None
) -> list[Line]:
    """A line for each thing that is known, in ``total`` cells; a long command in several.

    Args:
        facts: what the system says; None where it says nothing.
        row: what the sampler said of it last.
        gpus: the devices, with the processes on each.
        missing: why there are no facts.
        now: seconds since the epoch.
        total: cells of a line.
        zone: the time zone of its start; None is the machine's.
    """
    pid = facts.own.pid if facts is not None else row.pids[0]
    said = [("", [[Span(clean(missing), "warn")]])] if facts is None else _of_system(facts, now, total, zone)
    run = [] if row.head is None else [("run", [[Span(clean(row.head.name), row.head.role), *_part(row)]])]
    devices = [
        ("gpu" if not place else "", [line]) for place, line in enumerate(_devices(pid, gpus, total - _LABEL - 1))
    ]
    takes = [("takes", [takes])] if (takes := _takes(row)) else []
    command = [("command", [[Span(text)] for text in _command(row.command, total)])] if facts is None else []
    parts = [*command, *said, *run, *takes, *devices]
    return [
        pad(_labelled(label if not place else "", line), total)
        for label, lines in parts
        for place, line in enumerate(lines)
    ]


def _of_system(facts: Facts, now: float, total: int, zone: tzinfo | None) -> list[tuple[str, list[Line]]]:
    own = facts.own
    parts = [("command", [[Span(text)] for text in _command(own.command, total)])]
    if facts.cwd is not None:
        parts.append(("in", [[Span(clean(facts.cwd))]]))
    threads = f"{facts.threads} thread{'s' if facts.threads != 1 else ''}"
    user = [Span(clean(own.user)), gap(2)] if own.user else []
    parts.append(("user", [[*user, Span(f"{_STATES.get(own.state, own.state)}, {threads}", "dim")]]))
    if facts.started is not None:
        since = datetime.fromtimestamp(facts.started, zone).strftime("%Y-%m-%d %H:%M:%S")
        age = units.duration(max(0.0, now - facts.started))
        parts.append(("started", [[Span(since), Span(f"  {age} ago", "dim")]]))
    return parts


def _command(command: str, total: int) -> list[str]:
    lines = wrapped(clean(command), max(12, total - _LABEL - 2))
    return lines if len(lines) <= _MOST_COMMAND else [*lines[: _MOST_COMMAND - 1], f"{lines[_MOST_COMMAND - 1][:-1]}…"]


def _part(row: Row) -> Line:
    """What it does in its run."""
    rank = f" {row.rank}" if row.rank is not None else ""
    said = f"rank{rank}" if row.role == "rank" else f"{row.role}{f', rank{rank}' if rank else ''}"
    return [Span(f"  {said}", "dim")] if row.role else []


def _takes(row: Row) -> Line:
    parts = [
        ("cpu", row.cpu, units.percent(row.cpu)),
        ("ram", row.rss, units.size(row.rss)),
        ("read", row.read, f"{units.size(row.read)}/s"),
        ("write", row.write, f"{units.size(row.write)}/s"),
    ]
    shown = [[Span(f"{name} ", "dim"), Span(text), gap(2)] for name, value, text in parts if value is not None]
    return [span for part in shown for span in part]


def _devices(pid: int, gpus: Sequence[Gpu], room: int) -> list[Line]:
    """Each device that it is on, with what it takes there: beside each other where there are several."""
    on = [(gpu, process) for gpu in gpus for process in gpu.processes or () if process.pid == pid]
    entries = [_device(gpu, process) for gpu, process in on]
    if len(entries) == 1:
        return [[*entries[0], Span(f"  {clean(on[0][0].name)}", "dim")]]
    widest = max(map(cells, entries), default=0)
    beside = max(1, (room + _APART) // (widest + _APART))
    rows = [entries[place : place + beside] for place in range(0, len(entries), beside)]
    return [[span for entry in row for span in (*pad(entry, widest), gap(_APART))] for row in rows]


def _device(gpu: Gpu, process: GpuProcess) -> Line:
    sm = [Span("  sm ", "dim"), Span(f"{units.percent(process.sm):>5}")] if process.sm is not None else []
    return [Span(f"{gpu.label:<3}", "dim"), Span(f"{units.size(process.memory):>8}"), *sm]


def _labelled(label: str, line: Line) -> Line:
    return [gap(1), Span(f"{label:<{_LABEL}}", "dim"), *line]


def kin_line(kin: Kin, own: int | None, total: int) -> Line:
    """A process of the family: deeper ones stand further to the right; the one it is about is the strong one."""
    indent = "  " * min(kin.depth, max(0, total // 6))
    words = (PurePath(kin.words[0]).name, *kin.words[1:]) if kin.words else (f"[{kin.name}]",)
    state = _STATES.get(kin.state, "") if kin.state in "DTtZ" else ""
    told = [Span(f"  {state}", "warn" if kin.state == "D" else "dim")] if state else []
    role = "strong" if kin.pid == own else ""
    line: Line = [gap(1), Span(f"{kin.pid:>7} ", "dim"), Span(f"{fit(kin.user, 8)}  ", "dim")]
    return pad([*line, Span(indent), Span(clean(" ".join(words)), role), *told], total)
