"""The processes of runs: each followed process, the ranks beside it, and everything that descends from them.

Who descends from whom is found by reading the state of every process on the machine, every ``SCAN`` seconds; in
between only the known members are read, raw, at every tick. A member stays one while it lives, also when its parent
ended and init took it over. Environment, command and open devices cost more and change seldom: they are read when a
process is new and then ever less often, first soon, since a new process may not have reached its exec yet.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from collectors.comrades import Children, Comrades
from collectors.procfs import (
    TICK,
    Stat,
    open_devices,
    parent_of,
    parse_stat,
    pids,
    read_boot,
    read_command,
    read_environ,
    read_io,
    read_stat,
    read_stat_line,
    shown_command,
)
from collectors.rates import Rates, tidy, total
from collectors.roles import Facts, kept, role
from collectors.samples import ProcessSample

ROOT = Path("/")
NOTHING: Mapping[int, Mapping[str, str]] = MappingProxyType({})
SCAN = 4.8
"""Seconds between two looks at all processes of the machine: a little less than some whole ticks."""
LONGEST_WAIT = 60.0
"""Seconds between two looks at what a process has open, at most; begins at ``SCAN`` and doubles."""
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Member:
    """What is remembered of one process."""

    stat: Stat
    run: int
    facts: Facts
    due: float = 0.0
    wait: float = SCAN
    role: str = "other"
    io: tuple[float | None, float | None] = field(default=(None, None))


class RunTrees:
    """Follows processes by pid and reads them and their descendants; a pid means who has it when it is first seen."""

    def __init__(self, root: Path = ROOT, told: Mapping[int, Mapping[str, str]] = NOTHING) -> None:
        """``told`` holds environments by pid that know more than ``/proc``: what a process set after it started."""
        self._root = root
        self._told = told
        self._roots: dict[int, int | None] = {}
        self._members: dict[int, Member] = {}
        self._comrades = Comrades(root, told)
        self._boot = read_boot(root)
        self._rates = Rates()
        self._scan_due: float | None = None

    def follow(self, roots: Iterable[int]) -> None:
        """The processes to follow from now on; those that are not named any more are forgotten."""
        chosen = dict.fromkeys(roots)
        if chosen.keys() != self._roots.keys():
            self._roots = {pid: self._roots.get(pid) for pid in chosen}
            self._members = {pid: member for pid, member in self._members.items() if member.run in chosen}
            self._scan_due = None

    @property
    def pids(self) -> tuple[int, ...]:
        """Every process that was a member at the last look."""
        return tuple(self._members)

    @property
    def kin(self) -> frozenset[int]:
        """Processes that may be ranks of a followed process's job and do not say so; no members."""
        return self._comrades.kin - self._members.keys()

    def facts(self, pid: int) -> Facts:
        """What was last seen of a member's command, environment and open devices."""
        return self._members[pid].facts

    def read(self, now: float) -> tuple[ProcessSample, ...]:
        """Every member as it is now; costs nothing where no process is followed."""
        if not self._roots:
            return ()
        if self._scan_due is None or now >= self._scan_due:
            self._scan_due = now + SCAN
            self._scan(now)
        else:
            self._refresh()
        return tuple(self._sample(member, now) for member in self._members.values())

    def _refresh(self) -> None:
        """Read the members again and drop those that ended; a reused pid is another process."""
        for pid, member in list(self._members.items()):
            stat = read_stat(pid, self._root)
            if stat is None or stat.start != member.stat.start:
                del self._members[pid]
            else:
                member.stat = stat

    def _scan(self, now: float) -> None:
        lines = {pid: line for pid in pids(self._root) if (line := read_stat_line(pid, self._root))}
        living, children = self._living(lines), _children(lines)
        self._comrades.look([pid for pid in self._roots if pid in living], lines, children, now)
        runs = _descent(children, self._comrades.ranks | living)
        found = {pid: stat for pid in runs if (stat := parse_stat(lines[pid])) is not None}
        self._members = {pid: self._member(stat, runs[pid]) for pid, stat in found.items()}
        for member in self._members.values():
            self._read_io(member, now)
            if now >= member.due:
                self._look(member, now)
        for pid, member in self._members.items():
            parent = self._members.get(member.stat.ppid)
            member.role = role(member.facts, None if pid == member.run else parent.facts if parent else Facts(""))
        self._rates.keep(self._keys())

    def _living(self, lines: Mapping[int, str]) -> dict[int, int]:
        """The followed processes and the members that still live, with their runs."""
        living = {}
        for pid, start in self._roots.items():
            stat = parse_stat(lines.get(pid, ""))
            self._roots[pid] = start or (stat.start if stat else None)
            if stat is not None and stat.start == self._roots[pid]:
                living[pid] = pid
        for pid, member in self._members.items():
            stat = parse_stat(lines.get(pid, ""))
            if stat is not None and stat.start == member.stat.start:
                living.setdefault(pid, member.run)
        return living

    def _member(self, stat: Stat, run: int) -> Member:
        member = self._members.get(stat.pid)
        if member is None or member.stat.start != stat.start:
            return Member(stat, run, Facts(stat.name))
        member.stat, member.run = stat, run
        return member

    def _look(self, member: Member, now: float) -> None:
        pid = member.stat.pid
        environment = kept({**read_environ(pid, self._root), **self._told.get(pid, {})})
        command, minors = read_command(pid, self._root), open_devices(pid, self._root)
        member.facts = Facts(member.stat.name, command, environment, minors)
        member.due = now + member.wait
        member.wait = min(member.wait * 2, LONGEST_WAIT)

    def _read_io(self, member: Member, now: float) -> None:
        counts = read_io(member.stat.pid, self._root)
        key = (member.stat.pid, member.stat.start)
        if counts is not None:
            read, written = (self._rates.rate((*key, side), count, now) for side, count in enumerate(counts))
            member.io = (None if read is None else tidy(read), None if written is None else tidy(written))

    def _keys(self) -> set[Hashable]:
        identities = [(member.stat.pid, member.stat.start) for member in self._members.values()]
        return {(*identity, part) for identity in identities for part in ("cpu", 0, 1)}

    def _sample(self, member: Member, now: float) -> ProcessSample:
        stat, facts = member.stat, member.facts
        ticks = self._rates.rate((stat.pid, stat.start, "cpu"), stat.ticks, now)
        return ProcessSample(
            stat.pid,
            stat.ppid,
            stat.name,
            stat.state,
            member.run,
            member.role,
            cpu=None if ticks is None else tidy(ticks / TICK * 100),
            rss=stat.pages * PAGE,
            threads=stat.threads,
            read=member.io[0],
            write=member.io[1],
            rank=facts.rank,
            local_rank=facts.local_rank,
            started=None if self._boot is None else round(self._boot + stat.start / TICK),
            command=None if member.role == "worker" else shown_command(facts.command),
        )


