"""The host: CPU, memory, load, pressure, disks and networks, as flat numbers.

``cpu/percent``, ``memory/used`` and ``memory/total`` speak of what the run may use: where a control group or an
affinity limits it, they are measured against that, and ``cpu/host_percent``, ``memory/host_used`` and
``memory/host_total`` say what the whole machine does; so do ``swap/used`` and ``swap/host_used``. Whatever cannot be
read is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from collectors.cgroup import Cgroup, CpuLimit, allowed_cores
from collectors.cpu import CpuTimes, CpuUse
from collectors.disk import Disks, StoreSpace
from collectors.files import read_pairs, read_text
from collectors.network import InfiniBand, Network
from collectors.rates import Rates

ROOT = Path("/")
SLOW = 4.8
"""Seconds between two readings of what changes slowly or costs more: a little less than some whole ticks."""
KIB = 1024

Reader = Callable[[float], Mapping[str, float]]
"""Reads some of the host's values; the argument is the monotonic time."""


class Host:
    """All readers of one host. ``cores`` holds the use of each core at the last tick, in per cent."""

    def __init__(self, root: Path = ROOT, store: Path | None = None, pid: int | None = None) -> None:
        """Watch the host as process ``pid`` (None: this one) sees it; ``store`` is a directory whose disk matters."""
        whose = "self" if pid is None else pid
        cgroup = Cgroup(whose, root)
        self._cpu = Cpu(root, cgroup, whose)
        self.readers: dict[str, Reader] = {
            "cpu": self._cpu,
            "memory": lambda _: memory(root, cgroup),
            "load": lambda _: load(root),
            "pressure": lambda _: pressure(root),
            "disks": Disks(root),
            "network": Network(root),
            "infiniband": Seldom(InfiniBand(root), SLOW),
            **({"store": Seldom(StoreSpace(store), SLOW)} if store else {}),
        }
        """What is read, by its name."""

    @property
    def cores(self) -> tuple[float, ...]:
        """Per cent of each core since the last tick; empty at the first."""
        return self._cpu.cores

    def read(self, now: float) -> dict[str, float]:
        """Everything the host says at this moment; rates are those since the last call."""
        values: dict[str, float] = {}
        for reader in self.readers.values():
            values.update(reader(now))
        return values


class Seldom:
    """A reader that is asked every ``period`` seconds; in between its last answer stands."""

    def __init__(self, reader: Reader, period: float) -> None:
        self._reader = reader
        self._period = period
        self._due: float | None = None
        self._last: Mapping[str, float] = {}

    def __call__(self, now: float) -> Mapping[str, float]:
        """The last answer, or a new one when it is time."""
        if self._due is None or now >= self._due:
            self._due = now + self._period
            self._last = self._reader(now)
        return self._last


class Cpu:
    """``cpu/percent`` of what we may use, ``cpu/iowait``, and the limit where there is one."""

    def __init__(self, root: Path, cgroup: Cgroup, pid: int | str) -> None:
        self._times = CpuTimes(root)
        self._cgroup = cgroup
        self._allowed = allowed_cores(pid, root)
        self._rates = Rates()
        self.cores: tuple[float, ...] = ()

    def __call__(self, now: float) -> dict[str, float]:
        """Use since the last call; all but the counts is absent at the first."""
        use = self._times.read()
        self.cores = tuple(use.cores.values())
        values: dict[str, float | None] = {"cpu/count": use.count or None, "cpu/iowait": use.iowait}
        values["cpu/percent"] = use.busy
        values["cpu/busiest"] = max(use.cores.values(), default=None)
        limited = self._limited(use, now)
        if limited:
            values |= {"cpu/host_percent": use.busy} | limited
        return {key: value for key, value in values.items() if value is not None}

    def _limited(self, use: CpuUse, now: float) -> dict[str, float | None]:
        """What the tighter of quota and affinity says; nothing where neither limits us."""
        mine = [busy for number, busy in use.cores.items() if self._allowed is None or number in self._allowed]
        count = use.count if self._allowed is None else min(use.count, len(self._allowed))
        limit = self._cgroup.cpu()
        if limit is not None and limit.cores < count:
            return self._against(limit, now)
        if count == use.count:
            return {}
        return {"cpu/limit": count, "cpu/percent": sum(mine) / len(mine) if mine else None}

    def _against(self, limit: CpuLimit, now: float) -> dict[str, float | None]:
        """Use as a share of a quota, and how often the quota stopped us."""
        seconds = self._rates.rate("used", limit.seconds, now)
        stopped = self._rates.rate("throttled", limit.throttled, now)
        periods = self._rates.rate("periods", limit.periods, now)
        return {
            "cpu/limit": limit.cores,
            "cpu/percent": None if seconds is None else min(100.0, seconds / limit.cores * 100),
            "cpu/throttled": None if stopped is None or not periods else stopped / periods * 100,
        }


def memory(root: Path, cgroup: Cgroup) -> dict[str, float]:
    """Memory and swap in bytes; used is what the kernel cannot give back by itself."""
    facts = {key: value * KIB for key, value in read_pairs(root / "proc/meminfo").items()}
    values: dict[str, float] = {}
    if "MemTotal" in facts and "MemAvailable" in facts:
        values = {"memory/total": facts["MemTotal"], "memory/used": facts["MemTotal"] - facts["MemAvailable"]}
    values |= _swap(facts, cgroup)
    limit = cgroup.memory()
    if limit is None or limit.limit >= facts.get("MemTotal", limit.limit + 1):
        return values
    host = {f"memory/host_{key}": values[f"memory/{key}"] for key in ("used", "total") if f"memory/{key}" in values}
    values = {key: value for key, value in values.items() if key != "memory/used"} | host
    values["memory/total"] = limit.limit
    if limit.used is not None:
        values["memory/used"] = limit.used
    if limit.oom_kills is not None:
        values["memory/oom_kills"] = limit.oom_kills
    return values


def _swap(facts: Mapping[str, float], cgroup: Cgroup) -> dict[str, float]:
    """Swap that we may use; nothing where there is none, or none for us."""
    total, free = facts.get("SwapTotal"), facts.get("SwapFree")
    if not total or free is None:
        return {}
    limit = cgroup.swap()
    if limit is None or limit.limit >= total:
        return {"swap/total": total, "swap/used": total - free}
    mine = {"swap/total": limit.limit, **({} if limit.used is None else {"swap/used": limit.used})}
    return {**(mine if limit.limit else {}), "swap/host_total": total, "swap/host_used": total - free}


def load(root: Path) -> dict[str, float]:
    """The load averages of 1, 5 and 15 minutes."""
    words = (read_text(root / "proc/loadavg") or "").split()[:3]
    return {f"load/{minutes}": float(word) for minutes, word in zip((1, 5, 15), words, strict=False) if _decimal(word)}


def pressure(root: Path) -> dict[str, float]:
    """Per cent of the last 10 s in which some task, or all of them (``_full``), waited (the kernel's psi.rst)."""
    values = {}
    for resource in ("cpu", "memory", "io"):
        for line in (read_text(root / "proc/pressure" / resource) or "").splitlines():
            kind, _, rest = line.partition(" ")
            average = rest.partition(" ")[0].removeprefix("avg10=")
            if _decimal(average) and (kind == "some" or resource != "cpu"):
                values[f"psi/{resource}{'_full' if kind == 'full' else ''}"] = float(average)
    return values


def _decimal(word: str) -> bool:
    return word.replace(".", "", 1).isdigit()
