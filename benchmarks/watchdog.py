"""What the watchdog's tick costs beside the app: 64 live runs of 12 metrics that all log each second, and their GPUs.

Either 16 GPUs of this machine, or 8 on a host of each run's own, whose rows come every five seconds at moments of their
own.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.row import Row
from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.samples import Hello, ProcessSample, Sample
from logstore.model.delta import Block, Column, Delta, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Runs
from tui.health.watchdog import Watchdog
from tui.machine.telemetry import Telemetry

RUNS, METRICS, GPUS, WORKERS = 64, 12, 16, 4
HOST, START, FIRST_PID = "gpu01", 1_785_672_000.0, 4000
LEARNT = 100
"""Seconds after which the ranges and the usual powers are known."""
HOST_VALUES = {"memory/used": 1e11, "memory/total": 1e12, "disk/free": 1e12, "disk/total": 2e12}

FAR_GPUS, ROWS_EVERY = 8, 5
FAR_VALUES = {
    "util": 97.0, "memory_util": 60.0, "memory_used": 6e10, "memory_total": 8e10, "power": 640.0, "power_limit": 700.0,
    "temperature": 64.0, "sm_clock": 1980.0, "memory_clock": 2619.0, "energy": 1e6, "sm_active": 80.0,
    "tensor_active": 40.0, "throttled": 0.0, "own": 1.0,
}  # fmt: skip
FAR_PROCESSES = {"process/count": 9.0, "process/cpu": 400.0, "workers/count": 8.0, "workers/cpu": 300.0}

Value = Callable[[int], float]


def rows(quick: bool) -> Iterator[Row]:
    """A tick of healthy runs; unless it must be quick, of runs with nothing but losses or NaN too."""
    plain = [*(f"train/m{number}" for number in range(METRICS - 1)), "train/loss"]
    losses = [f"train/loss{number}" for number in range(METRICS)]
    cases: list[tuple[str, list[str], Value]] = [
        ("healthy", plain, _falling),
        (f"{METRICS} losses each", losses, _falling),
        ("all NaN", plain, lambda second: math.nan if second >= LEARNT else _falling(second)),
    ]
    ticks = 20 if quick else 60
    name = f"watchdog, {RUNS} runs, {GPUS} GPUs"
    for case, metrics, value in cases[:1] if quick else cases:
        yield Row(f"{name}: {case}", tick(metrics, value, ticks), "ms", target="< 5 ms")
    far = f"watchdog, {RUNS} runs on {RUNS} other hosts with {FAR_GPUS} GPUs each: healthy"
    yield Row(far, tick_of_others(RUNS, plain, ticks), "ms", target="< 5 ms")


def _falling(second: int) -> float:
    return 2.0 + 6.0 * math.exp(-second / 150) + 0.01 * math.sin(second)


def tick(names: list[str], value: Value, ticks: int) -> float:
    """CPU milliseconds of one evaluation, the median of ``ticks``."""
    runs, telemetry, dog = Runs(limit=256 << 20), Telemetry(), Watchdog()
    telemetry.apply(Hello(START, HOST, 1, tuple(GpuInfo(index, f"GPU-{index}", "H100") for index in range(GPUS))))
    runs.apply(Delta(tuple(_began(number) for number in range(RUNS))))
    spent = []
    for second in range(LEARNT + ticks):
        now = START + second
        runs.apply(Delta(tuple(_logged(number, second, names, value(second)) for number in range(RUNS))))
        telemetry.apply(_sampled(now))
        begun = time.process_time_ns()
        dog.evaluate(runs, telemetry, now)
        spent.append((time.process_time_ns() - begun) / 1e6)
    return statistics.median(spent[LEARNT:])


def tick_of_others(count: int, names: list[str], ticks: int) -> float:
    """The same of ``count`` healthy runs, each on a host of its own."""
    runs, dog = Runs(limit=256 << 20), Watchdog()
    runs.apply(Delta(tuple(_began(number, f"far{number}") for number in range(count))))
    spent = []
    for second in range(LEARNT + ticks):
        runs.apply(Delta(tuple(_logged_far(number, second, names) for number in range(count))))
        begun = time.process_time_ns()
        dog.evaluate(runs, None, START + second)
        spent.append((time.process_time_ns() - begun) / 1e6)
    return statistics.median(spent[LEARNT:])


def _logged_far(number: int, second: int, names: list[str]) -> RunDelta:
    """A row of the run and, every ``ROWS_EVERY`` seconds, one of its telemetry."""
    host = f"far{number}"
    logged = replace(
        _logged(number, second, names, _falling(second)), liveness=Liveness("elsewhere", FIRST_PID + number, host)
    )
    if (second + number) % ROWS_EVERY:
        return logged
    values = {f"gpu/{gpu}/{name}": value for gpu in range(FAR_GPUS) for name, value in FAR_VALUES.items()}
    moment = np.array([START + second])
    columns = {name: Column(None, np.array([value])) for name, value in (values | FAR_PROCESSES).items()}
    return replace(logged, system={host: (Block(moment, moment, columns),)})


def _began(number: int, host: str = HOST) -> RunDelta:
    key, pid = f"lab/{number}", FIRST_PID + number
    record = RunRecord(name=key, created=START, host=host, pid=pid)
    liveness = Liveness("alive" if host == HOST else "elsewhere", pid, host)
    return RunDelta(key, Path("/store") / key, record=record, liveness=liveness, last_write=START)


def _logged(number: int, second: int, names: list[str], value: float) -> RunDelta:
    key, pid = f"lab/{number}", FIRST_PID + number
    columns = {name: Column(None, np.array([value + place / 1000])) for place, name in enumerate(names)}
    block = Block(np.array([float(second)]), np.array([START + second]), columns)
    liveness = Liveness("alive", pid, HOST)
    return RunDelta(key, Path("/store") / key, blocks={0: (block,)}, liveness=liveness, last_write=START + second)


def _sampled(now: float) -> Sample:
    processes: list[ProcessSample] = []
    tenants: dict[int, list[GpuProcess]] = {}
    for number in range(RUNS):
        pid, index = FIRST_PID + number, number % GPUS
        processes.append(ProcessSample(pid, 1, "python", "R", pid, "main", 90.0, gpus=(f"GPU-{index}",), via="driver"))
        loaders = range(10_000 + number * WORKERS, 10_000 + (number + 1) * WORKERS)
        processes += [ProcessSample(loader, pid, "python", "S", pid, "worker", 40.0) for loader in loaders]
        tenants.setdefault(index, []).append(GpuProcess(pid, 10**10, 20.0, name="python"))
    gpus = tuple(_device(index, tuple(tenants[index])) for index in range(GPUS))
    return Sample(now, HOST_VALUES, gpus=gpus, processes=tuple(processes))


def _device(index: int, processes: tuple[GpuProcess, ...]) -> GpuSample:
    values = {"util": 97.0, "power": 640.0, "memory_used": 6e10, "memory_total": 8e10, "sm_clock": 1980.0}
    return GpuSample(index, f"GPU-{index}", "H100", values=values, reasons=("sw_power_cap",), processes=processes)
