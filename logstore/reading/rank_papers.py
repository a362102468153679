"""``run.rank<k>.json``: what the ranks beside rank 0 wrote of themselves, and whether their processes live.

A look costs one stat of the run's directory, and one of each document and one read of /proc for each rank that is on
this host. A document that cannot be read keeps what it said before.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from logstore.format import RUN_FILE, rank_name, rank_of
from logstore.model.liveness import UNKNOWN, Machine
from logstore.model.ranks import Rank
from logstore.model.records import RunRecord
from logstore.reading.watched import Watched

MOST = 4096
"""Ranks that are read, the lowest of them."""
_COARSE = 2.0
"""Seconds for which a modification time may hide a later change of the same directory."""


class RankPapers:
    """The ranks of one run beside rank 0."""

    __slots__ = ("_count", "_directory", "_listed", "_listed_ns", "_papers", "ranks")

    def __init__(self, directory: str) -> None:
        self.ranks: Mapping[int, Rank] = {}
        """What is known of each, by its number; never changed, only replaced."""
        self._directory = directory
        self._papers: dict[int, Watched] = {}
        self._count = 0
        self._listed = 0.0
        self._listed_ns = -1

    @property
    def is_listed(self) -> bool:
        """Whether they were ever looked for."""
        return self._listed_ns >= 0

    def look(self, machine: Machine, now: float) -> bool:
        """Read what changed and look for the processes on ``machine``; whether anything is new."""
        self._find(now)
        looked = {number: self._look_at(number, machine, now) for number in self._papers}
        ranks = {number: rank for number, rank in looked.items() if rank is not None}
        if ranks == self.ranks:
            return False
        self.ranks = ranks
        return True

    def problems(self) -> list[str]:
        """What is wrong with the documents, one line each."""
        found = [paper.problem for paper in self._papers.values() if paper.problem is not None]
        if self._count > len(self._papers):
            found.append(f"of {self._count} records of ranks the first {len(self._papers)} are read")
        return found

    def _find(self, now: float) -> None:
        """Find the documents, when the directory changed."""
        try:
            modified_ns = os.stat(self._directory).st_mtime_ns  # noqa: PTH116
            is_settled = abs(self._listed - modified_ns / 1e9) > _COARSE
            if modified_ns == self._listed_ns and is_settled:
                return
            names = os.listdir(self._directory)  # noqa: PTH208
        except OSError:
            return
        self._listed, self._listed_ns = now, modified_ns
        numbers = sorted(number for name in names if (number := _number(name)) is not None)
        self._count = len(numbers)
        known = self._papers
        self._papers = {number: known.get(number) or self._paper(number) for number in numbers[:MOST]}

    def _paper(self, number: int) -> Watched:
        return Watched(f"{self._directory}/{rank_name(RUN_FILE, number)}")

    def _look_at(self, number: int, machine: Machine, now: float) -> Rank | None:
        known = self.ranks.get(number)
        rank = self._read(number, known, machine, now)
        if rank is not None and rank is not known and rank.liveness.verdict in {"gone", "reused"}:
            # It may have written its exit record between the two looks, and gone.
            rank = self._read(number, rank, machine, now)
        return rank

    def _read(self, number: int, known: Rank | None, machine: Machine, now: float) -> Rank | None:
        """One rank as it is now: ``known`` itself when nothing changed, None when there is nothing."""
        raw = self._papers[number].refresh()
        if raw is None and known is None:
            return None
        if raw is not None and not raw:
            return None
        record = known.record if raw is None and known is not None else RunRecord.from_json(raw or {})
        liveness = UNKNOWN if record.state is not None else machine.liveness(record.process, now)
        if known is not None and record is known.record and liveness.same_as(known.liveness):
            return known
        return Rank(record, liveness)


def _number(name: str) -> int | None:
    """The rank beside rank 0 whose record is called ``name``."""
    number = rank_of(name)
    return number if number and name == rank_name(RUN_FILE, number) else None
