"""How fast rows come: the last step, the usual time between rows, the recent speed."""

from __future__ import annotations

import numpy as np

from logstore.model.delta import F64

WINDOW = 128
"""Rows looked back on: enough to hold an evaluation pause, few enough to follow a change of speed."""


class Pace:
    """The clock of one file's rows, as far as they carry a time."""

    __slots__ = ("_row_seconds", "_steps", "_times", "first_time", "step")

    def __init__(self) -> None:
        self.step: float | None = None
        """The furthest step of the latest attempt."""
        self.first_time: float | None = None
        self._steps: F64 = np.empty(0)
        self._times: F64 = np.empty(0)
        self._row_seconds: float | None = None

    @property
    def last_time(self) -> float | None:
        """Time of the latest row, seconds since the epoch."""
        return float(self._times[-1]) if len(self._times) else None

    @property
    def row_seconds(self) -> float | None:
        """Median time between recent rows, in seconds."""
        if self._row_seconds is None and len(self._times) > 1:
            self._row_seconds = float(np.median(np.diff(self._times)))
        return self._row_seconds

    def fork(self) -> None:
        """A new attempt begins: steps and speed count from here."""
        self.step = self._row_seconds = None
        self._steps = self._times = np.empty(0)

    def extend(self, steps: F64, times: F64) -> None:
        """Take in rows in the order they were logged."""
        if not len(steps):
            return
        furthest = float(steps.max())
        self.step = furthest if self.step is None else max(self.step, furthest)
        steps, times = steps[-WINDOW:], times[-WINDOW:]
        timed = np.isfinite(times)
        if not timed.all():
            steps, times = steps[timed], times[timed]
        if self.first_time is None and len(times):
            self.first_time = float(times[0])
        if len(steps) < WINDOW:
            self._steps = np.concatenate([self._steps, steps])[-WINDOW:]
            self._times = np.concatenate([self._times, times])[-WINDOW:]
        else:
            self._steps, self._times = steps.copy(), times.copy()
        self._row_seconds = None

    def steps_per_second(self, now: float | None) -> float | None:
        """Steps per second over the recent rows.

        Args:
            now: The present for a run that goes on, so that its speed sinks when it stalls; None for one that ended.
        """
        if len(self._times) < 2:
            return None
        until = self._times[-1]
        patience = 10 * (self.row_seconds or 0.0)
        if now is not None and now - until > patience:
            until = now
        seconds = float(until - self._times[0])
        steps = float(self._steps.max() - self._steps[0])
        return steps / seconds if seconds > 0 and steps >= 0 else None
