"""One process in full, and its parents and children, as ``/proc`` tells it now.

Reading a command line can wait for a process that hangs in the kernel: call ``look`` in a thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors import procfs
from collectors.procfs import ROOT, TICK, Stat
from tui.table.owners import user_name


@dataclass(frozen=True, slots=True)
class Kin:
    """A process as one of a family; pid and start together are its identity."""

    pid: int
    start: int
    """Clock ticks since the machine was started."""
    ppid: int
    name: str
    state: str
    """R running, S sleeping, D waiting for I/O, T stopped, Z ended and not yet reaped."""
    user: str
    """The user's name; a number where it has none, nothing where it is not known."""
    words: tuple[str, ...]
    """Its command line; none of a thread of the kernel, or of a process that ended."""
    depth: int = 0
    """How many of its forebears are in the family."""

    @property
    def command(self) -> str:
        """The command line; the name where there is none."""
        return " ".join(self.words) or self.name


@dataclass(frozen=True, slots=True)
class Facts:
    """What a process is."""

    own: Kin
    family: tuple[Kin, ...]
    """Its forebears from the first one, then itself, then those that descend from it, each below its parent."""
    threads: int
    started: float | None
    """Seconds since the epoch."""
    cwd: str | None
    """Its directory, where we may see that."""


def is_here(host: str | None) -> bool:
    """Whether ``host`` is this machine: the processes of another one are not in our ``/proc``."""
    return host == os.uname().nodename


def look(pid: int, root: Path = ROOT) -> Facts | None:
    """All of a process; None where there is none (any more)."""
    stat = procfs.read_stat(pid, root)
    if stat is None:
        return None
    stats = {each: found for each in procfs.pids(root) if (found := procfs.read_stat(each, root)) is not None}
    stats[pid] = stat
    forebears = list(_forebears(stat, stats))[::-1]
    line = [*forebears, stat]
    family = [_kin(each, depth, root) for depth, each in enumerate(line)]
    family += [_kin(each, depth, root) for depth, each in _descendants(pid, len(line), stats)]
    boot = procfs.read_boot(root)
    started = None if boot is None else boot + stat.start / TICK
    return Facts(family[len(forebears)], tuple(family), stat.threads, started, _directory(pid, root))


def _forebears(stat: Stat, stats: Mapping[int, Stat]) -> Iterator[Stat]:
    """Its parent, the parent of that, and so on; each once, whatever is told."""
    seen = {stat.pid}
    while stat.ppid in stats and stat.ppid not in seen:
        stat = stats[stat.ppid]
        seen.add(stat.pid)
        yield stat


def _descendants(pid: int, depth: int, stats: Mapping[int, Stat]) -> Iterator[tuple[int, Stat]]:
    """Those below it, each with its depth, a child right below its parent."""
    children: dict[int, list[int]] = {}
    for stat in sorted(stats.values(), key=lambda each: each.start):
        children.setdefault(stat.ppid, []).append(stat.pid)
    seen = {pid}
    todo = [(depth, each) for each in reversed(children.get(pid, []))]
    while todo:
        depth, each = todo.pop()
        if each not in seen:
            seen.add(each)
            yield depth, stats[each]
            todo += [(depth + 1, child) for child in reversed(children.get(each, []))]


def _kin(stat: Stat, depth: int, root: Path) -> Kin:
    words: Sequence[str] = procfs.read_command(stat.pid, root)
    uid = procfs.owner(stat.pid, root)
    user = "" if uid is None else user_name(uid)
    return Kin(stat.pid, stat.start, stat.ppid, stat.name, stat.state, user, tuple(words), depth)


def _directory(pid: int, root: Path) -> str | None:
    try:
        return os.readlink(f"{root}/proc/{pid}/cwd")  # noqa: PTH115 - a text to show, no path to open
    except OSError:
        return None
