"""Names for the processes that the driver lists on a GPU: what they are called and whose they are.

In a PID namespace of our own the driver's numbers are usually the host's and mean other processes, or none, here.
There a number is believed only where that process has the device open.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.procfs import open_devices, owner, read_stat
from collectors.worker import Worker

ROOT = Path("/")
INITIAL_NAMESPACE = "pid:[4026531836]"
"""PROC_PID_INIT_INO of the kernel: the namespace that the driver counts in."""
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


class Occupants:
    """Gives the processes of GPU samples their names; each process is looked at every ``PERIOD`` seconds."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._users = Users()
        self._known: dict[int, Occupant] = {}
        self._translated = in_own_namespace(root)

    def name(self, gpus: Iterable[GpuSample], infos: Iterable[GpuInfo], now: float) -> tuple[GpuSample, ...]:
        """The same samples, with ``name`` and ``user`` of every process that can be seen from here."""
        minors = {info.uuid: info.minor for info in infos}
        return tuple(
            replace(gpu, processes=tuple(self._named(process, minors.get(gpu.uuid), now) for process in gpu.processes))
            if gpu.processes
            else gpu
            for gpu in gpus
        )

    def _named(self, process: GpuProcess, minor: int | None, now: float) -> GpuProcess:
        known = self._known.get(process.pid)
        if known is None or now >= known.until:
            known = self._known[process.pid] = self._look(process.pid, minor, now)
        return replace(process, name=known.name, user=known.user)

    def _look(self, pid: int, minor: int | None, now: float) -> Occupant:
        self._known = {pid: known for pid, known in self._known.items() if now < known.until}
        stat, uid = read_stat(pid, self._root), owner(pid, self._root)
        foreign = self._translated and minor not in (open_devices(pid, self._root) or ())
        if stat is None or uid is None or foreign:
            return Occupant(now + PERIOD)
        return Occupant(now + PERIOD, stat.name, self._users.name(uid, now))


def in_own_namespace(root: Path = ROOT) -> bool:
    """Whether we live in a PID namespace of our own, as in a container."""
    try:
        return os.readlink(root / "proc/self/ns/pid") != INITIAL_NAMESPACE  # noqa: PTH115 - the link leads to no file
    except OSError:
        return False
