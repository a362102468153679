"""What the driver says of a training under way: the device's values, and the process as it is seen from here.

Where a container has process ids of its own, drivers may list the host's or ours; which it is can only be seen.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.gpu_calls import PAUSE
from collectors.backend import GpuProcess, GpuSample
from collectors.nvml import NvmlBackend
from collectors.occupants import in_own_namespace
from collectors.procfs import open_devices, read_stat

SAMPLES = 10
"""Samples of which the last is shown; the shares of a process come a second after its work."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last of some samples, and what could be seen of the training."""

    samples: Sequence[GpuSample]
    facts: Mapping[str, str]


def see(pid: int | None) -> Seen:
    """Look at every device, and for the training ``pid`` on them (None: there is none). Raises BackendUnavailable."""
    backend = NvmlBackend()
    backend.open(time.monotonic())
    samples: Sequence[GpuSample] = ()
    shares = []
    for _ in range(SAMPLES):
        time.sleep(PAUSE)
        samples = backend.sample(time.monotonic())
        shares += [process.sm for process in _processes(samples) if process.pid == pid]
    backend.close()
    return Seen(samples, _facts(pid, _processes(samples), shares))


def _processes(samples: Sequence[GpuSample]) -> list[GpuProcess]:
    return [process for sample in samples for process in sample.processes or ()]


def _facts(pid: int | None, listed: Sequence[GpuProcess], shares: Sequence[float | None]) -> dict[str, str]:
    unseen = [process for process in listed if read_stat(process.pid) is None]
    facts = {
        "PID namespace": "of our own" if in_own_namespace() else "the machine's",
        "processes that the driver lists": f"{len(listed)}, {len(unseen)} of them with ids that mean nobody here",
    }
    if pid is None:
        return facts
    opened = open_devices(pid)
    mine = next((process for process in listed if process.pid == pid), None)
    memory = mine.memory if mine else None
    said = ["–" if share is None else f"{share:g}" for share in shares]
    return facts | {
        "the training is listed by its id here": "yes" if mine else "no",
        "its memory": "not said" if memory is None else f"{memory / 2**20:.0f} MiB",
        "its share of the multiprocessors": ", ".join(said) or "not said",
        "device files it has open": "not to be seen" if opened is None else _device_files(opened),
    }


def _device_files(minors: frozenset[int]) -> str:
    return ", ".join(f"/dev/nvidia{minor}" for minor in sorted(minors)) or "none"
