"""NVLink traffic before Hopper: the driver's own byte counters, one field for each link, read in one call.

Field ids are those of nvml.h: 91 is the number of links, 138 and 139 are the data sent and received, in KiB, of the
link named by the scope. Devices with GPM say it themselves and are not asked.
"""

from __future__ import annotations

from typing import Any

from collectors.nvml_calls import DeviceCalls
from collectors.nvml_fields import number
from collectors.rates import Rates, total

LINK_COUNT, SENT, RECEIVED = 91, 138, 139
KIB = 1024
MOST_LINKS = 64


class LinkCounters:
    """The sum over the links of a device, as rates."""

    def __init__(self, calls: DeviceCalls) -> None:
        self._calls = calls
        self._rates = Rates()

    def read(self, now: float) -> dict[str, float]:
        """``nvlink_tx`` and ``nvlink_rx`` in bytes per second since the last call; nothing where there are no links.

        Raises DeviceLostError and BackendUnavailable.
        """
        links = self._links()
        if not links:
            return {}
        fields = tuple((field, link) for field in (SENT, RECEIVED) for link in range(links))
        answer = self._calls.ask("nvlink", ("nvmlDeviceGetFieldValues", (fields,)))
        sides = {"nvlink_tx": answer[:links], "nvlink_rx": answer[links : 2 * links]} if answer is not None else {}
        return {name: rate for name, rows in sides.items() if (rate := self._rate(name, rows, now)) is not None}

    def _links(self) -> int:
        answer = self._calls.ask("nvlink", ("nvmlDeviceGetFieldValues", ((LINK_COUNT,),)))
        if answer is None:
            return 0
        if answer[0].nvmlReturn != 0:
            self._calls.note("nvlink", "NotSupported")
            return 0
        return min(int(number(answer[0])), MOST_LINKS)

    def _rate(self, name: str, rows: Any, now: float) -> float | None:
        counts = [number(row) if row.nvmlReturn == 0 else None for row in rows]
        rate = total([self._rates.rate((name, link), count, now) for link, count in enumerate(counts)])
        return None if rate is None else rate * KIB
