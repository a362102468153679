"""The test's side of fake_nvml.c: builds the library, owns the mapped state and changes it while a reader runs.

``with FakeNvml(directory, gpus=2) as nvml: subprocess.run(…, env=nvml.env()); nvml[0].set(power=350_000)``
"""

from __future__ import annotations

import ctypes as C  # noqa: N812 - as ctypes' own documentation has it
import mmap
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent
BRANCHES = (418, 450, 470, 535, 550, 580)
"""Drivers that differ in what they export of what we ask."""
NEWEST = BRANCHES[-1]
MAGIC = 0x4C564E46
NOT_SUPPORTED, NO_PERMISSION, DRIVER_NOT_LOADED, GPU_IS_LOST, MISMATCH, UNKNOWN = 3, 4, 9, 15, 18, 999
UNINITIALIZED = 1
CRASH = 0x5E60
"""As a return code: the call ends the process by SIGSEGV."""
XID = 0x8
ANYWHERE = ("init", "count", "event_set", "event_wait", "gpm_alloc", "gpm_free", "shutdown")
"""Slots of the library, not of a device; they live in device 0."""


def compiler() -> str | None:
    """A C compiler, if there is one."""
    return shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc")


def build(out: Path, name: str = "libnvidia-ml.so.1", driver: int = NEWEST) -> Path:
    """The library of a branch of drivers, compiled once into ``out``, under a name of its own."""
    library = out / str(driver) / name
    if not library.exists():
        cc = compiler()
        assert cc is not None, "no C compiler"
        library.parent.mkdir(parents=True, exist_ok=True)
        soname = f"-Wl,-soname,{name}"
        flags = ["-shared", "-fPIC", "-O1", soname, f"-DDRIVER={driver}"]
        subprocess.run([cc, *flags, "-o", str(library), str(HERE / "fake_nvml.c")], check=True)
    return library


class Slot(C.Structure):
    _fields_ = [("rc", C.c_int32), ("delay_ms", C.c_uint32), ("v", C.c_uint64), ("calls", C.c_uint64)]


class Proc(C.Structure):
    _fields_ = [
        *((name, C.c_uint32) for name in ("pid", "gi", "ci", "kind")),
        ("mem", C.c_uint64),
        *((name, C.c_uint32) for name in ("sm", "memu", "enc", "dec")),
        ("ts", C.c_uint64),
    ]


class Event(C.Structure):
    _fields_ = [("dev", C.c_uint32), ("pad", C.c_uint32), ("type", C.c_uint64), ("data", C.c_uint64)]


def _layout(sizes: list[int]) -> type[C.Structure]:
    """The state's structure, with the array sizes that the library says."""
    size, device_size, slot_size, proc_size, slots, _, everything, procs, events, links, gpm = sizes

    class Device(C.Structure):
        _fields_ = [
            ("name", C.c_char * 96),
            ("uuid", C.c_char * 96),
            ("bus", C.c_char * 32),
            ("s", Slot * slots),
            ("link_tx", C.c_uint64 * links),
            ("link_rx", C.c_uint64 * links),
            ("gpm", C.c_double * gpm),
            *((name, C.c_uint32) for name in ("nproc", "parent", "mig_index", "gi", "ci", "used")),
            ("p", Proc * procs),
        ]

    class State(C.Structure):
        _fields_ = [
            *((name, C.c_uint32) for name in ("magic", "size", "ndev", "cuda")),
            ("driver", C.c_char * 80),
            ("ev_head", C.c_uint32),
            ("ev_tail", C.c_uint32),
            ("ev", Event * events),
            ("d", Device * everything),
        ]

    assert (C.sizeof(State), C.sizeof(Device)) == (size, device_size)
    assert (C.sizeof(Slot), C.sizeof(Proc)) == (slot_size, proc_size)
    return State


