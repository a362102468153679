"""What NVIDIA devices say only as fields: numbers with an id each, all of them read in one call.

Each field has a return code of its own. One that is not supported is not asked again; a device of which none is
supported is left alone. Field ids are those of nvml.h (NVML_FI_*).
"""

from __future__ import annotations

from typing import Any

from collectors.nvml_calls import PERMANENT, DeviceCalls

FIELDS = {82: "temperature_memory", 230: "recovery"}
"""Field of the driver: our name. The second is what it wants done with the device, NVML_GPU_RECOVERY_ACTION_*."""
MEMBERS = ("dVal", "uiVal", "ulVal", "ullVal", "sllVal", "siVal", "usVal")
"""The member of the value for each nvmlValueType_t."""


class Fields:
    """The fields of one device."""

    def __init__(self, calls: DeviceCalls) -> None:
        self._calls = calls
        self._wanted = tuple(FIELDS)

    def read(self) -> dict[str, float]:
        """The fields that the device has now. Raises DeviceLostError and BackendUnavailable."""
        if not self._wanted:
            return {}
        rows = self._calls.ask("fields", ("nvmlDeviceGetFieldValues", (self._wanted,)))
        failed = {row.fieldId: self._calls.driver.word(row.nvmlReturn) for row in rows or () if row.nvmlReturn}
        for field in self._wanted:
            self._calls.note(FIELDS[field], failed.get(field))
        self._wanted = tuple(field for field in self._wanted if failed.get(field) not in PERMANENT)
        return {FIELDS[row.fieldId]: number(row) for row in rows or () if not row.nvmlReturn}


def number(row: Any) -> float:
    """The value of a field, whatever its type."""
    return float(getattr(row.value, MEMBERS[row.valueType]))
