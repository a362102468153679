"""AMD GPUs through amdgpu's sysfs, hwmon and the DRM fdinfo of processes; no library is needed.

Sources: the kernel's Documentation/gpu/amdgpu/thermal.rst and drm-usage-stats.rst. A file that is there need not be
readable, so of several that say the same the first that answers counts. Not read on purpose: ``pcie_bw``, for which
the driver sleeps a second at each read. The processes need a walk over every file descriptor that we may
see, so they are read every ``PROCESSES`` seconds and repeated in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from collectors.backend import BackendUnavailable, Gap, GpuEvent, GpuInfo, GpuProcess, GpuSample
from collectors.energy import EnergyMeter
from collectors.files import names, read_int, read_line, read_text, to_int
from collectors.rates import Rates

AMD = "0x1002"
PROCESSES = 4.8
"""Seconds between two walks over the processes."""
UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20}
ENGINES = ("drm-engine-gfx", "drm-engine-compute")
MEMORY = ("drm-memory-vram", "drm-resident-vram", "drm-total-vram")
"""What a client holds on the card: the first was amdgpu's own and gives way to the second (drm-usage-stats.rst)."""
SENSORS = {"edge": "temperature", "junction": "temperature_hot", "mem": "temperature_memory"}
"""Labels of hwmon, and our names. Cards of the MI300 series have no edge: their junction is their temperature too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a quantity is read: the first of these files that answers, by the divisor to our unit."""

    divisor: float
    files: tuple[Path, ...]

    def value(self) -> float | None:
        """What it is now; None where no file answers."""
        return next((number / self.divisor for path in self.files if (number := read_int(path)) is not None), None)


@dataclass(frozen=True, slots=True)
class Card:
    """One amdgpu card: how each metric of it is read, and its energy meter."""

    info: GpuInfo
    readings: dict[str, Reading]
    meter: EnergyMeter = field(default_factory=EnergyMeter)


