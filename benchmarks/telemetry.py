"""What telemetry costs: the sampler's CPU and memory, each reading of the host among 500 processes, and the alerts.

The GPUs are the tests' library in C, so the figures hold our own side of a call and not the driver's. CPU time is
what the scheduler counted, the sampler's two processes together. Where there is no C compiler the rows are empty.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks import watchdog
from benchmarks.row import Row, ratio_row
from collectors import launch
from collectors.backend import BackendUnavailable
from collectors.files import read_pairs, read_word
from collectors.host import Host
from collectors.nvml_calls import DeviceCalls, load_driver
from collectors.nvml_device import ENERGY, FAST, SLOW_QUESTIONS, Question, answers
from collectors.processes import SCAN, RunTrees
from collectors.procfs import pids, read_stat
from collectors.protocol import decode
from collectors.samples import Sample
from tests.collectors.fake_nvml.fake_nvml import FakeNvml, compiler

GPUS = 8
PROCESSES, MEMBERS = 500, 73
INTERVAL = 0.1
"""Seconds between two samples while the cost of one is measured; what a tick costs does not depend on it."""

CROWD = """
import os, signal, sys, threading
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        signal.pause()
print("ready", flush=True)
signal.pause()
"""


def rows(quick: bool) -> Iterator[Row]:
    """Every figure; ``quick`` measures fewer ticks."""
    yield from _sampler_rows(20 if quick else 150)
    yield from _host_rows(20 if quick else 100)
    yield from watchdog.rows(quick)
    yield from _driver_rows(20 if quick else 200)


def _sampler_rows(ticks: int) -> list[Row]:
    names = (f"sampler, {GPUS} GPUs: CPU per sample", "of it in the GPU reader", f"sampler, {GPUS} GPUs: memory (PSS)")
    if compiler() is None:
        return [Row(name, None, "MiB" if "memory" in name else "ms") for name in names]
    with tempfile.TemporaryDirectory() as directory, FakeNvml(Path(directory), GPUS) as nvml:
        for index in range(GPUS):
            nvml[index].set(util_gpu=97, power=612_000)
            nvml[index].processes({"pid": os.getpid(), "mem": 70 << 30, "sm": 95})
        spent, reader, memory = _run_sampler(nvml.env(), ticks)
    return [
        Row(names[0], spent, "ms", target="< 10 ms: 1 % of a core at 1 Hz"),
        Row(names[1], reader, "ms"),
        Row(names[2], memory, "MiB"),
    ]


def _run_sampler(env: dict[str, str], ticks: int) -> tuple[float, float, float]:
    """CPU milliseconds per sample of both processes and of the reader alone, and their memory in MiB."""
    command = launch.command("collectors", "--interval", str(INTERVAL), "--run-pid", str(os.getpid()))
    sampler = subprocess.Popen(command, stdout=subprocess.PIPE, env=launch.environment(env))
    assert sampler.stdout is not None
    try:
        lines = iter(sampler.stdout.readline, b"")
        _samples(lines, 5)
        reader = next(pid for pid in pids() if (stat := read_stat(pid)) is not None and stat.ppid == sampler.pid)
        before = [_cpu(pid) for pid in (sampler.pid, reader)]
        _samples(lines, ticks)
        main, aside = (after - start for after, start in zip(map(_cpu, (sampler.pid, reader)), before, strict=True))
        memory = sum(_memory(pid) for pid in (sampler.pid, reader))
    finally:
        sampler.send_signal(signal.SIGTERM)
        sampler.wait(10)
        sampler.stdout.close()
    return (main + aside) / ticks, aside / ticks, memory


def _samples(lines: Iterator[bytes], count: int) -> None:
    """Read until ``count`` samples with GPUs came."""
    while count:
        line = decode(next(lines))
        count -= isinstance(line, Sample) and len(line.gpus) == GPUS


def _cpu(pid: int) -> float:
    """CPU time of a process in milliseconds, to the microsecond (the kernel's sched-stats.rst)."""
    return int(read_word(f"/proc/{pid}/schedstat") or 0) / 1e6


def _memory(pid: int) -> float:
    """Memory of a process in MiB, pages that several processes share divided among them."""
    return read_pairs(f"/proc/{pid}/smaps_rollup").get("Pss", 0) / 1024


def _host_rows(times: int) -> Iterator[Row]:
    with _crowd(PROCESSES - MEMBERS), _crowd(MEMBERS - 1) as run:
        yield from _reader_rows(times)
        yield _tick_row(run, times)
        yield _scan_row(run, times)


@contextmanager
def _crowd(count: int) -> Iterator[int]:
    """A process with ``count`` children that wait; the pid of the first."""
    process = subprocess.Popen(
        [sys.executable, "-c", CROWD, str(count)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


PEERS: dict[str, Callable[[], object]] = {
    "cpu": lambda: (psutil.cpu_percent(percpu=True), psutil.cpu_times_percent()),
    "memory": lambda: (psutil.virtual_memory(), psutil.swap_memory()),
    "load": psutil.getloadavg,
    "disks": psutil.disk_io_counters,
    "network": lambda: psutil.net_io_counters(pernic=True),
    "store": lambda: psutil.disk_usage("/"),
}
"""What psutil does to say the same, where it does."""


def _reader_rows(times: int) -> list[Row]:
    """All values of the host, then each reader of them beside psutil's calls; those that are read every 5 s too."""
    host = Host(store=Path.cwd())
    clock = iter(range(10**6))
    host.read(0.0)
    whole = Row(
        f"host values among {len(pids())} processes", _median(lambda: host.read(float(next(clock))), times), "ms"
    )
    moments = {name: iter(range(10**6, 10**9, 10)) for name in host.readers}
    rows = []
    for name, reader in host.readers.items():
        ours = _median(lambda reader=reader, name=name: reader(float(next(moments[name]))), times)  # type: ignore[misc]
        peer = PEERS.get(name)
        if peer is None:
            rows.append(Row(f"  {name}", ours, "ms"))
        else:
            rows.append(ratio_row(f"  {name}", ours, "ms", _median(peer, times), "psutil"))
    return [whole, *rows]


def _tick_row(run: int, times: int) -> Row:
    trees = RunTrees()
    trees.follow([run])
    trees.read(0.0)
    ours = _median(lambda: trees.read(SCAN / 2), times)
    members = [psutil.Process(pid) for pid in trees.pids]
    theirs = _median(lambda: [_with_psutil(member) for member in members], max(3, times // 5))
    return ratio_row(f"a run of {len(members)} processes, each second", ours, "ms", theirs, "psutil oneshot")


def _with_psutil(process: psutil.Process) -> tuple[object, ...]:
    with process.oneshot():
        return process.name(), process.status(), process.cpu_times(), process.memory_info(), process.num_threads()


def _scan_row(run: int, times: int) -> Row:
    trees = RunTrees()
    trees.follow([run])
    moment = iter(range(1000, 10**6))
    trees.read(0.0)
    ours = _median(lambda: trees.read(next(moment) * SCAN), max(3, times // 5))
    theirs = _median(lambda: psutil.Process(run).children(recursive=True), max(3, times // 5))
    name = f"{len(pids())} processes searched for a run's, every {SCAN:.0f} s"
    return ratio_row(name, ours, "ms", theirs, "psutil children()")


def _driver_rows(times: int) -> list[Row]:
    """How long each question takes a real driver, by the clock; nothing where there is no NVIDIA device."""
    try:
        driver = load_driver()
    except BackendUnavailable:
        return []
    calls = DeviceCalls(driver, driver.call("nvmlDeviceGetHandleByIndex", 0), "0")
    rows = []
    for question in (*FAST, ENERGY, *SLOW_QUESTIONS):
        spent = [_clocked(calls, question) for _ in range(times)]
        asked = not calls.unsupported(question.metric)
        rows.append(Row(f"driver: {question.metric}, median", statistics.median(spent) if asked else None, "ms"))
        rows.append(Row(f"driver: {question.metric}, slowest", max(spent) if asked else None, "ms"))
    return rows


def _clocked(calls: DeviceCalls, question: Question) -> float:
    before = time.perf_counter_ns()
    answers(calls, (question,))
    return (time.perf_counter_ns() - before) / 1e6


def _median(call: Callable[[], object], times: int) -> float:
    """CPU milliseconds of one call, the median of ``times``."""
    spent = []
    for _ in range(times):
        before = time.process_time_ns()
        call()
        spent.append((time.process_time_ns() - before) / 1e6)
    return statistics.median(spent)
