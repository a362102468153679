"""Made-up recordings of runs and machines, second by second, played through the real model into the real watchdog.

A scene says what happens in each second (``Second``); ``play`` turns it into deltas and samples, applies them and
collects what the watchdog raised and cleared, and when.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from collectors.backend import GpuEvent, GpuInfo, GpuProcess, GpuSample
from collectors.samples import Hello, ProcessSample, Sample, StateLine
from logstore.model.delta import Block, Column, Delta, Event, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Runs
from tui.health.alert import Alert, Change
from tui.health.thresholds import Thresholds
from tui.health.watchdog import Watchdog
from tui.machine.telemetry import Telemetry

START = 1_785_672_000.0
KEY = "lab/heron"
HOST = "gpu01"
PID = 4000
GIB = float(1 << 30)
ALIVE = Liveness("alive", PID, HOST)


@dataclass(frozen=True)
class Device:
    """What a GPU does in one second."""

    util: float = 97.0
    power: float = 640.0
    memory: float = 60.0
    clock: float = 1980.0
    temperature: float = 64.0
    reasons: tuple[str, ...] = ("sw_power_cap",)
    status: str = "ok"
    more: Mapping[str, float] = field(default_factory=dict)


IDLE = Device(0.0, 95.0)
SPIN = Device(100.0, 215.0)


@dataclass(frozen=True)
class Second:
    """What happens in one second; ``rows`` by rank, each with its ``_step`` and values."""

    rows: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    devices: Sequence[Device] | None = (Device(), Device())
    worker_cpu: float = 60.0
    worker_state: str = "S"
    workers: int = 4
    main_cpu: float = 70.0
    via: str = "driver"
    written: float = 0.0
    grew: bool = False
    host: Mapping[str, float] = field(default_factory=dict)
    xids: Sequence[int] = ()
    state: StateLine | None = None
    sampled: bool = True
    record: RunRecord | None = None
    liveness: Liveness = ALIVE
    events: Sequence[Event] = ()


Scene = Callable[[int], Second]


@dataclass(frozen=True)
class Told:
    """What the watchdog told, and how many seconds into the scene."""

    at: int
    change: Change

    @property
    def alert(self) -> Alert:
        return self.change.alert

    def __str__(self) -> str:
        alert = self.alert
        return f"{self.at:5d}s {self.change.what:8} {alert.level:5} {alert.rule}: {self.change.text}"


def row(step: int, **values: float) -> dict[int, dict[str, float]]:
    """One row of rank 0; ``train__loss`` is the metric ``train/loss``."""
    return {0: {"_step": step, **{name.replace("__", "/"): value for name, value in values.items()}}}


def loss(step: int, seed: int = 7) -> float:
    """A loss as it should be: falling, with scatter, the same for the same step."""
    noise = random.Random(seed * 1_000_003 + step).gauss(0, 0.02)
    return (2.0 + 6.0 * math.exp(-step / 150)) * math.exp(noise)


def training(second: int) -> dict[int, dict[str, float]]:
    """One row a second."""
    return row(second, train__loss=loss(second), train__lr=3e-4)


def play(scene: Scene, seconds: int, thresholds: Thresholds | None = None) -> list[Told]:
    """What the watchdog tells of ``seconds`` of a scene, evaluated once a second."""
    return Player(thresholds).play(scene, seconds)


class Player:
    """Plays scenes; ``dog``, ``runs`` and ``telemetry`` are the real ones."""

    def __init__(self, thresholds: Thresholds | None = None, *, gpus: int = 2) -> None:
        self.runs = Runs()
        self.telemetry = Telemetry()
        self.dog = Watchdog(thresholds)
        self.told: list[Told] = []
        self.gpus = gpus
        self._grew: dict[str, float] = {}
        infos = tuple(GpuInfo(index, f"GPU-{index:04}", "H200") for index in range(gpus))
        self.telemetry.apply(Hello(START, HOST, 1, infos))
        record = RunRecord(name="heron", project="lab", created=START, host=HOST, pid=PID)
        self.runs.apply(Delta((RunDelta(KEY, Path("/store") / KEY, record=record, liveness=ALIVE),)))

    def play(self, scene: Scene, seconds: int, begin: int = 0) -> list[Told]:
        for second in range(begin, begin + seconds):
            self.tick(second, scene(second))
        return self.told

    def tick(self, second: int, what: Second) -> None:
        now = START + second
        self.runs.apply(Delta((delta(what, now),)))
        if what.state is not None:
            self.telemetry.apply(what.state)
        if what.sampled:
            line = sample(what, now, self.gpus)
            self.telemetry.apply(line)
            self.dog.hear(line)
        if what.grew:
            self._grew[KEY] = now
        self.dog.evaluate(self.runs, self.telemetry, now, self._grew)
        self.told += [Told(second, change) for change in self.dog.changes]


def delta(what: Second, now: float) -> RunDelta:
    blocks = {
        rank: (
            Block(
                np.array([values["_step"]], dtype=float),
                np.array([now]),
                {k: Column(None, np.array([v], dtype=float)) for k, v in values.items() if k != "_step"},
            ),
        )
        for rank, values in what.rows.items()
    }
    return RunDelta(
        KEY,
        Path("/store") / KEY,
        record=what.record,
        blocks=blocks,
        events=tuple(what.events),
        liveness=what.liveness,
        last_write=now,
    )


def sample(what: Second, now: float, gpus: int) -> Sample:
    host = {"cpu/percent": 40.0, "memory/used": 100 * GIB, "memory/total": 500 * GIB}
    host |= {"disk/free": 900 * GIB, "disk/total": 1800 * GIB, **what.host}
    devices = () if what.devices is None else tuple(what.devices)[:gpus]
    events = tuple(GpuEvent(now, "GPU-0000", "xid", code) for code in what.xids)
    lives = what.record is None or what.record.state is None
    answering = tuple(f"GPU-{index:04}" for index, device in enumerate(devices) if device.status == "ok")
    return Sample(
        now,
        host,
        gpus=tuple(gpu_sample(index, device, lives=lives) for index, device in enumerate(devices)),
        processes=processes(what, answering) if lives else (),
        events=events,
    )


def gpu_sample(index: int, device: Device, *, lives: bool = True) -> GpuSample:
    """A device as the driver tells it; a run that has ended left it, and one that is lost tells nothing."""
    uuid = f"GPU-{index:04}"
    if device.status != "ok":
        return GpuSample(index, uuid, "H200", device.status)
    values = {
        "util": device.util,
        "power": device.power,
        "memory_used": device.memory * GIB if lives else 0.0,
        "memory_total": 80 * GIB,
        "sm_clock": device.clock,
        "temperature": device.temperature,
        **device.more,
    }
    held = (GpuProcess(PID, int(device.memory * GIB)),) if lives else ()
    return GpuSample(index, uuid, "H200", "ok", values, device.reasons, held)


def processes(what: Second, uuids: tuple[str, ...]) -> tuple[ProcessSample, ...]:
    main = ProcessSample(
        PID, 1, "python", "S", PID, "main", what.main_cpu, write=what.written, gpus=uuids, via=what.via
    )
    loaders = (
        ProcessSample(PID + 1 + i, PID, "pt_data_worker", what.worker_state, PID, "worker", what.worker_cpu)
        for i in range(what.workers)
    )
    return (main, *loaders)


def ended(state: str, now: float, **more: object) -> RunRecord:
    """The record of the run after it ended."""
    return RunRecord(name="heron", created=START, host=HOST, pid=PID, state=state, ended=now, **more)  # type: ignore[arg-type]
