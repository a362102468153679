"""What a process may use at most: the smallest limit of its control group and of every group above it.

Schedulers put limits several levels above the task (Slurm: on the job and the step), so the leaf alone says nothing.
Both versions of cgroups are read, side by side where the machine has both. Formats: the kernel's
Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.files import read_int, read_pairs, read_text, to_int
from collectors.rates import total

ROOT = Path("/")
UNLIMITED_V1 = 1 << 60
"""Version 1 writes a number of this size for "no limit"."""


@dataclass(frozen=True, slots=True)
class MemoryLimit:
    """Memory of the group that limits most."""

    limit: int
    used: int | None
    """Bytes in use without the file cache, which the kernel gives back when asked."""
    oom_kills: int | None
    source: str
    """The directory that the limit stands in."""


@dataclass(frozen=True, slots=True)
class SwapLimit:
    """Swap of the group that limits it most."""

    limit: int
    """Bytes; 0 where it may not swap at all."""
    used: int | None


@dataclass(frozen=True, slots=True)
class CpuLimit:
    """Cores of the group that limits most."""

    cores: float
    seconds: float | None
    """CPU time its processes used, ever."""
    throttled: int | None
    periods: int | None
    """Scheduling periods in which the group ran, and those in which it was stopped at its limit."""


class Cgroup:
    """The groups above one process. Where they are is found once; what they hold is read at each call."""

    def __init__(self, pid: int | str = "self", root: Path = ROOT) -> None:
        places = _places(pid, root)
        self._v2 = places.get("", [])
        self._memory = places.get("memory", [])
        self._cpu = places.get("cpu", [])
        self._account = places.get("cpuacct", [])

    def memory(self) -> MemoryLimit | None:
        """The smallest memory limit, or None where there is none."""
        limits = [(limit, group, True) for group in self._v2 if (limit := read_int(group / "memory.max")) is not None]
        for group in self._memory:
            limit = read_int(group / "memory.limit_in_bytes")
            if limit is not None and limit < UNLIMITED_V1:
                limits.append((limit, group, False))
        if not limits:
            return None
        limit, group, unified = min(limits, key=lambda row: row[0])
        return _memory_v2(limit, group) if unified else _memory_v1(limit, group, self._memory)

    def swap(self) -> SwapLimit | None:
        """The smallest limit on swap, or None where there is none. Version 1 limits memory and swap together."""
        limits = [
            SwapLimit(limit, read_int(group / "memory.swap.current"))
            for group in self._v2
            if (limit := read_int(group / "memory.swap.max")) is not None
        ]
        limits += [both for group in self._memory if (both := _swap_v1(group)) is not None]
        return min(limits, key=lambda each: each.limit, default=None)

    def cpu(self) -> CpuLimit | None:
        """The smallest limit on CPU time in cores, or None where there is none."""
        limits = [(cores, group, True) for group in self._v2 if (cores := _quota_v2(group)) is not None]
        limits += [(cores, group, False) for group in self._cpu if (cores := _quota_v1(group)) is not None]
        if not limits:
            return None
        cores, group, unified = min(limits, key=lambda row: row[0])
        stat = read_pairs(group / "cpu.stat")
        return CpuLimit(
            cores,
            stat["usage_usec"] / 1e6 if "usage_usec" in stat else None if unified else self._used(group),
            stat.get("nr_throttled"),
            stat.get("nr_periods"),
        )

    def _used(self, group: Path) -> float | None:
        """CPU seconds of a version 1 group, which another controller counts, often in a directory of its own."""
        depth = self._cpu.index(group)
        account = self._account[depth] if depth < len(self._account) else group
        nanoseconds = read_int(account / "cpuacct.usage")
        return None if nanoseconds is None else nanoseconds / 1e9


def _memory_v2(limit: int, group: Path) -> MemoryLimit:
    stat = read_pairs(group / "memory.stat")
    used = _less(read_int(group / "memory.current"), stat.get("active_file"), stat.get("inactive_file"))
    return MemoryLimit(limit, used, read_pairs(group / "memory.events").get("oom_kill"), str(group))


def _memory_v1(limit: int, group: Path, places: Sequence[Path]) -> MemoryLimit:
    stat = read_pairs(group / "memory.stat")
    used = _less(
        read_int(group / "memory.usage_in_bytes"), stat.get("total_active_file"), stat.get("total_inactive_file")
    )
    return MemoryLimit(limit, used, _kills_v1(places[: places.index(group) + 1]), str(group))


def _kills_v1(groups: Sequence[Path]) -> int | None:
    """Processes that were killed, which version 1 counts for their own group alone, and for none above it."""
    return total(read_pairs(group / "memory.oom_control").get("oom_kill") for group in groups)


def _swap_v1(group: Path) -> SwapLimit | None:
    both, alone = (read_int(group / f"memory.{name}limit_in_bytes") for name in ("memsw.", ""))
    if both is None or alone is None or both >= UNLIMITED_V1:
        return None
    used = _less(read_int(group / "memory.memsw.usage_in_bytes"), read_int(group / "memory.usage_in_bytes"))
    return SwapLimit(max(0, both - alone), used)


def _less(whole: int | None, *parts: int | None) -> int | None:
    return None if whole is None else max(0, whole - sum(part or 0 for part in parts))


def _quota_v2(group: Path) -> float | None:
    words = (read_text(group / "cpu.max") or "").split()
    quota, period = [to_int(word) for word in words[:2]] if len(words) > 1 else (None, None)
    return quota / period if quota and period else None


def _quota_v1(group: Path) -> float | None:
    quota, period = read_int(group / "cpu.cfs_quota_us"), read_int(group / "cpu.cfs_period_us")
    return quota / period if quota and period and quota > 0 else None


def allowed_cores(pid: int | str = "self", root: Path = ROOT) -> frozenset[int] | None:
    """The cores a process may run on, by affinity and cpuset (proc_pid_status(5)); None where it does not say."""
    for line in (read_text(root / f"proc/{pid}/status") or "").splitlines():
        name, _, spans = line.partition(":")
        if name == "Cpus_allowed_list":
            return frozenset(core for span in spans.strip().split(",") for core in _span(span))
    return None


def _span(text: str) -> range:
    """``4-7`` as 4, 5, 6, 7; ``3`` as 3."""
    first, _, last = text.partition("-")
    start, end = to_int(first), to_int(last or first)
    return range(0) if start is None or end is None else range(start, end + 1)


def _places(pid: int | str, root: Path) -> dict[str, list[Path]]:
    """Directories by controller, leaf first; the controller of version 2 has no name."""
    paths = dict(_memberships(read_text(root / f"proc/{pid}/cgroup") or ""))
    mounts = _mounts(read_text(root / f"proc/{pid}/mountinfo") or "")
    return {name: _chain(root, *mounts[name], path) for name, path in paths.items() if name in mounts}


def _memberships(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        yield from ((controller, path) for controller in controllers.split(","))


def _mounts(text: str) -> Mapping[str, tuple[str, str]]:
    """Root within the file system and mount point, by controller; the first mount of each counts."""
    mounts: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) < 5 or len(kind) < 3 or not kind[0].startswith("cgroup"):
            continue
        for controller in [""] if kind[0] == "cgroup2" else kind[2].split(","):
            mounts.setdefault(controller, (fields[3], fields[4]))
    return mounts


def _chain(root: Path, within: str, mount: str, path: str) -> list[Path]:
    """The group's directory and those above it, up to the mount.

    In a container the path may lie outside what is mounted: then the mount itself is the container's own group.
    """
    top = root / mount.lstrip("/")
    below = path.removeprefix(within) if within != "/" and path.startswith(within) else path
    leaf = top / below.lstrip("/")
    if ".." in leaf.parts or not leaf.is_dir():
        return [top]
    return [leaf, *_above(leaf, top)]


def _above(leaf: Path, top: Path) -> Sequence[Path]:
    return [parent for parent in leaf.parents if parent == top or top in parent.parents]
