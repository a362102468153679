"""How busy the cores were since the last look, from /proc/stat (proc_stat(5))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collectors.files import read_text, to_int

ROOT = Path("/")
IDLE, IOWAIT = 3, 4
COUNTED = 8
"""Fields user to steal; guest time is part of user already."""


@dataclass(frozen=True, slots=True)
class CpuUse:
    """Per cent of the time since the last look; None and empty at the first."""

    count: int = 0
    """Cores that are on; known at the first look too."""
    busy: float | None = None
    iowait: float | None = None
    cores: Mapping[int, float] = field(default_factory=dict)


class CpuTimes:
    """Remembers the last counters of the machine and of each core."""

    def __init__(self, root: Path = ROOT) -> None:
        self._path = root / "proc/stat"
        self._last: dict[str, list[int]] = {}

    def read(self) -> CpuUse:
        """Use since the last call. Waiting for a disk is not being busy: a core that waits can work for others."""
        rows = _counters(read_text(self._path) or "")
        before, self._last = self._last, rows
        spans = {
            name: [after - row for after, row in zip(rows[name], before[name], strict=False)]
            for name in rows.keys() & before.keys()
        }
        cores = {
            int(name[3:]): busy for name, span in spans.items() if name != "cpu" and (busy := _busy(span)) is not None
        }
        whole = spans.get("cpu", [])
        waited = 100 * whole[IOWAIT] / sum(whole) if sum(whole) > 0 else None
        return CpuUse(
            len(rows.keys() - {"cpu"}),
            _busy(whole),
            None if waited is None else max(0.0, waited),
            dict(sorted(cores.items())),
        )


def _counters(text: str) -> dict[str, list[int]]:
    rows = {}
    for line in text.splitlines():
        if not line.startswith("cpu"):
            break
        name, *words = line.split()
        rows[name] = [to_int(word) or 0 for word in words[:COUNTED]]
    return rows


def _busy(span: list[int]) -> float | None:
    """Share of a span that was not idle; None for a span without time. The kernel's iowait may run backwards."""
    whole = sum(span)
    if whole <= 0:
        return None
    return min(100.0, max(0.0, 100 * (1 - (span[IDLE] + span[IOWAIT]) / whole)))
