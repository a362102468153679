"""The ranks of a run beside rank 0: what each wrote of itself, whether it lives, and which of them are lost. Pure.

The state of a run is rank 0's. That another rank died while rank 0 lives, waiting for it, is told in the reason, and
so is, once rank 0 has failed or was killed, what befell another rank before: launchers end all ranks when one dies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from logstore.model.liveness import UNKNOWN, Liveness
from logstore.model.records import RunRecord
from logstore.model.state import State, derive_state

LATE = 60.0
"""Seconds by which the ranks of one attempt may begin before rank 0."""
_LOST = frozenset({"failed", "killed", "crashed"})
_BY_HAND = frozenset({"SIGINT", "SIGHUP"})
"""What ^C and a terminal that is closed send to all ranks at once."""


@dataclass(frozen=True, slots=True)
class Rank:
    """One rank, as far as ``run.rank<k>.json`` and /proc tell."""

    record: RunRecord
    liveness: Liveness = UNKNOWN
    """Of its process, as long as there is no exit record."""

    @property
    def state(self) -> State:
        """What became of it; unknown for a process that cannot be seen from here."""
        return derive_state(self.record, self.liveness)


def losses(record: RunRecord, ranks: Mapping[int, Rank]) -> str:
    """The first of the ``ranks`` that died in the latest attempt of ``record``, and how many more; empty when none did.

    Args:
        record: run.json of the run, which is rank 0's.
        ranks: The others by their number.
    """
    lost = [
        number for number, rank in sorted(ranks.items()) if rank.state.name in _LOST and _is_of(record, number, rank)
    ]
    if not lost:
        return ""
    return _named(lost, ranks)


def forerunners(record: RunRecord, ranks: Mapping[int, Rank]) -> str:
    """What befell other ranks before rank 0 failed or was killed, and is most likely why; empty where nothing did.

    The first of those that failed by then, else those that are gone without an exit record; and only where
    these are the fewer, since a launcher that loses its patience kills many.
    """
    found = _forerunners(record, ranks)
    return _named(found, ranks) if found else ""


def forerunner(record: RunRecord, ranks: Mapping[int, Rank]) -> int | None:
    """The first of these ranks; None where rank 0 itself was the first."""
    return next(iter(_forerunners(record, ranks)), None)


def _forerunners(record: RunRecord, ranks: Mapping[int, Rank]) -> list[int]:
    if record.state not in {"failed", "killed"} or record.signal in _BY_HAND:
        return []
    found = first_failure(record, ranks)
    if found is not None and (record.ended is None or (found[1].ended or 0.0) <= record.ended):
        return [found[0]]
    return missing(record, ranks)


def missing(record: RunRecord, ranks: Mapping[int, Rank]) -> list[int]:
    """The ranks that are gone without an exit record, in the latest attempt of ``record``; none where most are."""
    mine = {number: rank for number, rank in sorted(ranks.items()) if _is_of(record, number, rank)}
    gone = [number for number, rank in mine.items() if rank.state.name == "crashed"]
    return gone if 2 * len(gone) <= len(mine) else []


def explained(state: State, rank: int, forerunners: str) -> State:
    """The ``state`` of ``rank`` 0 with what befell other ranks before, where it failed or was killed after that."""
    if not forerunners or state.name not in {"failed", "killed"}:
        return state
    return replace(state, reason=f"{forerunners}; rank {rank} {_told(state)}")


def _told(state: State) -> str:
    """What happened to a rank, after its number: ``failed: exit code 1``, ``killed by SIGTERM``."""
    return state.reason if state.reason.startswith(state.name) else f"{state.name}: {state.reason}"


def _named(lost: Sequence[int], ranks: Mapping[int, Rank]) -> str:
    more = len(lost) - 1
    rest = f", and {more} more rank{'s' * (more > 1)}" if more else ""
    return f"rank {lost[0]} {_told(ranks[lost[0]].state)}{rest}"


def first_failure(record: RunRecord, ranks: Mapping[int, Rank]) -> tuple[int, RunRecord] | None:
    """The rank that failed first of all in the latest attempt of ``record``, by its exit record; None where none did.

    Rank 0 itself is not looked at.
    """
    failed = [
        (rank.record.ended, number, rank.record)
        for number, rank in ranks.items()
        if rank.record.state == "failed" and rank.record.ended is not None and _is_of(record, number, rank)
    ]
    if not failed:
        return None
    _, number, found = min(failed, key=lambda each: each[:2])
    return number, found


def _is_of(record: RunRecord, number: int, rank: Rank) -> bool:
    """Whether a dead rank belongs to the latest attempt; a job may go on with fewer ranks than it had before."""
    if record.world_size is not None and number >= record.world_size:
        return False
    begun, last = _begun(rank.record), rank.record.ended
    if not record.resumes or begun is None:
        return True
    return (begun + LATE if last is None else last) >= record.resumes[-1].started


def _begun(record: RunRecord) -> float | None:
    return record.attempts[-1].started if record.attempts else record.created
