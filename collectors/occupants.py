"""Names for the processes that the driver lists on a GPU: what they are called and whose they are.

In a PID namespace of our own the driver's numbers are usually the host's and mean other processes, or none, here.
There a number is believed only where that process has the device open.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.procfs import open_devices, owner, read_stat
from collectors.worker import Worker

ROOT = Path("/")
INITIAL_NAMESPACE = "pid:[4026531836]"
"""PROC_PID_INIT_INO of the kernel: the namespace that the driver counts in."""
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


class Occupants:
    """Gives the processes of GPU samples their names; each process is looked at once."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._users = Users()
        self._known: dict[tuple[int, int], tuple[str, str] | None] = {}
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
        stat = read_stat(process.pid, self._root)
        if stat is None:
            return process
        key = (stat.pid, stat.start)
        if key not in self._known:
            self._known = {known: row for known, row in self._known.items() if known[0] != stat.pid}
            self._known[key] = self._identity(stat.pid, stat.name, minor, now)
        identity = self._known[key]
        return process if identity is None else replace(process, name=identity[0], user=identity[1])

    def _identity(self, pid: int, name: str, minor: int | None, now: float) -> tuple[str, str] | None:
        if self._translated and minor not in (open_devices(pid, self._root) or ()):
            return None
        uid = owner(pid, self._root)
        return None if uid is None else (name, self._users.name(uid, now))


def in_own_namespace(root: Path = ROOT) -> bool:
    """Whether we live in a PID namespace of our own, as in a container."""
    try:
        return os.readlink(root / "proc/self/ns/pid") != INITIAL_NAMESPACE  # noqa: PTH115 - the link leads to no file
    except OSError:
        return False
