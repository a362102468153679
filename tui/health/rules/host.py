"""``disk`` and ``host_memory``: what the host runs out of, with the time that is left.

gpud and the kubelet warn at 10 % of a disk; on a large one that is plenty, so bytes count too. Memory is measured
against what the control group allows, without the file cache that the kernel gives back by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding, Level
from tui.health.evidence import MachineEvidence, RunEvidence, Space
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units

MINUTES = 600.0
"""Seconds left at which it is too late to wait."""
FRESH = 30.0
"""Seconds after which a row of a run's telemetry says nothing about now."""
HANGING = 30.0
"""Seconds after which a file system that does not answer hangs."""


def disk(machine: MachineEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while the disk of the store has little space or few inodes left, or does not answer."""
    if machine.disk is not None:
        yield from _bytes(machine.disk, thresholds)
    if machine.inodes is not None:
        yield from _inodes(machine.inodes, thresholds)
    if machine.disk_unanswered is not None and machine.disk_unanswered >= HANGING:
        text = f"asked {units.duration(machine.disk_unanswered)} ago: a network mount that hangs?"
        since = now - machine.disk_unanswered
        yield Finding("the store's disk does not answer", text, "ERROR", since, subject="unanswered")


def _bytes(space: Space, thresholds: Thresholds) -> Iterator[Finding]:
    little = space.free < thresholds.disk_bytes and space.free < thresholds.disk_percent / 100 * space.total
    level = _level(space, thresholds, little=little, least=space.free < thresholds.disk_least_bytes)
    if level:
        text = f"{units.size(space.free)} of {units.size(space.total)} free"
        text += f", falling {units.size(space.fall)}/s" if space.fall else ""
        yield Finding(_title("disk", space), text, level)


def _inodes(space: Space, thresholds: Thresholds) -> Iterator[Finding]:
    little = space.free < thresholds.inodes_percent / 100 * space.total
    level = _level(space, thresholds, little=little, least=space.free < 1)
    if level:
        text = f"{units.count(space.free)} of {units.count(space.total)} inodes free: many small files"
        yield Finding(_title("inodes", space), text, level, subject="inodes")


def _level(space: Space, thresholds: Thresholds, *, little: bool, least: bool) -> Level | None:
    left = space.seconds_left
    if least or (left is not None and left < MINUTES):
        return "ERROR"
    soon = left is not None and left < 3600 * thresholds.disk_hours
    return "WARN" if little or soon else None


def _title(what: str, space: Space) -> str:
    name = "the store's disk" if what == "disk" else "the store's disk has few inodes"
    left = space.seconds_left
    if what == "disk":
        return f"{name} is nearly full" if left is None else f"{name} is full in about {units.duration(left)}"
    return name if left is None else f"the store's disk has no inodes left in about {units.duration(left)}"


def memory(machine: MachineEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """A finding while the memory that may be used is nearly used up, or the kernel killed for it."""
    used, total = machine.memory_used, machine.memory_total
    if used is not None and total and used >= thresholds.host_memory_percent / 100 * total:
        yield _near("", used, total, limited=machine.limited)
    if machine.oom_killed is not None and now - machine.oom_killed < thresholds.event_seconds:
        yield _killed("", f"{machine.oom_kills} since we watch", machine.oom_killed)


def own_memory(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """The same of the control groups of a run, which nobody else may see: of another host, or within a container."""
    for each in run.memories:
        if each.time is not None and now - each.time <= FRESH and each.used is not None and each.total:
            yield _near(each.host, each.used, each.total, limited=each.limited)
        if each.killed is not None and now - each.killed < thresholds.event_seconds:
            yield _killed(each.host, f"{each.kills} since the run began", each.killed)


def _near(host: str, used: float, total: float, *, limited: bool) -> Finding:
    what = "the control group's limit" if limited else "the host's memory"
    text = f"{units.size(used)} of {units.size(total)}, {what}; the kernel kills at the limit"
    return Finding(f"memory{_on(host)} at {units.percent(100 * used / total)}", text, "WARN", subject=host)


def _killed(host: str, count: str, time: float) -> Finding:
    text = f"{count}, in the control group: a data worker, or the training itself"
    subject = f"{host} oom".lstrip()
    return Finding(f"the kernel killed for memory{_on(host)}", text, "ERROR", time, subject, event=True)


def _on(host: str) -> str:
    return f" on {host}" if host else ""


DISK: Rule[MachineEvidence] = Rule("disk", disk, hold=3.0)
HOST_MEMORY: Rule[MachineEvidence] = Rule("host_memory", memory, hold=3.0)
OWN_MEMORY: Rule[RunEvidence] = Rule("host_memory", own_memory, hold=3.0)
