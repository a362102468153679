"""Finds the processes of containers of this machine: they call themselves by other numbers than we do.

The kernel says both: ``NSpid`` of /proc/<pid>/status, proc_pid_status(5), lists the numbers of a process from our pid
namespace to its own, and the start time (field 22 of /proc/<pid>/stat) is the same for all. Only who lives in an outer
namespace sees processes of an inner one, and only where /proc is not mounted with ``hidepid``.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from logstore.processes import first_bytes, start_ticks

AGAIN = 10.0
"""Seconds between two looks at all processes."""
INITIAL = 4026531836
"""The pid namespace that all others lie in, PROC_PID_INIT_INO of the kernel."""


class Containers:
    """Knows processes under the number that they have here.

    Args:
        proc: The root of /proc.
    """

    def __init__(self, proc: Path) -> None:
        self._proc = proc
        self._found: dict[tuple[int, float], int] = {}
        self._by_start: dict[float, list[int]] = {}
        self._looked = -math.inf

    def pid_of(self, pid: int, start: float, now: float) -> int | None:
        """The number here of the process that calls itself ``pid`` and began at ``start``; None where it is not known.

        One that was found is remembered, though it may have ended since.
        """
        if (pid, start) not in self._found:
            self._look_around(now)
            here = next((each for each in self._by_start.get(start, ()) if self._own_number(each) == pid), None)
            if here is None:
                return None
            self._found[pid, start] = here
        return self._found[pid, start]

    def saw_all(self, moment: float) -> bool:
        """Whether every process that began before ``moment`` and lives was seen: nothing is hidden, and we looked."""
        return self._looked > moment + 1.0 and start_ticks(1, self._proc) is not None

    def _look_around(self, now: float) -> None:
        if self._looked <= now < self._looked + AGAIN:
            return
        self._looked = now
        self._by_start = {}
        for name in self._names():
            start = start_ticks(int(name), self._proc) if name.isdigit() else None
            if start is not None:
                self._by_start.setdefault(start, []).append(int(name))

    def _names(self) -> list[str]:
        try:
            return os.listdir(self._proc)  # noqa: PTH208 - of hundreds of processes no Path each
        except OSError:
            return []

    def _own_number(self, pid: int) -> int | None:
        """What a process of another namespace calls itself; None of one that is in ours."""
        lines = (first_bytes(self._proc / str(pid) / "status") or "").splitlines()
        numbers = next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])
        return int(numbers[-1]) if len(numbers) > 1 else None
