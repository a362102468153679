"""Moments as short text in local time: only as much of the date as is needed to know which day is meant."""

from __future__ import annotations

import math
import time

from tui.show.units import ABSENT

_DAY = 86_400.0


def moment(when: float | None, now: float) -> str:
    """``when`` (seconds since the epoch) as seen at ``now``: ``14:01:58``, ``Aug 02 14:01`` or ``2025-08-02 14:01``."""
    local, today = _local(when), _local(now)
    if local is None or today is None:
        return ABSENT
    if local[:3] == today[:3]:
        return time.strftime("%H:%M:%S", local)
    if abs(now - (when or 0.0)) < 300 * _DAY:
        return time.strftime("%b %d %H:%M", local)
    return time.strftime("%Y-%m-%d %H:%M", local)


def full_moment(when: float | None) -> str:
    """``when`` with its whole date: ``2026-08-02 14:01:58``."""
    local = _local(when)
    return ABSENT if local is None else time.strftime("%Y-%m-%d %H:%M:%S", local)


def _local(when: float | None) -> time.struct_time | None:
    """The local time of a moment; None of one that no calendar holds (files may say anything)."""
    if when is None or not math.isfinite(when):
        return None
    try:
        return time.localtime(when)
    except (OverflowError, OSError, ValueError):
        return None
