"""How a run stands at this moment, asked of its files and of /proc alone: cheap, whatever the length of its logs."""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from logstore.format import RUN_FILE
from logstore.model.liveness import Machine
from logstore.model.ranks import explained, forerunners
from logstore.model.records import RunRecord
from logstore.model.state import State, derive_state
from logstore.reading.rank_papers import RankPapers
from logstore.writing.folder import read_file

OVER = frozenset({"finished", "failed", "crashed", "killed", "unknown"})
"""States of a run that nobody writes any more, as far as anybody can say."""


def standing(path: Path, now: float) -> State:
    """The state of the run at ``path``, its directory or its log.

    A writer puts down how it ended, and then it goes: who finds it gone looks at its record once more.
    """
    machine = Machine.here()
    state = _judged(path, machine, now)
    return _judged(path, machine, now) if state.name == "crashed" else state


def _judged(path: Path, machine: Machine, now: float) -> State:
    record = _record(path)
    known = record or RunRecord()
    state = derive_state(record, machine.liveness(known.process, now), _last_write(path), now)
    if state.name not in {"failed", "killed"}:
        return state
    ranks = RankPapers(str(path))
    ranks.look(machine, now)
    return explained(state, known.rank or 0, forerunners(known, ranks.ranks))


def _record(path: Path) -> RunRecord | None:
    """What run.json says; None where there is none that can be read."""
    try:
        raw = orjson.loads(read_file(path / RUN_FILE))
    except (OSError, ValueError):
        return None
    return RunRecord.from_json(raw if isinstance(raw, dict) else {})


def _last_write(path: Path) -> float | None:
    """When something was last written there, seconds since the epoch."""
    try:
        if not path.is_dir():
            return path.lstat().st_mtime
        with os.scandir(path) as entries:
            return max((each.stat(follow_symlinks=False).st_mtime for each in entries), default=None)
    except OSError:
        return None
