"""GPM, the profiling counters of Hopper and later: how busy the parts of the chip are, without DCGM or root.

Two samples are allocated once and used in turn, so the tick is the interval and nothing sleeps; both are freed at
the end. Metric ids and the least interval are those of nvml.h (nvmlGpmMetricId_t; "should be greater than 100ms").
Devices are read one after the other, never in parallel.
"""

from __future__ import annotations

import contextlib
import math
from typing import Any

from collectors.nvml_calls import PERMANENT, CallError, DeviceCalls, check_alive

METRICS = {
    2: ("sm_active", 1),
    3: ("sm_occupancy", 1),
    5: ("tensor_active", 1),
    10: ("dram_active", 1),
    11: ("fp64_active", 1),
    12: ("fp32_active", 1),
    13: ("fp16_active", 1),
    20: ("pcie_tx", 1 << 20),
    21: ("pcie_rx", 1 << 20),
    60: ("nvlink_rx", 1 << 20),
    61: ("nvlink_tx", 1 << 20),
}
"""Metric id of the driver: our name, and the factor to our unit (the driver counts MiB per second)."""
SHARES = range(20)
"""The ids of metrics in per cent; of a MIG instance drivers say more than all (DCGM issue 152)."""
LEAST_INTERVAL = 0.11
"""Seconds between the two samples of a reading, at least."""


class Gpm:
    """The counters of one device, or of one GPU instance of it; ``calls`` are the whole device's in both cases."""

    def __init__(self, calls: DeviceCalls, gpu_instance: int | None = None) -> None:
        self._calls = calls
        self._take: tuple[str, tuple[object, ...]] = ("nvmlGpmSampleGet", ())
        if gpu_instance is not None:
            self._take = ("nvmlGpmMigSampleGet", (gpu_instance,))
        self._samples: list[Any] = []
        self._request: Any = None
        self._taken: float | None = None
        self._last: dict[str, float] = {}
        self._asked = False
        self.supported = True
        """False once the driver said that this device has no such counters."""
        self._ask_support()

    def _ask_support(self) -> None:
        """See whether the device has the counters; a question that fails and may pass is asked again."""
        support = self._call("nvmlGpmQueryDeviceSupport", self._calls.handle)
        self._asked = support is not None
        if support is not None and not support.isSupportedDevice:
            self._calls.note("gpm", "NotSupported")
            self.supported = False

    def _call(self, function: str, *arguments: object) -> Any:
        """The answer, or None where the call failed, with the reason noted.

        Raises DeviceLostError and BackendUnavailable.
        """
        try:
            answer = self._calls.driver.call(function, *arguments)
        except CallError as failure:
            check_alive(failure.why)
            self._calls.note("gpm", failure.why)
            self.supported = self.supported and failure.why not in PERMANENT
            return None
        self._calls.note("gpm", None)
        return answer

    def tick(self, now: float) -> dict[str, float]:
        """What the counters say of the time since the last tick; nothing at the first one.

        A tick too soon after another repeats what was said then. Raises DeviceLostError and BackendUnavailable.
        """
        if self._taken is not None and now - self._taken < LEAST_INTERVAL:
            return self._last
        self._last = self._read(now)
        return self._last

    def _read(self, now: float) -> dict[str, float]:
        if not self._is_ready():
            return {}
        first, self._taken = self._taken is None, None
        older, newer = self._samples
        function, instance = self._take
        if self._call(function, self._calls.handle, *instance, newer) is None:
            return {}
        self._samples, self._taken = [newer, older], now
        return {} if first else self._values(older, newer)

    def _is_ready(self) -> bool:
        if self.supported and not self._asked:
            self._ask_support()
        return self.supported and self._asked and bool(self._samples or self._allocate())

    def _allocate(self) -> bool:
        """Take two buffers of the driver, or none; and make the request that asks for every metric."""
        self._request = self._request or self._new_request()
        self._samples = [sample for _ in range(2) if (sample := self._call("nvmlGpmSampleAlloc")) is not None]
        if len(self._samples) < 2:
            self.stop()
        return bool(self._samples)

    def _new_request(self) -> Any:
        request = self._call("c_nvmlGpmMetricsGet_t")
        request.version, request.numMetrics = 1, len(METRICS)
        for slot, metric in enumerate(METRICS):
            request.metrics[slot].metricId = metric
        return request

    def _values(self, older: Any, newer: Any) -> dict[str, float]:
        request = self._request
        request.sample1, request.sample2 = older, newer
        if self._call("nvmlGpmMetricsGet", request) is None:
            return {}
        rows = zip(request.metrics, METRICS.values(), strict=False)
        return {name: _sane(row) * factor for row, (name, factor) in rows if row.nvmlReturn == 0 and _is_sane(row)}

    def renew(self) -> None:
        """Begin anew: the device was set up anew, and what it could not do before it may do now."""
        self.stop()
        self._asked, self.supported = False, True

    def stop(self) -> None:
        """Free the buffers; raises nothing. The next tick begins anew."""
        for sample in self._samples:
            with contextlib.suppress(CallError):
                self._calls.driver.call("nvmlGpmSampleFree", sample)
        self._samples, self._taken, self._last = [], None, {}


def _is_sane(row: Any) -> bool:
    """Whether a value is one: a ratio of counters that stood still is none."""
    return math.isfinite(row.value) and row.value >= 0


def _sane(row: Any) -> float:
    return min(100.0, float(row.value)) if row.metricId in SHARES else float(row.value)
