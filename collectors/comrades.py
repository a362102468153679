"""The other ranks of a followed process: what its launcher started beside it for the same job.

One sampler follows the process that began the run; the ranks beside it are not its children but its launcher's
(torchrun, srun, mpirun, deepspeed). A process beside it is a rank of its job where both were started with a rank,
another one each, and with the same values of everything that names a job. Processes that one program forked or
spawned (mp.spawn, Ray) say nothing of the kind: they may be ranks, or runs of their own, and are only named as kin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from collectors.procfs import Stat, parse_stat, read_command, read_environ
from collectors.roles import FORKED, JOB, SPAWNED, Facts, kept

Lines = Mapping[int, str]
"""``/proc/PID/stat`` of every process by pid."""
Children = Mapping[int | None, list[int]]

RAY = "ray::"
"""How the command lines of Ray's workers begin."""
FIRST_WAIT, LONGEST_WAIT = 4.8, 60.0
"""Seconds between two looks at how a process was started: a new one may not have reached its exec yet."""


@dataclass(frozen=True, slots=True)
class Started:
    """How a process was started, as far as that tells of its job."""

    rank: int | None = None
    job: tuple[str | None, ...] = ()
    """The values of ``JOB``."""
    command: tuple[str, ...] = ()

    @property
    def has_job(self) -> bool:
        """Whether it was started as one of several."""
        return self.rank is not None and any(self.job)

    def way(self, parent: Started) -> str | None:
        """How the program that is its parent made it; None where that was by starting another program."""
        words = " ".join(self.command)
        if words.startswith(RAY):
            return RAY
        if SPAWNED in words or FORKED in words:
            return SPAWNED
        return "fork" if words and self.command == parent.command else None


@dataclass(slots=True)
class _Seen:
    start: int
    started: Started
    due: float
    wait: float = FIRST_WAIT


class Comrades:
    """Finds them; ``told`` is what the environments of followed processes held besides what ``/proc`` shows."""

    def __init__(self, root: Path, told: Mapping[int, Mapping[str, str]]) -> None:
        self._root = root
        self._told = told
        self._seen: dict[int, _Seen] = {}
        self.ranks: dict[int, int] = {}
        """The followed process by the pid of each rank beside it."""
        self.kin: frozenset[int] = frozenset()
        """Processes that may be ranks of a followed process's job, or not."""

    def look(self, followed: Iterable[int], lines: Lines, children: Children, now: float) -> None:
        """Find them anew among the processes of ``lines``."""
        self._seen = {pid: seen for pid, seen in self._seen.items() if pid in lines}
        self.ranks, kin = {}, set()
        for pid in followed:
            ranks, alike = self._beside(pid, lines, children, now)
            self.ranks |= dict.fromkeys(ranks, pid)
            kin |= alike
        self.kin = frozenset(kin - self.ranks.keys())

    def _beside(self, pid: int, lines: Lines, children: Children, now: float) -> tuple[set[int], set[int]]:
        own = self._started(pid, lines, now)
        top, parent = self._task(pid, own, lines, now)
        above = self._started(parent, lines, now)
        way = self._started(top, lines, now).way(above)
        if not own.has_job and way is None:
            return set(), set()
        others = {each: self._started(each, lines, now) for each in children.get(parent, ()) if each != top}
        ranks = {each for each, other in others.items() if _are_ranks(own, other)}
        return ranks, {each for each, other in others.items() if way is not None and other.way(above) == way}

    def _task(self, pid: int, own: Started, lines: Lines, now: float) -> tuple[int, int]:
        """What the launcher started, and its pid: above the process there may be a shell of the same rank."""
        top = pid
        while (parent := _parent(top, lines)) in lines:
            above = self._started(parent, lines, now)
            if not own.has_job or (above.rank, above.job) != (own.rank, own.job):
                break
            top = parent
        return top, parent

    def _started(self, pid: int, lines: Lines, now: float) -> Started:
        stat = parse_stat(lines.get(pid, ""))
        if stat is None:
            return Started()
        seen = self._seen.get(pid)
        if seen is None or seen.start != stat.start:
            seen = self._seen[pid] = _Seen(stat.start, self._read(stat), now + FIRST_WAIT)
        elif now >= seen.due:
            seen.wait = min(2 * seen.wait, LONGEST_WAIT)
            seen.started, seen.due = self._read(stat), now + seen.wait
        return seen.started

    def _read(self, stat: Stat) -> Started:
        environment = kept({**read_environ(stat.pid, self._root), **self._told.get(stat.pid, {})})
        command = read_command(stat.pid, self._root)
        return Started(Facts("", (), environment).rank, tuple(map(environment.get, JOB)), command)


def _are_ranks(own: Started, other: Started) -> bool:
    return own.has_job and other.rank is not None and other.rank != own.rank and other.job == own.job


def _parent(pid: int, lines: Lines) -> int:
    stat = parse_stat(lines.get(pid, ""))
    return stat.ppid if stat is not None else 0
