"""Whether the process that wrote a run still lives, judged from /proc without waiting and without signals.

A pid alone proves nothing, since pids come back: the start time of the process (clock ticks after boot, field 22 of
/proc/<pid>/stat, proc(5)), the boot id and the host name have to agree. The root of /proc is a parameter.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Verdict = Literal["alive", "gone", "reused", "rebooted", "elsewhere", "unknown"]

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """Who wrote a run: enough to find that very process again, and no other."""

    pid: int | None = None
    start: float | None = None
    """Clock ticks after boot at which the process began."""
    boot_id: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Liveness:
    """What is known about the process that wrote a run."""

    verdict: Verdict
    """alive; gone; reused (another process has the pid); rebooted; elsewhere (another host); unknown (no pid)."""
    pid: int | None = None
    host: str | None = None
    since: float | None = None
    """When this verdict was first reached, seconds since the epoch."""

    def same_as(self, other: Liveness) -> bool:
        """Whether both say the same, whenever they were reached."""
        return replace(self, since=None) == replace(other, since=None)


UNKNOWN = Liveness("unknown")


@dataclass(frozen=True, slots=True)
class Machine:
    """This host, as processes on it record it."""

    host: str
    boot_id: str | None
    proc: Path = PROC

    @classmethod
    def here(cls, proc: Path = PROC) -> Machine:
        """The host this runs on, with its boot id read below ``proc``."""
        return cls(socket.gethostname(), _read(proc / "sys/kernel/random/boot_id"), proc)

    def liveness(self, process: Process, now: float | None = None) -> Liveness:
        """What can be said about ``process`` from here, at time ``now``."""
        return Liveness(self._verdict(process), process.pid, process.host, now)

    def _verdict(self, process: Process) -> Verdict:
        if process.pid is None:
            return "unknown"
        if process.host is not None and process.host != self.host:
            return "elsewhere"
        if None not in {process.boot_id, self.boot_id} and process.boot_id != self.boot_id:
            return "rebooted"
        start = start_ticks(process.pid, self.proc)
        if start is None:
            return "gone"
        return "alive" if process.start is None or start == process.start else "reused"


def start_ticks(pid: int, proc: Path = PROC) -> float | None:
    """Clock ticks after boot at which process ``pid`` began; None when there is none, or only its corpse."""
    stat = _read(proc / str(pid) / "stat")
    if stat is None:
        return None
    # The name may hold spaces and parentheses: the fields begin after the last one.
    fields = stat.rpartition(")")[2].split()
    if len(fields) < 20 or fields[0] in {"Z", "X"}:
        return None
    try:
        return float(fields[19])
    except ValueError:
        return None


def _read(path: Path) -> str | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(descriptor, 4096).decode("utf-8", "replace").strip()
    except OSError:
        return None
    finally:
        os.close(descriptor)
