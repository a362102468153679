"""All that a run has logged, as far as it was read: curves of every rank and host, events, the pace of the rows.

A row belongs to the attempt that was running when it was logged; where a later attempt begins, the curves fork.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from logstore.model.curves import Curves
from logstore.model.delta import F64, Block, Event, RunDelta, slice_block
from logstore.model.pace import Pace
from logstore.model.parts import Attempt


class Logged:
    """What was read of the files of one run that grow."""

    __slots__ = ("_attempt", "_paces", "events", "hosts", "ranks", "replaced", "runtime", "texts")

    def __init__(self) -> None:
        self.ranks: dict[int, Curves] = {}
        """Curves by rank."""
        self.hosts: dict[str, Curves] = {}
        """Telemetry by host; steps are seconds since the epoch."""
        self.events: list[Event] = []
        self.replaced: list[tuple[float, float]] = []
        """From when to when rows were logged that later attempts replaced, seconds since the epoch."""
        self.texts: dict[str, object] = {}
        """Latest values that are no plain numbers."""
        self.runtime: float | None = None
        """Seconds since the run began, as its latest row has it."""
        self._paces: dict[int, Pace] = {}
        self._attempt: dict[int, int] = {}

    @property
    def rank(self) -> int:
        """The rank whose curves are the run's: the lowest there is."""
        return min(self.ranks, default=0)

    @property
    def pace(self) -> Pace | None:
        """How fast that rank's rows come; None before the first of them."""
        return self._paces.get(self.rank)

    def add(self, delta: RunDelta, resumes: Sequence[Attempt]) -> None:
        """Take in the rows and events of ``delta``; ``resumes`` are the attempts after the first."""
        for rank, blocks in delta.blocks.items():
            for block in blocks:
                self._add_block(rank, block, resumes)
        for host, blocks in delta.system.items():
            for block in blocks:
                self.hosts.setdefault(host, Curves()).extend(block)
        self.events.extend(delta.events)

    def _add_block(self, rank: int, block: Block, resumes: Sequence[Attempt]) -> None:
        if rank not in self.ranks:
            self.ranks[rank], self._paces[rank] = Curves(), Pace()
        curves, pace = self.ranks[rank], self._paces[rank]
        for part, fork in self._by_attempt(rank, block, resumes):
            if fork is not None:
                self._note_replaced(rank, curves.times_from(fork), resumes)
                curves.fork(fork)
                pace.fork()
            curves.extend(part)
            pace.extend(part.steps, part.times)
        if rank == self.rank:
            self._note_texts(block)

    def _note_replaced(self, rank: int, times: F64, resumes: Sequence[Attempt]) -> None:
        """Take note of the rows that a new attempt does again; between two attempts nothing was done."""
        if rank == self.rank and len(times):
            cuts = np.searchsorted(times, [resume.started for resume in resumes])
            parts = [part for part in np.split(times, np.unique(cuts)) if len(part)]
            self.replaced += [(float(part[0]), float(part[-1])) for part in parts]

    def _note_texts(self, block: Block) -> None:
        if self.texts:
            for name in self.texts.keys() & block.columns.keys():
                del self.texts[name]
        self.texts.update(block.texts)
        if block.runtime is not None:
            self.runtime = block.runtime

    def _by_attempt(self, rank: int, block: Block, resumes: Sequence[Attempt]) -> Iterator[tuple[Block, float | None]]:
        """The parts of ``block`` that belong to one attempt each, and the step of a fork where an attempt begins."""
        begun, low = self._attempt.get(rank, 0), 0
        fork: float | None = None
        while begun < len(resumes):
            later = np.flatnonzero(block.times[low:] >= resumes[begun].started)
            if not len(later):
                break
            high = low + int(later[0])
            if high > low:
                yield slice_block(block, low, high), fork
                fork = None
            told = (float(block.steps[high]), resumes[begun].step, fork)
            fork = min(step for step in told if step is not None)
            begun, low = begun + 1, high
        self._attempt[rank] = begun
        yield slice_block(block, low, len(block)), fork