class FakeNvml:
    """A driver with ``gpus`` boards like an H100 SXM, idle."""

    BOARD = {
        "mem_total": 80 << 30, "mem_used": 1 << 30, "mem_reserved": 500 << 20, "power": 70_000, "power_limit": 700_000,
        "temp": 35, "temp_slowdown": 87, "temp_margin": 52, "clk_graphics": 1980, "clk_sm": 1980, "clk_mem": 2619,
        "clk_video": 1545, "gpm_support": 1, "nvlinks": 18, "temp_mem": 37,
    }  # fmt: skip

    def __init__(self, directory: Path, gpus: int = 1, driver: int = NEWEST) -> None:
        self.library = build(directory, driver=driver)
        # Only tables are read here. Under its real name it would stay loaded and hide the machine's own library.
        tables = C.CDLL(str(build(directory, "fake-tables.so")))
        sizes = list((C.c_uint32 * 11).in_dll(tables, "fake_nvml_sizes"))
        names = (C.c_char_p * (sizes[4] + 1)).in_dll(tables, "fake_nvml_slot_names")
        self.slots = {(names[place] or b"").decode(): place for place in range(sizes[4])}
        self.first_instance = sizes[5]
        self.path = directory / f"nvml-{os.getpid()}-{id(self):x}.state"
        self.path.write_bytes(b"\0" * sizes[0])
        self._file = self.path.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), sizes[0])
        self.state: Any = _layout(sizes).from_buffer(self._map)
        self.state.size, self.state.ndev, self.state.driver = sizes[0], gpus, b"580.95.05"
        self.state.cuda = 13_000
        for index in range(gpus):
            self._board(index)
        self.state.magic = MAGIC

    def _board(self, index: int) -> None:
        device = self.state.d[index]
        device.name, device.uuid = b"NVIDIA H100 80GB HBM3", self.uuid(index).encode()
        device.bus, device.used = f"00000000:{0x10 + index:02X}:00.0".encode(), 1
        self[index].set(**self.BOARD, minor=index)
        self[index].fail(NOT_SUPPORTED, "fan")  # SXM boards have none

    @staticmethod
    def uuid(index: int) -> str:
        """The UUID of a board."""
        return f"GPU-00000000-0000-0000-0000-{index:012x}"

    def split(self, index: int, instances: int) -> None:
        """Turn MIG on for a board and cut it into instances of 10 GiB."""
        self[index].set(mig_mode=1)
        self[index].fail(NOT_SUPPORTED, "util_gpu")
        for number in range(instances):
            place = self.first_instance + index * 4 + number
            device = self.state.d[place]
            device.name, device.uuid = b"NVIDIA H100 80GB HBM3 MIG 1g.10gb", f"MIG-{index:04x}-{number:04x}".encode()
            device.parent, device.mig_index, device.gi, device.used = index, number, number + 7, 1
            self[place].set(mem_total=10 << 30, mem_used=(number + 1) << 30)

    def unsplit(self, index: int) -> None:
        """Turn MIG off again."""
        self[index].set(mig_mode=0)
        self[index].fail(0, "util_gpu")

    def env(self, **extra: str) -> dict[str, str]:
        """An environment in which every NVML client finds this library."""
        places = {"LD_LIBRARY_PATH": str(self.library.parent), "FAKE_NVML_STATE": str(self.path)}
        return {**os.environ, **places, **extra}

    def __getitem__(self, index: int) -> FakeGpu:
        return FakeGpu(self, index)

    def xid(self, index: int, code: int) -> None:
        """Let the driver report an XID error."""
        event = self.state.ev[self.state.ev_head % len(self.state.ev)]
        event.dev, event.type, event.data = index, XID, code
        self.state.ev_head += 1

    def calls(self, index: int | None = None) -> dict[str, int]:
        """How often each slot was asked for, on one board or on all of them."""
        boards = range(self.state.ndev) if index is None else [index]
        return {name: sum(self.state.d[board].s[place].calls for board in boards) for name, place in self.slots.items()}

    def close(self) -> None:
        """Let go of the map; a reader that still runs keeps its own."""
        del self.state
        self._map.close()
        self._file.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class FakeGpu:
    """One board, or one instance, of the fake driver."""

    def __init__(self, nvml: FakeNvml, place: int) -> None:
        self._nvml, self._place = nvml, place

    @property
    def _device(self) -> Any:
        return self._nvml.state.d[self._place]

    def set(self, **values: int) -> None:
        """Change what is answered."""
        for name, value in values.items():
            self._device.s[self._nvml.slots[name]].v = value

    def fail(self, code: int, *names: str) -> None:
        """Let the named calls fail from now on, or all of this device's; 0 lets them succeed."""
        for name in names or [name for name in self._nvml.slots if name not in ANYWHERE]:
            self._device.s[self._nvml.slots[name]].rc = code

    def slow(self, milliseconds: int, *names: str) -> None:
        """Let the named calls take that long."""
        for name in names:
            self._device.s[self._nvml.slots[name]].delay_ms = milliseconds

    def gpm(self, values: dict[int, float]) -> None:
        """Set profiling counters by metric id."""
        for metric, value in values.items():
            self._device.gpm[metric] = value

    def links(self, sent: int, received: int) -> None:
        """Set the KiB counters of every NVLink."""
        for link in range(len(self._device.link_tx)):
            self._device.link_tx[link], self._device.link_rx[link] = sent, received

    def processes(self, *rows: dict[str, int]) -> None:
        """Set the processes: pid, mem, sm, kind (0 compute, 1 graphics, 2 MPS)."""
        for place, row in enumerate(rows):
            entry = self._device.p[place]
            C.memset(C.addressof(entry), 0, C.sizeof(entry))
            entry.gi = entry.ci = 0xFFFFFFFF
            for key, value in row.items():
                setattr(entry, key, value)
        self._device.nproc = len(rows)
