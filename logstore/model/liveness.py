"""Whether the process that wrote a run still lives, judged from /proc without waiting and without signals.

A pid alone proves nothing, since pids come back: the start time of the process (clock ticks after boot, field 22 of
/proc/<pid>/stat, proc(5)), the boot id, the pid namespace and the host name have to agree. The root of /proc is a
parameter.
"""

from __future__ import annotations

import os
from dataclasses import field, replace
from pathlib import Path
from typing import Literal

from logstore.model.containers import INITIAL, Containers
from logstore.model.fixed import fixed
from logstore.processes import PROC, describe_process, first_bytes

TICK = os.sysconf("SC_CLK_TCK")
"""Clock ticks in a second."""
Verdict = Literal["alive", "gone", "reused", "rebooted", "elsewhere", "unknown"]


@fixed
class Process:
    """Who wrote a run: enough to find that very process again, and no other."""

    pid: int | None = None
    start: float | None = None
    """Clock ticks after boot at which the process began."""
    boot_id: str | None = None
    host: str | None = None
    namespace: int | None = None
    """Its pid namespace: a container has pids of its own."""


@fixed
class Liveness:
    """What is known about the process that wrote a run."""

    verdict: Verdict
    """alive; gone; reused (another process has the pid now); rebooted; elsewhere (another host, another container);
    unknown (nobody wrote down a pid)."""
    pid: int | None = None
    host: str | None = None
    since: float | None = None
    """When this verdict was first reached, or the machine was booted since, seconds since the epoch."""

    def same_as(self, other: Liveness) -> bool:
        """Whether both say the same, whenever they were reached."""
        return (self.verdict, self.pid, self.host) == (other.verdict, other.pid, other.host)


UNKNOWN = Liveness("unknown")


@fixed
class Machine:
    """This host, as processes on it record it."""

    host: str
    boot_id: str | None = None
    namespace: int | None = None
    proc: Path = PROC
    booted: float | None = None
    """When it was booted, seconds since the epoch."""
    containers: Containers | None = field(default=None, compare=False)
    """Finds processes of containers of this machine; None: they count as elsewhere."""

    @classmethod
    def here(cls, proc: Path = PROC) -> Machine:
        """The host this runs on, as far as ``proc`` and the kernel tell."""
        own = describe_process(os.getpid(), proc)
        boot_id, namespace = own.get("boot_id"), own.get("pid_namespace")
        return cls(
            os.uname().nodename,
            boot_id if isinstance(boot_id, str) else None,
            namespace if isinstance(namespace, int) else None,
            proc,
            booted(proc),
            Containers(proc),
        )

    def liveness(self, process: Process, now: float | None = None) -> Liveness:
        """What can be said about ``process`` from here, at time ``now``."""
        verdict = self._verdict(process)
        if verdict == "elsewhere" and self.containers is not None and self._is_contained(process):
            process, verdict = self._from_outside(process, self.containers, now or 0.0)
        since = self.booted if verdict == "rebooted" and self.booted is not None else now
        return Liveness(verdict, process.pid, process.host, since)

    def _is_contained(self, process: Process) -> bool:
        """Whether it is a process of this very machine, in another pid namespace: a boot id is that of one kernel."""
        told = None not in {process.boot_id, process.namespace}
        return told and process.boot_id == self.boot_id and process.namespace != self.namespace

    def _from_outside(self, process: Process, containers: Containers, now: float) -> tuple[Process, Verdict]:
        """The process as it is known here, and what can be said about it; as before where it cannot be seen."""
        own, start = process.pid, process.start
        if own is None or start is None:
            return process, "elsewhere"
        pid = containers.pid_of(own, start, now)
        if pid is not None:
            here = replace(process, pid=pid, host=self.host, namespace=self.namespace)
            return here, self._verdict(here)
        sees_all = self.namespace == INITIAL and self.booted is not None
        has_ended = sees_all and containers.saw_all((self.booted or 0.0) + start / TICK)
        return process, "gone" if has_ended else "elsewhere"

    def _verdict(self, process: Process) -> Verdict:
        if process.pid is None:
            return "unknown"
        if _differ(process.host, self.host):
            return "elsewhere"
        if _differ(process.boot_id, self.boot_id):
            return "rebooted"
        if _differ(process.namespace, self.namespace):
            return "elsewhere"
        start = running_since(process.pid, self.proc)
        if start is None:
            return "gone"
        return "reused" if _differ(process.start, start) else "alive"


def booted(proc: Path = PROC) -> float | None:
    """When the machine was booted, seconds since the epoch: ``btime`` of /proc/stat, proc_stat(5). None if unknown."""
    lines = (first_bytes(proc / "stat", 1 << 20) or "").splitlines()
    number = next((line[6:].strip() for line in lines if line.startswith("btime ")), "")
    return float(number) if number.isdigit() else None


def running_since(pid: int, proc: Path = PROC) -> float | None:
    """Clock ticks after boot at which process ``pid`` began; None when there is none, or only its corpse."""
    stat = first_bytes(proc / str(pid) / "stat")
    # The name may hold spaces and parentheses: the fields begin after the last one.
    fields = stat.rpartition(")")[2].split() if stat else []
    if len(fields) < 20 or fields[0] in {"Z", "X"} or not fields[19].isdigit():
        return None
    return float(fields[19])


def _differ(recorded: object, here: object) -> bool:
    return recorded is not None and here is not None and recorded != here
