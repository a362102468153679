"""The memory of a run's own control group on each of its hosts, as the rows of its telemetry tell it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logstore.model.series import Series
from tui.health.evidence import Memory

IN_USE, TOTAL, KILLS = "memory/used", "memory/total", "memory/oom_kills"
LIMITED = "memory/host_total"
"""Only in rows whose total is a limit below what the host has."""


def memory(host: str, curves: Mapping[str, Series], percent: float) -> Memory | None:
    """The memory of a host at its newest row; None where less than ``percent`` is used and nothing was killed."""
    used, total = _last(curves, IN_USE), _last(curves, TOTAL)
    kills, killed = _kills(curves.get(KILLS))
    near = used is not None and bool(total) and total is not None and used >= percent / 100 * total
    if not near and killed is None:
        return None
    time = curves[IN_USE].last_time if near else None
    return Memory(host, time, used, total, LIMITED in curves, killed, kills)


def _last(curves: Mapping[str, Series], key: str) -> float | None:
    series = curves.get(key)
    return None if series is None else series.last


def _kills(series: Series | None) -> tuple[int, float | None]:
    """How often the kernel killed since the first row, and when it did last."""
    if series is None or not len(series) or not (series.last or 0.0) > series.values[0]:
        return 0, None
    rises = np.flatnonzero(np.diff(series.values) > 0)
    return int(series.values[-1] - series.values[0]), float(series.times[rises[-1] + 1])
