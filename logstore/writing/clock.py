"""The time as everything on disk has it."""

from __future__ import annotations

import time


def now() -> float:
    """Seconds since the epoch in whole milliseconds, rounded down: what is written later never seems to be earlier."""
    return time.time_ns() // 1_000_000 / 1000
