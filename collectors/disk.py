"""Traffic of the disks, and what is left on the file system that a store lies on."""

from __future__ import annotations

import os
from pathlib import Path

from collectors.files import read_text, to_int
from collectors.rates import Rates, total
from collectors.worker import Worker

ROOT = Path("/")
SECTOR = 512
"""Bytes in the sectors of /proc/diskstats, whatever the disk's own are (the kernel's iostats.rst)."""
VIRTUAL = ("loop", "ram", "zram", "dm-", "md", "sr", "fd")
"""Devices that stand on others, whose traffic would count twice, or that hold no data."""
PATIENCE = 0.2
"""Seconds to wait for a file system; a dead network mount never answers."""


class Disks:
    """``disk/read`` and ``disk/write`` in bytes per second, ``disk/busy`` of the busiest disk in per cent."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._rates = Rates()
        self._whole: dict[str, bool] = {}

    def __call__(self, now: float) -> dict[str, float]:
        """The rates since the last call; absent at the first."""
        counters = self._counters()
        values = {}
        for place, (metric, unit) in enumerate((("disk/read", SECTOR), ("disk/write", SECTOR))):
            rate = total([self._rates.rate((metric, disk), row[place], now) for disk, row in counters.items()])
            if rate is not None:
                values[metric] = rate * unit
        busy = [self._rates.rate(("busy", disk), row[2], now) for disk, row in counters.items()]
        known = [rate for rate in busy if rate is not None]
        return values | ({"disk/busy": min(100.0, max(known) / 10)} if known else {})

    def _counters(self) -> dict[str, tuple[int, int, int]]:
        """Sectors read and written and milliseconds busy, by whole disk."""
        disks = {}
        for line in (read_text(self._root / "proc/diskstats") or "").splitlines():
            words = line.split()
            if len(words) < 13 or words[2].startswith(VIRTUAL):
                continue
            if self._is_whole(words[2]):
                row = [to_int(words[place]) or 0 for place in (5, 9, 12)]
                disks[words[2]] = (row[0], row[1], row[2])
        return disks

    def _is_whole(self, name: str) -> bool:
        """Whether a name is a disk and not a part of one; asked once for each name."""
        if name not in self._whole:
            self._whole[name] = (self._root / "sys/block" / name.replace("/", "!")).exists()
        return self._whole[name]


class StoreSpace:
    """Free and total bytes and inodes of the file system under a directory.

    Asked in a thread, since a file system that does not answer must not stop the rest: then ``disk/unanswered`` is
    the time for which it has not.
    """

    def __init__(self, directory: Path) -> None:
        self._worker = Worker(lambda: _space(directory), "store-space")

    def __call__(self, now: float) -> dict[str, float]:
        """``disk/free`` is what this user may still write; quotas are not seen through statvfs everywhere."""
        answer = self._worker.ask(now, PATIENCE)
        waiting = self._worker.waiting(now)
        return (answer or {}) if waiting is None else {"disk/unanswered": waiting}


def _space(directory: Path) -> dict[str, float]:
    try:
        stat = os.statvfs(directory)
    except OSError:
        return {}
    values = {
        "disk/free": float(stat.f_bavail * stat.f_frsize),
        "disk/total": float(stat.f_blocks * stat.f_frsize),
        "disk/inodes_free": float(stat.f_favail),
        "disk/inodes_total": float(stat.f_files),
    }
    counted = stat.f_files > 0
    return values if counted else {key: value for key, value in values.items() if "inodes" not in key}
