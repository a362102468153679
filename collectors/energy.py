"""Energy and use of GPUs, from what was sampled. Pure: no clock, no device, no files.

``EnergyMeter`` integrates power where a device has no energy counter. ``account`` sums a series of samples of one
GPU: seconds held, seconds idle, joules. Time that nobody sampled counts for nothing: an interval longer than
``longest`` seconds is a gap in the record, not use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from collectors.rates import total

LONGEST_GAP = 30.0
"""Seconds between two samples above which what lay between is unknown."""
IDLE_UTIL = 5.0
"""Per cent of utilisation at or below which a GPU idles."""
JOULES_PER_KWH = 3.6e6


class EnergyMeter:
    """Joules since the first reading, from readings of power, by the trapezoidal rule."""

    def __init__(self, longest: float = LONGEST_GAP) -> None:
        self._longest = longest
        self._last: tuple[float, float] | None = None
        self._joules: float | None = None

    def add(self, power: float | None, now: float) -> float | None:
        """Joules up to ``now`` (seconds, monotonic); None until power (watts) was known once."""
        if power is None:
            self._last = None
            return self._joules
        if self._last is not None and 0 < now - self._last[0] <= self._longest:
            self._joules = (self._joules or 0.0) + (now - self._last[0]) * (power + self._last[1]) / 2
        self._last = (now, power)
        self._joules = self._joules or 0.0
        return self._joules


@dataclass(frozen=True, slots=True)
class Reading:
    """One sample of one GPU; None is what was not known. Energy is the counter in joules."""

    time: float
    util: float | None = None
    power: float | None = None
    energy: float | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What a GPU did over a series of samples."""

    seconds: float = 0.0
    """Seconds that the samples cover."""
    idle_seconds: float = 0.0
    """Those of them in which utilisation was known and at most ``IDLE_UTIL``."""
    joules: float | None = None
    """Energy over these seconds; None where neither energy nor power was known."""

    @property
    def kwh(self) -> float | None:
        """The energy in kilowatt hours."""
        return None if self.joules is None else self.joules / JOULES_PER_KWH

    def __add__(self, other: Use) -> Use:
        return Use(
            self.seconds + other.seconds,
            self.idle_seconds + other.idle_seconds,
            total((self.joules, other.joules)),
        )


def account(readings: Sequence[Reading], *, longest: float = LONGEST_GAP, idle_util: float = IDLE_UTIL) -> Use:
    """Sum a series of one GPU, in the order of time; intervals above ``longest`` seconds are left out.

    Over each interval the utilisation is the mean of its two ends (the one that is known, where one is not), and the
    energy is the difference of the counter, or the mean power times the time where the counter is unknown or fell.
    """
    use = Use()
    for before, after in pairwise(readings):
        seconds = after.time - before.time
        if 0 < seconds <= longest:
            util = _mean(before.util, after.util)
            idle = seconds if util is not None and util <= idle_util else 0.0
            use = use + Use(seconds, idle, _joules(before, after, seconds))
    return use


def _joules(before: Reading, after: Reading, seconds: float) -> float | None:
    if before.energy is not None and after.energy is not None and after.energy >= before.energy:
        return after.energy - before.energy
    power = _mean(before.power, after.power)
    return None if power is None else power * seconds


def _mean(*values: float | None) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def combine(uses: Iterable[Use]) -> Use:
    """The sum over several GPUs or spans: seconds become GPU-seconds."""
    return sum(uses, Use())
