"""The tick: one sample of everything, at a steady interval, for as long as somebody wants it.

GPUs are asked first and answer from their own process while the host and the run's processes are read here. A tick
that comes late is not made up for, and nothing is done between two ticks but to wait: for the time, for the end of
the parent, for a word on the control channel.
"""

from __future__ import annotations

import math
import os
import select
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import orjson

from collectors.backend import GpuInfo, GpuSample
from collectors.gpu_source import GpuState
from collectors.holdings import Scene, holdings
from collectors.host import Host
from collectors.occupants import Occupants, in_own_namespace
from collectors.ownership import DeviceMap
from collectors.parent import Parent
from collectors.processes import RunTrees
from collectors.rates import tidy
from collectors.samples import Hello, ProcessSample, Sample, StateLine
from collectors.sinks import Sink

FIRST_INTERVAL = 0.5
"""Seconds between the first reading, which is not shown since it has no rates, and the second."""
PATIENCE = 0.8
"""Share of the interval for which a tick waits for the GPUs."""
HELLO_PATIENCE = 2.0
"""Seconds for which the hello waits for the GPUs; devices found later are told in a second one."""
LONGEST_BLIND = 1.0
"""Seconds between two looks at the parent, where its end cannot wake us."""
OFF = GpuState("off", "not asked for")


@dataclass(frozen=True, slots=True)
class Options:
    """What a sampler is asked to do."""

    interval: float = 1.0
    once: bool = False
    runs: tuple[int, ...] = ()
    store: Path | None = None
    gpus: bool = True
    farewell: bool = False
    """Take one more sample when the parent has ended: it says whether the kernel killed it for memory."""
    hello_patience: float = HELLO_PATIENCE
    told: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """Environments by pid that know more than ``/proc``: those of who started us."""


class Gpus(Protocol):
    """Where the GPUs' values come from; ``collectors.gpu_source`` has the real one."""

    @property
    def state(self) -> GpuState:
        """How it stands with them."""

    @property
    def infos(self) -> tuple[GpuInfo, ...]:
        """The devices known now."""

    def request(self, now: float) -> None:
        """Ask for a sample; returns at once."""

    def collect(self, now: float, patience: float) -> Sample | None:
        """The sample, waited for at most ``patience`` seconds."""

    def close(self) -> None:
        """End what reads them."""


class Sampler:
    """All sources of one host; ``gpus`` is None where GPUs are not to be read."""

    def __init__(self, options: Options, gpus: Gpus | None, root: Path = Path("/")) -> None:
        self.host = Host(root, options.store, options.runs[0] if options.runs else None)
        self.trees = RunTrees(root, options.told)
        self.trees.follow(options.runs)
        self._gpus = gpus
        self._alone = len(options.runs) == 1
        self._sees_all = not in_own_namespace(root)
        self._occupants = Occupants(root)
        self._seen: tuple[GpuSample, ...] = ()

    @property
    def state(self) -> GpuState:
        """How it stands with the GPUs."""
        return self._gpus.state if self._gpus is not None else OFF

    @property
    def infos(self) -> tuple[GpuInfo, ...]:
        """The devices known now."""
        return self._gpus.infos if self._gpus is not None else ()

    def sample(self, now: float, patience: float) -> Sample:
        """Read everything once; waits at most ``patience`` seconds for the GPUs. ``now`` is monotonic."""
        clock = round(time.time(), 3)
        if self._gpus is not None:
            self._gpus.request(now)
        host = self.host.read(now)
        answer = self._gpus.collect(now, patience) if self._gpus is not None else None
        if answer is not None:
            self._seen = self._occupants.name(answer.gpus, self.infos, now)
        sample = Sample(
            clock,
            {key: tidy(value) for key, value in host.items()},
            tuple(round(core) for core in self.host.cores),
            processes=self._processes(now),
        )
        if answer is None:
            return sample
        gpus = tuple(replace(gpu, values={k: tidy(v) for k, v in gpu.values.items()}) for gpu in self._seen)
        return replace(sample, gpus=gpus, gaps=answer.gaps, events=answer.events, own=self._own(sample.processes))

    def _own(self, processes: tuple[ProcessSample, ...]) -> dict[str, bool]:
        """Which devices are the run's, where one alone was named from the start: the one whose rows these are."""
        if not self._alone or not processes:
            return {}
        facts = {process.pid: self.trees.facts(process.pid) for process in processes}
        return holdings(Scene(self.infos, self._seen, processes, facts, self.trees.kin, self._sees_all))

    def _processes(self, now: float) -> tuple[ProcessSample, ...]:
        processes = self.trees.read(now)
        devices = DeviceMap(self.infos, self._seen, self.trees.pids)
        return tuple(devices.place(process, self.trees.facts(process.pid)) for process in processes)

    def close(self) -> None:
        """End the process that reads the GPUs."""
        if self._gpus is not None:
            self._gpus.close()


