"""Which devices a process may see, from CUDA_VISIBLE_DEVICES and its like. Pure.

CUDA's rules (CUDA C programming guide, environment variables): a list of indices or of the beginnings of UUIDs; it
ends at the first entry that names nothing; an entry that comes twice makes the whole list invalid. Indices count in
CUDA's own order, fastest first, unless CUDA_DEVICE_ORDER says PCI_BUS_ID: they are NVML's only where all devices are
of one model or where that is set, so the answer says whether it is certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collectors.backend import UNOPENED, GpuInfo
from collectors.files import to_int

VARIABLES = {"nvidia": "CUDA_VISIBLE_DEVICES", "amd": "ROCR_VISIBLE_DEVICES"}
AMD_SECOND = "HIP_VISIBLE_DEVICES"


@dataclass(frozen=True, slots=True)
class Visible:
    """UUIDs in the order in which the process counts them."""

    uuids: tuple[str, ...]
    certain: bool = True
    """False where the order of the indices had to be guessed."""


def visible_devices(environment: Mapping[str, str], devices: Sequence[GpuInfo]) -> Visible:
    """The devices that a process with this environment sees; ``devices`` in the driver's order, MIG instances too."""
    told = told_devices(environment, devices)
    return Visible(tuple(device.uuid for device in _whole(devices))) if told is None else told


def told_devices(environment: Mapping[str, str], devices: Sequence[GpuInfo]) -> Visible | None:
    """The devices that this environment names; None where it names none and every device is to be seen."""
    vendor = devices[0].vendor if devices else "nvidia"
    spec = environment.get(VARIABLES[vendor])
    if spec is None and vendor == "amd":
        spec = environment.get(AMD_SECOND, environment.get("CUDA_VISIBLE_DEVICES"))
    if spec is None:
        return None
    whole = _whole(devices)
    ordered = environment.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID" or len({device.name for device in whole}) <= 1
    return _resolve(spec, whole, [device for device in devices if device.instance is not None], ordered=ordered)


def _whole(devices: Sequence[GpuInfo]) -> list[GpuInfo]:
    """Those that are no instances, and that can be opened at all."""
    return [device for device in devices if device.instance is None and not device.uuid.startswith(UNOPENED)]


def _resolve(spec: str, whole: Sequence[GpuInfo], instances: Sequence[GpuInfo], *, ordered: bool) -> Visible:
    uuids: list[str] = []
    certain = True
    for word in (entry.strip() for entry in spec.split(",")):
        index = to_int(word) if word.isdecimal() else None
        uuid, sure = (
            (_by_name(word, whole, instances), True) if index is None else _by_index(index, whole, instances, ordered)
        )
        if uuid is None:
            break
        if uuid in uuids:
            return Visible(())
        uuids.append(uuid)
        certain = certain and sure
    return Visible(tuple(uuids), certain)


def _by_index(
    index: int, whole: Sequence[GpuInfo], instances: Sequence[GpuInfo], ordered: bool
) -> tuple[str | None, bool]:
    """An index means a device; on one that is split, CUDA uses its first instance."""
    if index >= len(whole):
        return None, True
    device = whole[index]
    parts = [instance.uuid for instance in instances if instance.parent_uuid == device.uuid]
    return (parts[0], False) if parts else (device.uuid, ordered)


def _by_name(word: str, whole: Sequence[GpuInfo], instances: Sequence[GpuInfo]) -> str | None:
    """The device whose UUID begins so, if there is exactly one; ``MIG-GPU-<uuid>/g/c`` was the form before R470."""
    if word.startswith("MIG-GPU-"):
        parent = word.removeprefix("MIG-").partition("/")[0]
        named = [instance for instance in instances if instance.parent_uuid == parent]
        return named[0].uuid if len(named) == 1 else None
    known = instances if word.startswith("MIG-") else whole
    found = [device.uuid for device in known if word and device.uuid.startswith(word)]
    return found[0] if len(found) == 1 else None
