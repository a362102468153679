"""What one device did lately, boiled down sample by sample to what rules ask about. Absent values leave no trace."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tui.health.evidence import Gpu
from tui.health.thresholds import Thresholds

MEMORY_WINDOW = 600.0
MEMORY_STEP = 10.0
"""Seconds looked back on for a rise of memory, and between two points of it."""
FALL = 0.001
"""Share of the memory by which it may fall and still count as rising."""
POWER_STEP = 5.0
"""Seconds between two readings that make the usual power."""
NOT_SLOWED: Mapping[str, float] = MappingProxyType({})
FEWEST = 3
POWERS = 240
"""Readings that make it: the newest ones."""
WORKING = 50.0
"""Per cent of use from which power says what work takes, and the clock how fast it goes."""
WORKED = 20.0
"""Per cent of use that is no accident."""
FLICKER = 10.0
"""Seconds for which a slowdown may pause and still be the same one."""
USED = frozenset(
    {
        *("util", "power", "memory_used", "memory_total", "sm_clock"),
        *("temperature", "temperature_margin", "ecc_uncorrected", "remap_pending"),
        *("remap_failed", "recovery"),
    }
)
"""The values of a sample that are looked at."""
LONGEST_GAP = 60.0
"""Seconds without samples after which what was before says nothing about now."""


class GpuTrack:
    """Follows one device; ``add`` takes a sample, ``evidence`` says what is known now."""

    def __init__(self, label: str, thresholds: Thresholds, host: str = "") -> None:
        self.label, self.host = label, host
        self.time = -math.inf
        """Of the newest sample."""
        self.worked = False
        """Whether it was ever seen at work."""
        self.learnt = -math.inf
        """When the newest reading of those was taken that make the usual power."""
        self._thresholds = thresholds
        self._values: Mapping[str, float] = {}
        self._status = "ok"
        self._use = Use(thresholds.starvation_seconds)
        self._memory = Rise()
        self._powers: deque[tuple[float, float]] = deque()
        self._sorted: list[float] = []
        self._readings = 0
        self._usual: tuple[int | None, float | None] = (None, None)
        self._told: tuple[object, Gpu | None] = (None, None)
        self._slowed: dict[str, tuple[float, float]] = {}
        self._idle_since: float | None = None
        self._slow_since: float | None = None
        self._unowned_since: float | None = None
        self._clock_usual: float | None = None
        self._unowned: float | None = None
        self._errors: float | None = None

    @property
    def clock_at_work(self) -> float | None:
        """MHz now, where it works: at rest a clock means nothing."""
        return self._values.get("sm_clock") if (self._values.get("util") or 0.0) >= WORKING else None

    def add(
        self,
        time: float,
        values: Mapping[str, float],
        reasons: Sequence[str] = (),
        status: str = "ok",
        unowned: float | None = None,
    ) -> None:
        """Take in a sample: its values by the names of ``collectors.backend``; ``unowned`` are bytes held by nobody."""
        if time <= self.time:
            return
        if time - self.time > LONGEST_GAP:
            self._begin_again()
        self.time, self._values, self._status = time, values, status
        self._add_use(time, values.get("util"), values.get("power"))
        used, total = values.get("memory_used"), values.get("memory_total")
        if used is not None and total:
            self._memory.add(time, used, total)
        if reasons or self._slowed:
            self._add_reasons(time, reasons)
        if unowned is not None or self._unowned is not None:
            self._add_unowned(time, unowned, values.get("util"))
        if self._errors is None:
            self._errors = values.get("ecc_uncorrected")

    def compare(self, usual: float | None) -> None:
        """Set the clock of the run's other devices beside this one's."""
        clock = self._values.get("sm_clock")
        slow = clock is not None and usual is not None and clock < self._thresholds.slow_clock_percent / 100 * usual
        self._clock_usual = usual
        self._slow_since = (self._slow_since or self.time) if slow else None

    def evidence(self, owner: str | None = None, working_until: float | None = None) -> Gpu:
        """What is known now.

        Args:
            owner: key of the one run that uses the device.
            working_until: when that run made its last step: power until then is what its work takes.
        """
        usual = self._power_usual(working_until) if working_until is not None else None
        asked = (self.time, self._clock_usual, self._slow_since, owner, usual)
        before, told = self._told
        if told is None or before != asked:
            told = self._evidence(owner, usual)
            self._told = (asked, told)
        return told

    def _evidence(self, owner: str | None, power_usual: float | None) -> Gpu:
        values = self._values
        uncorrected = values.get("ecc_uncorrected")
        return Gpu(
            label=self.label,
            host=self.host,
            time=self.time,
            status=self._status,
            util=values.get("util"),
            util_mean=self._use.mean,
            idle_since=self._idle_since,
            power=values.get("power"),
            power_usual=power_usual,
            memory_used=values.get("memory_used"),
            memory_total=values.get("memory_total"),
            memory_rise=self._memory.rise,
            memory_seconds=self._memory.seconds,
            temperature=values.get("temperature"),
            margin=values.get("temperature_margin"),
            clock=values.get("sm_clock"),
            clock_usual=self._clock_usual,
            slow_since=self._slow_since,
            slowed={reason: since for reason, (since, _) in self._slowed.items()} if self._slowed else NOT_SLOWED,
            unowned=self._unowned,
            unowned_since=self._unowned_since,
            uncorrected=uncorrected - self._errors if uncorrected is not None and self._errors is not None else None,
            remap_pending=bool(values.get("remap_pending")),
            remap_failed=bool(values.get("remap_failed")),
            recovery=_code(values.get("recovery")),
            owner=owner,
        )

    def _begin_again(self) -> None:
        self._use.clear()
        self._memory.clear()
        self._slowed.clear()
        self._idle_since = self._slow_since = self._unowned_since = None

    def _add_use(self, time: float, util: float | None, power: float | None) -> None:
        if util is None:
            self._idle_since = None
            return
        self._use.add(time, util)
        self.worked = self.worked or util >= WORKED
        still = util <= self._thresholds.idle_util_percent
        self._idle_since = (time if self._idle_since is None else self._idle_since) if still else None
        if power is not None and util >= WORKING and time - self.learnt >= POWER_STEP and math.isfinite(power):
            self._learn(time, power)

    def _learn(self, time: float, power: float) -> None:
        """Take in a reading of those that make the usual power; the oldest is forgotten for it."""
        self.learnt = time
        self._powers.append((time, power))
        insort(self._sorted, power)
        self._readings += 1
        if len(self._powers) > POWERS:
            del self._sorted[bisect_left(self._sorted, self._powers.popleft()[1])]

    def _power_usual(self, until: float) -> float | None:
        """Median power while the device worked, up to ``until``."""
        if until >= self.learnt:
            return _middle(self._sorted)
        count = self._readings - sum(time > until for time, _ in self._powers)
        if self._usual[0] != count:
            self._usual = (count, _middle(sorted(power for time, power in self._powers if time <= until)))
        return self._usual[1]

    def _add_reasons(self, time: float, reasons: Sequence[str]) -> None:
        for reason in reasons:
            since = self._slowed[reason][0] if reason in self._slowed else time
            self._slowed[reason] = (since, time)
        for reason in [reason for reason, (_, last) in self._slowed.items() if time - last > FLICKER]:
            del self._slowed[reason]

    def _add_unowned(self, time: float, unowned: float | None, util: float | None) -> None:
        """Memory that nobody holds, as long as nothing computes there either: then somebody is merely not visible."""
        self._unowned = unowned
        held = unowned is not None and unowned > self._thresholds.orphan_bytes and not util
        self._unowned_since = (time if self._unowned_since is None else self._unowned_since) if held else None


def _code(value: float | None) -> int:
    """A value that is a code; 0 where there is none."""
    return int(value) if value is not None and math.isfinite(value) else 0


def _middle(ordered: Sequence[float]) -> float | None:
    """The median of sorted readings; None where they are too few to say what is usual."""
    count = len(ordered)
    return (ordered[count // 2] + ordered[(count - 1) // 2]) / 2 if count >= FEWEST else None


class Use:
    """The mean use over the last ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._points: deque[tuple[float, float]] = deque()
        self._sum = 0.0

    def add(self, time: float, util: float) -> None:
        """Take in a reading and forget those that are too old."""
        points = self._points
        points.append((time, util))
        self._sum += util
        while time - points[0][0] > self._seconds:
            self._sum -= points.popleft()[1]

    def clear(self) -> None:
        """Forget everything."""
        self._points.clear()
        self._sum = 0.0

    @property
    def mean(self) -> float | None:
        """The mean; None until the time is covered."""
        points = self._points
        if len(points) < 5 or points[-1][0] - points[0][0] < 0.9 * self._seconds:
            return None
        return max(0.0, self._sum / len(points))


class Rise:
    """Whether memory rises steadily: over the whole window and in its later half, without ever falling much."""

    def __init__(self) -> None:
        self.seconds = 0.0
        """Time that the window covers."""
        self._points: deque[tuple[float, float]] = deque()

    def add(self, time: float, used: float, total: float) -> None:
        """Take in a reading; a fall begins the window again."""
        points = self._points
        if points and used < points[-1][1] - FALL * total:
            points.clear()
        if not points or time - points[-1][0] >= MEMORY_STEP:
            points.append((time, used))
        while time - points[0][0] > MEMORY_WINDOW:
            points.popleft()
        self.seconds = points[-1][0] - points[0][0]

    def clear(self) -> None:
        """Forget everything."""
        self._points.clear()
        self.seconds = 0.0

    @property
    def rise(self) -> float | None:
        """Bytes it rose by; None before half the window is covered, and where its later half did not rise."""
        if self.seconds < MEMORY_WINDOW / 2:
            return None
        first, last = self._points[0][1], self._points[-1][1]
        middle = self._points[len(self._points) // 2][1]
        return last - first if last - middle >= 0.25 * (last - first) > 0 else None
