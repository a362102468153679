"""One NVIDIA device or MIG instance: which questions are asked when, and what the answers are called.

The questions are data. Fast ones are asked at every tick, slow ones every ``SLOW`` seconds and repeated in between;
none of them samples a counter over time (GetPcieThroughput takes 20 ms each and is never called). Newer calls come
first, with the deprecated one that an old driver still knows behind it (nvml.h 13).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from collectors.backend import Gap, GpuInfo, GpuSample
from collectors.energy import EnergyMeter
from collectors.gpm import Gpm
from collectors.nvml_calls import Call, CallError, DeviceCalls, DeviceLostError, check_alive
from collectors.nvml_fields import Fields
from collectors.nvml_links import LinkCounters
from collectors.nvml_processes import ProcessReader

SLOW = 4.8
"""Seconds between two rounds of the slow questions: a little less than five ticks of a second, or one of five."""
FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 60.0
"""Seconds for which a lost device is left alone, doubling each time."""

MEMORY_V2 = 0x02000028
SM_CLOCK, MEMORY_CLOCK = 1, 2
CORRECTED, UNCORRECTED, VOLATILE = 0, 1, 0
CORE_SENSOR = 0
SLOWDOWN = 1
PSTATE_UNKNOWN = 32

REASONS = {
    0x1: "idle",
    0x2: "app_clocks",
    0x4: "sw_power_cap",
    0x8: "hw_slowdown",
    0x10: "sync_boost",
    0x20: "sw_thermal",
    0x40: "hw_thermal",
    0x80: "hw_power_brake",
    0x100: "display",
    0x200: "board_limit",
    0x400: "reliability",
}
"""Bits of nvmlClocksEventReasons* and what we call them."""


@dataclass(frozen=True, slots=True)
class Question:
    """A metric, the calls that can answer it (newest first), and how an answer becomes values."""

    metric: str
    calls: tuple[Call, ...]
    values: Callable[[Any], Mapping[str, float]]


def _single(metric: str, function: str, *arguments: object, scale: float = 1) -> Question:
    return Question(metric, ((function, arguments),), lambda answer: {metric: answer * scale})


def _memory(answer: Any) -> Mapping[str, float]:
    return {"memory_used": answer.used, "memory_total": answer.total} if answer.total else {}


MEMORY = Question("memory_used", (("nvmlDeviceGetMemoryInfo", (MEMORY_V2,)), ("nvmlDeviceGetMemoryInfo", ())), _memory)
FAST = (
    Question(
        "util",
        (("nvmlDeviceGetUtilizationRates", ()),),
        lambda answer: {"util": answer.gpu, "memory_util": answer.memory},
    ),
    MEMORY,
    _single("power", "nvmlDeviceGetPowerUsage", scale=1e-3),
    Question(
        "temperature",
        (("nvmlDeviceGetTemperatureV", (CORE_SENSOR,)), ("nvmlDeviceGetTemperature", (CORE_SENSOR,))),
        lambda answer: {"temperature": answer},
    ),
    _single("sm_clock", "nvmlDeviceGetClockInfo", SM_CLOCK),
)
ENERGY = _single("energy", "nvmlDeviceGetTotalEnergyConsumption", scale=1e-3)
SLOW_QUESTIONS = (
    _single("power_limit", "nvmlDeviceGetEnforcedPowerLimit", scale=1e-3),
    _single("memory_clock", "nvmlDeviceGetClockInfo", MEMORY_CLOCK),
    _single("fan", "nvmlDeviceGetFanSpeed"),
    Question(
        "pstate",
        (("nvmlDeviceGetPerformanceState", ()),),
        lambda answer: {"pstate": answer} if answer != PSTATE_UNKNOWN else {},
    ),
    _single("temperature_margin", "nvmlDeviceGetMarginTemperature"),
    _single("ecc_corrected", "nvmlDeviceGetTotalEccErrors", CORRECTED, VOLATILE),
    _single("ecc_uncorrected", "nvmlDeviceGetTotalEccErrors", UNCORRECTED, VOLATILE),
    Question(
        "remapped_rows",
        (("nvmlDeviceGetRemappedRows", ()),),
        lambda answer: {
            "remapped_rows": answer[0] + answer[1],
            "remap_pending": answer[2],
            "remap_failed": answer[3],
        },
    ),
)
EVENT_REASONS: tuple[Call, ...] = (
    ("nvmlDeviceGetCurrentClocksEventReasons", ()),
    ("nvmlDeviceGetCurrentClocksThrottleReasons", ()),
)


def answers(calls: DeviceCalls, questions: Iterable[Question]) -> dict[str, float]:
    """The values of those questions that the device answers."""
    values: dict[str, float] = {}
    for question in questions:
        answer = calls.ask(question.metric, *question.calls)
        if answer is not None:
            values.update(question.values(answer))
    return values


class NvmlDevice:
    """A whole device. ``sample`` never raises DeviceLostError: a lost device is left alone for a while and says so."""

    def __init__(self, calls: DeviceCalls, info: GpuInfo) -> None:
        self.info = info
        self.calls = calls
        self._processes = ProcessReader(calls)
        self._gpm = Gpm(calls)
        self._fields = Fields(calls)
        self._links = LinkCounters(calls)
        self._meter = EnergyMeter()
        self._slow: dict[str, float] = {}
        self._slow_due = 0.0
        self._status = "ok"
        self._retry_at = 0.0
        self._backoff = FIRST_BACKOFF

    def describe(self) -> None:
        """Read what stays the same: limits and the total memory. Raises DeviceLostError."""
        slowdown = self.calls.ask("temperature_slowdown", ("nvmlDeviceGetTemperatureThreshold", (SLOWDOWN,)))
        fixed = answers(self.calls, (MEMORY, SLOW_QUESTIONS[0]))
        memory = fixed.get("memory_total")
        self.info = replace(
            self.info,
            temperature_slowdown=slowdown,
            memory_total=None if memory is None else int(memory),
            power_limit=fixed.get("power_limit"),
        )

    def renew(self) -> None:
        """Ask everything again: the device was set up anew, and may do now what it could not do before."""
        self.calls.forget()
        self._gpm.renew()
        self._fields, self._processes = Fields(self.calls), ProcessReader(self.calls)

    def resting(self, now: float) -> bool:
        """Whether the device was lost and is left alone at this moment."""
        return now < self._retry_at

    def sample(self, now: float) -> GpuSample:
        """Every reading of this tick; ``now`` is monotonic. Raises BackendUnavailable when the driver is gone."""
        empty = GpuSample(self.info.index, self.info.uuid, self.info.name, self._status)
        if self.resting(now):
            return empty
        try:
            if self._status != "ok":
                self._find_again()
            sample = self._read(empty, now)
        except DeviceLostError as lost:
            self._lose(str(lost), now)
            return replace(empty, status=self._status)
        self._status, self._backoff = "ok", FIRST_BACKOFF
        return sample

    def _find_again(self) -> None:
        try:
            self.calls.handle = self.calls.driver.call("nvmlDeviceGetHandleByUUID", self.calls.uuid)
        except CallError as failure:
            check_alive(failure.why)
            raise DeviceLostError(self._status) from None

    def _lose(self, status: str, now: float) -> None:
        self._status = status
        self._retry_at = now + self._backoff
        self._backoff = min(self._backoff * 2, LONGEST_BACKOFF)
        self._slow, self._slow_due = {}, 0.0
        self._gpm.stop()

    def _read(self, empty: GpuSample, now: float) -> GpuSample:
        values = answers(self.calls, FAST)
        reasons = self.calls.ask("reasons", *EVENT_REASONS)
        slow = now >= self._slow_due
        if slow:
            self._read_slow(now)
        values.update(self._energy(values.get("power"), now, ask=slow))
        values.update(self._slow)
        values.update(self._gpm.tick(now))
        processes = self._processes.read(slow=slow)
        named = tuple(name for bit, name in REASONS.items() if (reasons or 0) & bit)
        return replace(empty, status="ok", values=values, reasons=named, processes=processes)

    def _read_slow(self, now: float) -> None:
        self._slow_due = now + SLOW
        self._slow = answers(self.calls, SLOW_QUESTIONS) | self._fields.read()
        if not self._gpm.supported:
            self._slow.update(self._links.read(now))

    def _energy(self, power: float | None, now: float, *, ask: bool) -> dict[str, float]:
        """The device's own counter, read slowly; where it has none, the power integrated since we watch."""
        integrated = self._meter.add(power, now)
        if ask:
            self._slow.update(answers(self.calls, (ENERGY,)))
        if integrated is None or not self.calls.unsupported("energy"):
            return {}
        return {"energy": integrated}

    def gaps(self) -> list[Gap]:
        """Every metric that is absent now, and why."""
        return self.calls.gaps()

    def close(self) -> None:
        """Free the driver's buffers; raises nothing."""
        self._gpm.stop()


class MigInstance:
    """A MIG instance: memory, processes and GPM of its own; power, clocks and temperature belong to the device."""

    def __init__(self, calls: DeviceCalls, info: GpuInfo, whole: DeviceCalls, gpu_instance: int) -> None:
        self.info = info
        self.calls = calls
        self._whole = whole
        self._processes = ProcessReader(calls, utilisation=False)
        self._gpm = Gpm(whole, gpu_instance)

    def sample(self, now: float, status: str = "ok") -> GpuSample:
        """Every reading of this tick; ``status`` is that of the device. Raises BackendUnavailable."""
        info = self.info
        empty = GpuSample(info.index, info.uuid, info.name, status, instance=info.instance)
        if status != "ok":
            return empty
        try:
            values = answers(self.calls, (MEMORY,)) | self._gpm.tick(now)
            return replace(empty, values=values, processes=self._processes.read(slow=False))
        except DeviceLostError as lost:
            return replace(empty, status=str(lost))

    def gaps(self) -> list[Gap]:
        """Every metric that is absent now, and why."""
        return self.calls.gaps() + self._whole.gaps()

    def close(self) -> None:
        """Free the driver's buffers; raises nothing."""
        self._gpm.stop()