def _children(lines: Mapping[int, str]) -> dict[int | None, list[int]]:
    """The pids by their parent's."""
    children: dict[int | None, list[int]] = {}
    for pid, line in lines.items():
        children.setdefault(parent_of(line), []).append(pid)
    return children


def _descent(children: Children, roots: Mapping[int, int]) -> dict[int, int]:
    """Every process that is one of ``roots`` or descends from one, with the run that it belongs to."""
    runs = dict(roots)
    unseen = list(roots)
    while unseen:
        pid = unseen.pop()
        for child in children.get(pid, ()):
            if child not in runs:
                runs[child] = runs[pid]
                unseen.append(child)
    return dict(sorted(runs.items()))


def summary(processes: Iterable[ProcessSample]) -> dict[str, float]:
    """Sums over the processes of a run, as flat values; ``workers/`` are its data loaders alone.

    What samples the run is no part of it.
    """
    members = [process for process in processes if process.role != "sampler"]
    workers = [process for process in members if process.role == "worker"]
    if not members:
        return {}
    values: dict[str, float | None] = {"process/count": len(members), "workers/count": len(workers)}
    values["workers/waiting"] = sum(process.state == "D" for process in workers)
    for metric in ("cpu", "rss", "threads", "read", "write"):
        values[f"process/{metric}"] = total(getattr(process, metric) for process in members)
    values["workers/cpu"] = total(process.cpu for process in workers)
    return {key: value for key, value in values.items() if value is not None}