class AmdBackend:
    """All amdgpu cards of this machine; ``root`` stands for ``/``."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._cards: list[Card] = []
        self._gaps: dict[tuple[str, str], str] = {}
        self._clients = DrmClients(root)

    def open(self, now: float) -> None:  # noqa: ARG002 - the protocol's face
        """Find the cards; raises BackendUnavailable where there is none."""
        base = self._root / "sys/class/drm"
        cards = [name for name in names(base) if name.startswith("card") and name[4:].isdigit()]
        devices = [base / name / "device" for name in sorted(cards, key=lambda name: int(name[4:]))]
        found = [device for device in devices if read_line(device / "vendor") == AMD]
        self._cards = [_card(index, device) for index, device in enumerate(found)]
        if not self._cards:
            raise BackendUnavailable("no amdgpu card in sysfs")

    def infos(self) -> Sequence[GpuInfo]:
        """The cards, in the order of their DRM numbers."""
        return [card.info for card in self._cards]

    def sample(self, now: float) -> Sequence[GpuSample]:
        """Read every card."""
        processes = self._clients.read(now)
        return [self._sample(card, processes.get(card.info.bus_id or "", ()), now) for card in self._cards]

    def _sample(self, card: Card, processes: tuple[GpuProcess, ...], now: float) -> GpuSample:
        info, values = card.info, {}
        for metric, reading in card.readings.items():
            value = reading.value()
            if value is None:
                self._gaps[info.uuid, metric] = "not readable"
            else:
                self._gaps.pop((info.uuid, metric), None)
                values[metric] = value
        joules = card.meter.add(values.get("power"), now)
        if joules is not None:
            values["energy"] = joules
        return GpuSample(info.index, info.uuid, info.name, values=values, processes=processes)

    def events(self) -> Sequence[GpuEvent]:
        """None: amdgpu reports nothing of the kind through files."""
        return ()

    def gaps(self) -> Sequence[Gap]:
        """The files that could not be read at the last tick."""
        return [Gap(uuid, metric, why) for (uuid, metric), why in self._gaps.items()]

    def close(self) -> None:
        """Nothing is held."""


def _card(index: int, device: Path) -> Card:
    uevent = (read_text(device / "uevent") or "").splitlines()
    slot = next((line.partition("=")[2] for line in uevent if line.startswith("PCI_SLOT_NAME=")), None)
    unique = read_line(device / "unique_id")
    monitors = [device / "hwmon" / name for name in names(device / "hwmon")]
    limit = read_int(monitors[0] / "power1_cap") if monitors else None
    info = GpuInfo(
        index,
        f"AMD-{unique or slot or device.parent.name}",
        read_line(device / "product_name") or f"amdgpu {slot or ''}".strip(),
        vendor="amd",
        bus_id=slot,
        memory_total=read_int(device / "mem_info_vram_total"),
        power_limit=None if limit is None else limit / 1e6,
    )
    return Card(info, _of_the_device(device) | (_of_the_monitor(monitors[0]) if monitors else {}))


def _of_the_device(device: Path) -> dict[str, Reading]:
    return {
        "util": Reading(1, (device / "gpu_busy_percent",)),
        "memory_util": Reading(1, (device / "mem_busy_percent",)),
        "memory_used": Reading(1, (device / "mem_info_vram_used",)),
        "memory_total": Reading(1, (device / "mem_info_vram_total",)),
    }


def _of_the_monitor(monitor: Path) -> dict[str, Reading]:
    """What hwmon says, which counts microwatts, millidegrees, hertz and 255ths."""
    files = names(monitor)
    labels = {read_line(monitor / name): name for name in files if name.endswith("_label")}
    sensors = {label: monitor / name.replace("_label", "_input") for label, name in labels.items() if label}
    heat = {metric: (sensors[label],) for label, metric in SENSORS.items() if label in sensors}
    core = heat.get("temperature", ()) + heat.get("temperature_hot", ()) or (monitor / "temp1_input",)
    fan = {"fan": Reading(2.55, (monitor / "pwm1",))} if "pwm1" in files else {}
    return {
        "power": Reading(1e6, (monitor / "power1_average", monitor / "power1_input")),
        "power_limit": Reading(1e6, (monitor / "power1_cap",)),
        "sm_clock": Reading(1e6, (monitor / "freq1_input",)),
        "memory_clock": Reading(1e6, (monitor / "freq2_input",)),
        **{metric: Reading(1e3, paths) for metric, paths in (heat | {"temperature": core}).items()},
        **fan,
    }


@dataclass(slots=True)
class _Client:
    memory: int = 0
    busy: int = 0


class DrmClients:
    """Which processes use which card, from ``/proc/PID/fdinfo``: our own user's, or all of them for root."""

    def __init__(self, root: Path) -> None:
        self._proc = root / "proc"
        self._rates = Rates()
        self._due = 0.0
        self._last: dict[str, tuple[GpuProcess, ...]] = {}

    def read(self, now: float) -> dict[str, tuple[GpuProcess, ...]]:
        """Processes by PCI slot; ``sm`` is the share of time in which its engines were busy."""
        if now < self._due:
            return self._last
        self._due = now + PROCESSES
        found: dict[str, list[GpuProcess]] = {}
        for pid in filter(str.isdigit, names(self._proc)):
            for slot, client in self._clients(pid).items():
                busy = self._rates.rate((slot, pid), client.busy, now)
                share = None if busy is None else min(100.0, busy / 1e9 * 100)
                found.setdefault(slot, []).append(GpuProcess(int(pid), client.memory, share))
        self._rates.keep({(slot, str(row.pid)) for slot, rows in found.items() for row in rows})
        self._last = {slot: tuple(rows) for slot, rows in found.items()}
        return self._last

    def _clients(self, pid: str) -> dict[str, _Client]:
        """What one process uses by PCI slot; descriptors that share a DRM client count once."""
        clients: dict[str, _Client] = {}
        seen: set[str] = set()
        for facts in self._facts(pid):
            slot, number = facts.get("drm-pdev", ""), facts.get("drm-client-id", "")
            if not slot or f"{slot} {number}" in seen:
                continue
            seen.add(f"{slot} {number}")
            client = clients.setdefault(slot, _Client())
            client.memory += _bytes(next((facts[name] for name in MEMORY if name in facts), ""))
            client.busy += sum(to_int(facts.get(engine, "").partition(" ")[0]) or 0 for engine in ENGINES)
        return clients

    def _facts(self, pid: str) -> Iterator[dict[str, str]]:
        base = self._proc / pid
        for fd in names(base / "fd"):
            try:
                target = str((base / "fd" / fd).readlink())
            except OSError:
                continue
            if target.startswith("/dev/dri/") or target == "/dev/kfd":
                lines = (read_text(base / "fdinfo" / fd) or "").splitlines()
                yield {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _bytes(text: str) -> int:
    number, _, unit = text.partition(" ")
    return (to_int(number) or 0) * UNITS.get(unit.strip(), 1)
