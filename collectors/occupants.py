"""Who the processes are that the driver lists on a GPU: name, user and command, and what they take of the host.

In a PID namespace of our own the driver's numbers are usually the host's and mean other processes, or none, here.
There a number is believed only where that process has the device open.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.procfs import TICK, open_devices, owner, read_boot, read_command, read_stat, shown_command
from collectors.rates import Rates, tidy
from collectors.worker import Worker

ROOT = Path("/")
INITIAL_NAMESPACE = "pid:[4026531836]"
"""PROC_PID_INIT_INO of the kernel: the namespace that the driver counts in."""
PAGE = os.sysconf("SC_PAGE_SIZE")
PERIOD = 5.0
"""Seconds for which a number is believed to be the same process."""
PATIENCE = 0.2
"""Seconds to wait for a user's name; a directory service may be slow or gone."""


class Users:
    """Names of users, each asked for once; a number where the system's directory does not answer."""

    def __init__(self) -> None:
        self._lookups: dict[int, Worker[str]] = {}
        self._names: dict[int, str] = {}

    def name(self, uid: int, now: float) -> str:
        """The name of a user id."""
        if uid not in self._names:
            lookup = self._lookups.setdefault(uid, Worker(lambda: _user_name(uid), "user-name"))
            answer = lookup.ask(now, PATIENCE if lookup.waiting(now) is None else 0)
            if answer is None:
                return str(uid)
            self._names[uid] = answer
        return self._names[uid]


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OSError):
        return str(uid)


@dataclass(frozen=True, slots=True)
class Occupant:
    """What was seen of a process, and until when that is believed."""

    until: float
    name: str | None = None
    user: str | None = None
    command: str | None = None


class Occupants:
    """Gives the processes of GPU samples their names; each process is looked at every ``PERIOD`` seconds."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._users = Users()
        self._known: dict[int, Occupant] = {}
        self._translated = in_own_namespace(root)
        self._boot = read_boot(root)
        self._rates = Rates()

    def name(self, gpus: Iterable[GpuSample], infos: Iterable[GpuInfo], now: float) -> tuple[GpuSample, ...]:
        """The same samples, with all that can be seen from here of every process."""
        minors = {info.uuid: info.minor for info in infos}
        rows = list(gpus)
        found: dict[int, GpuProcess] = {}
        for gpu in rows:
            for process in gpu.processes or ():
                if process.pid not in found:
                    found[process.pid] = self._seen(process.pid, minors.get(gpu.uuid), now)
        self._rates.keep({(pid, seen.started) for pid, seen in found.items()})
        return tuple(replace(gpu, processes=_joined(gpu.processes, found)) if gpu.processes else gpu for gpu in rows)

    def _seen(self, pid: int, minor: int | None, now: float) -> GpuProcess:
        """What is to be seen of a process at this tick."""
        known = self._known.get(pid)
        if known is None or now >= known.until:
            known = self._known[pid] = self._look(pid, minor, now)
        stat = read_stat(pid, self._root) if known.name is not None else None
        if stat is None:
            return GpuProcess(pid, name=known.name, user=known.user, command=known.command)
        started = None if self._boot is None else float(round(self._boot + stat.start / TICK))
        ticks = self._rates.rate((pid, started), stat.ticks, now)
        return GpuProcess(
            pid,
            name=known.name,
            user=known.user,
            command=known.command,
            started=started,
            cpu=None if ticks is None else tidy(ticks / TICK * 100),
            rss=stat.pages * PAGE,
        )

    def _look(self, pid: int, minor: int | None, now: float) -> Occupant:
        self._known = {pid: known for pid, known in self._known.items() if now < known.until}
        stat, uid = read_stat(pid, self._root), owner(pid, self._root)
        foreign = self._translated and minor not in (open_devices(pid, self._root) or ())
        if stat is None or uid is None or foreign:
            return Occupant(now + PERIOD)
        command = shown_command(read_command(pid, self._root))
        return Occupant(now + PERIOD, stat.name, self._users.name(uid, now), command)


def _joined(listed: Iterable[GpuProcess], seen: Mapping[int, GpuProcess]) -> tuple[GpuProcess, ...]:
    """What the driver says of the processes, with what was seen of them."""
    return tuple(
        replace(seen[process.pid], memory=process.memory, sm=process.sm, kind=process.kind) for process in listed
    )


def in_own_namespace(root: Path = ROOT) -> bool:
    """Whether we live in a PID namespace of our own, as in a container."""
    try:
        return os.readlink(root / "proc/self/ns/pid") != INITIAL_NAMESPACE  # noqa: PTH115 - the link leads to no file
    except OSError:
        return False