class Loop:
    """Ticks until the parent ends, nobody reads any more, or once."""

    def __init__(self, sampler: Sampler, sink: Sink, options: Options, wait: Callable[[float], bool]) -> None:
        """``wait`` waits for a moment (monotonic) and says whether there is still somebody to work for."""
        self._sampler = sampler
        self._sink = sink
        self._options = options
        self._wait = wait
        self._told: tuple[GpuInfo, ...] | None = None
        self._state = GpuState("ok")

    def run(self) -> None:
        """Returns when the work is over; raises BrokenPipeError when nobody reads any more."""
        first = self._sampler.sample(time.monotonic(), self._options.hello_patience)
        due = time.monotonic() + min(self._options.interval, FIRST_INTERVAL)
        self._tell(time.monotonic(), first.time)
        while self._wait(due):
            self._tick(time.monotonic())
            if self._options.once:
                return
            due = max(due + self._options.interval, time.monotonic())
        if self._options.farewell:
            self._sink.put(self._sampler.sample(time.monotonic(), 0.0), time.monotonic())

    def _tick(self, now: float) -> None:
        sample = self._sampler.sample(now, self._patience())
        self._tell(now, sample.time)
        self._sink.put(sample, now)

    def _patience(self) -> float:
        """How long this tick waits for the GPUs: a single sample long, unless they did not answer at all so far."""
        alone = self._options.once and self._sampler.state.name == "ok"
        return self._options.hello_patience if alone else PATIENCE * self._options.interval

    def _tell(self, now: float, clock: float) -> None:
        """Say which devices there are and how it stands with them, where that is news."""
        infos, state = self._sampler.infos, self._sampler.state
        if infos != self._told:
            self._told = infos
            self._sink.put(Hello(clock, os.uname().nodename, os.getpid(), infos), now)
        if state != self._state:
            self._state = state
            self._sink.put(StateLine(clock, state.name, state.why), now)


class Wait:
    """Waits for a moment, and meanwhile for the end of the parent and for words on the control channel."""

    def __init__(
        self,
        parent: Parent | None = None,
        control: int | None = None,
        follow: Callable[[Iterable[int]], None] | None = None,
    ) -> None:
        """``control`` is a descriptor with lines like ``{"runs": [pid, …]}``; its end ends the work too."""
        self._parent = parent
        self._control = control
        self._follow = follow
        self._rest = b""
        self._longest = LONGEST_BLIND if parent is not None and parent.fd is None else math.inf
        self._poll = select.poll()
        for fd in (parent.fd if parent else None, control):
            if fd is not None:
                self._poll.register(fd, select.POLLIN)

    def __call__(self, due: float) -> bool:
        """Wait until ``due`` (monotonic); False when there is nobody left to work for."""
        while self._parent is None or not self._parent.ended():
            left = min(max(0.0, due - time.monotonic()), self._longest)
            ready = {fd for fd, _ in self._poll.poll(left * 1000)}
            if self._parent is not None and self._parent.fd in ready:
                return False
            if self._control in ready and not self._listen(self._control):
                return False
            if time.monotonic() >= due:
                return True
        return False

    def _listen(self, control: int | None) -> bool:
        """Take the words that came; False at their end."""
        text = os.read(control, 1 << 16) if control is not None else b""
        *lines, self._rest = (self._rest + text).split(b"\n")
        for line in lines:
            runs = runs_of(line)
            if runs is not None and self._follow is not None:
                self._follow(runs)
        return bool(text)


def runs_of(line: bytes) -> list[int] | None:
    """The pids that a control line names; None where it is no such line."""
    try:
        word = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    runs = word.get("runs") if isinstance(word, dict) else None
    return [pid for pid in runs if isinstance(pid, int)] if isinstance(runs, list) else None
