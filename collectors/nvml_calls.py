"""The border to NVML: every call to the binding goes through here, and its exceptions end here.

nvidia-ml-py's exceptions must not travel: they are unhashable, comparing one with None raises, and one of them
(NVMLLibraryMismatchError) is not an NVMLError at all. A call that fails raises ``CallError`` with the driver's word
for it; what that word means for the future is decided in one place:

* ``NotSupported``, ``FunctionNotFound`` and their like stay so while the driver is loaded: never asked again;
* ``GpuIsLost``, ``ResetRequired``: the device is gone, the others are not;
* ``Uninitialized``, ``DriverNotLoaded``, ``LibRmVersionMismatch``: the driver is gone;
* anything else may pass: asked again at the next tick.
"""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

from collectors.backend import BackendUnavailable, Gap

Call = tuple[str, tuple[object, ...]]
"""A function of the binding and its arguments after the device handle."""

PERMANENT = frozenset({"NotSupported", "FunctionNotFound", "ArgumentVersionMismatch", "Deprecated"})
TRY_OLDER = PERMANENT | {"InvalidArgument"}
"""Failures of a call behind which an older one may still answer."""
LOST = {"GpuIsLost": "lost", "ResetRequired": "reset required", "GpuNotFound": "lost"}
GONE = {
    "Uninitialized": "the NVIDIA driver was unloaded",
    "DriverNotLoaded": "the NVIDIA driver is not loaded",
    "LibRmVersionMismatch": "the NVIDIA driver and its library differ in version: reload the driver or reboot",
}
_REFUSED = {**GONE, "LibraryNotFound": "no NVIDIA driver: libnvidia-ml.so.1 was not found"}


class CallError(Exception):
    """An NVML call failed; ``why`` is the driver's word for it, as in ``NotSupported``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DeviceLostError(Exception):
    """The device does not answer any more; the text is its new status."""


class Driver:
    """The NVML binding, with its errors turned into ours."""

    def __init__(self, binding: ModuleType) -> None:
        self.binding = binding
        mismatch = getattr(binding, "NVMLLibraryMismatchError", binding.NVMLError)
        self._errors = (binding.NVMLError, mismatch, UnicodeDecodeError)

    def call(self, name: str, *args: object) -> Any:
        """Call a function of the binding; raises CallError and nothing else."""
        function = getattr(self.binding, name, None)
        if function is None:
            raise CallError("FunctionNotFound")
        try:
            return function(*args)
        except self._errors as error:
            raise CallError(_word(error)) from None

    def word(self, code: int) -> str:
        """The driver's word for a return code that comes with an answer."""
        return _word(self.binding.NVMLError(code))


def _word(error: Exception) -> str:
    name = type(error).__name__.removeprefix("NVMLError_")
    if name == "NVMLLibraryMismatchError":
        return "FunctionNotFound"
    return f"code {getattr(error, 'value', '?')}" if name == "NVMLError" else name


def load_driver() -> Driver:
    """Import the binding and start NVML; raises BackendUnavailable with a reason that a person can act on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the dead package `pynvml` warns at every import in its environment
            import pynvml
    except ImportError:
        raise BackendUnavailable("nvidia-ml-py is not installed") from None
    if not hasattr(pynvml, "nvmlDeviceGetCurrentClocksEventReasons"):
        raise BackendUnavailable(f"an old NVML binding shadows nvidia-ml-py: {pynvml.__file__}")
    driver = Driver(pynvml)
    try:
        driver.call("nvmlInit")
    except CallError as failure:
        raise BackendUnavailable(_REFUSED.get(failure.why, f"NVML does not start: {failure.why}")) from None
    return driver


class DeviceCalls:
    """Asks one device, remembers what it does not support and why each absent metric is absent."""

    def __init__(self, driver: Driver, handle: Any, uuid: str) -> None:
        self.driver = driver
        self.handle = handle
        self.uuid = uuid
        self._latched: dict[Call, str] = {}
        self._gaps: dict[str, str] = {}

    def ask(self, metric: str, *calls: Call) -> Any:
        """The answer of the first call that is supported, newest first; None where there is none (see ``gaps``).

        Raises DeviceLostError when the device is gone and BackendUnavailable when the driver is.
        """
        why = "NotSupported"
        for call in calls:
            if call in self._latched:
                why = self._latched[call]
                continue
            try:
                answer = self.driver.call(call[0], self.handle, *call[1])
            except CallError as failure:
                why = failure.why
                self._note_failure(call, why)
                if why not in TRY_OLDER:
                    break
                continue
            self._gaps.pop(metric, None)
            return answer
        self._gaps[metric] = why
        return None

    def _note_failure(self, call: Call, why: str) -> None:
        """Latch a failure that will not pass; raise where the device or the driver is gone."""
        check_alive(why)
        if why in PERMANENT:
            self._latched[call] = why

    def note(self, metric: str, why: str | None) -> None:
        """Say why a metric that was not asked for here is absent; None: it is there."""
        if why is None:
            self._gaps.pop(metric, None)
        else:
            self._gaps[metric] = why

    def forget(self) -> None:
        """Ask everything again: the device was set up anew."""
        self._latched, self._gaps = {}, {}

    def unsupported(self, metric: str) -> bool:
        """Whether the device will never answer for ``metric``, as far as it was asked."""
        return self._gaps.get(metric) in PERMANENT

    def gaps(self) -> list[Gap]:
        """Every metric of this device that is absent now."""
        return [Gap(self.uuid, metric, why) for metric, why in self._gaps.items()]


def check_alive(why: str) -> None:
    """Raise DeviceLostError or BackendUnavailable where a failure means that."""
    if why in LOST:
        raise DeviceLostError(LOST[why])
    if why in GONE:
        raise BackendUnavailable(GONE[why])
