"""Finding one run by what a person types."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from logstore.errors import AmbiguousRunError, RunNotFoundError
from logstore.model.runs import Run

_NAMED = 5
"""Runs that an error names."""


def find_run(runs: Mapping[str, Run], text: str, root: Path) -> Run:
    """The one run that ``text`` means: a key, an id, a name, a path, or else a unique beginning of one of these.

    Raises:
        RunNotFoundError: None is called that.
        AmbiguousRunError: Several are.
    """
    if text in runs:
        return runs[text]
    wanted = text.strip().rstrip("/")
    if wanted in runs:
        return runs[wanted]
    for matches in (_is_called, _begins):
        found = [run for run in runs.values() if matches(run, wanted, root)]
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousRunError(f"{text!r} fits {len(found)} runs: {_listed(found)}")
    raise RunNotFoundError(_not_found(runs, text, root))


def _is_called(run: Run, text: str, root: Path) -> bool:
    if text in {run.id, run.name}:
        return True
    return os.sep in text and Path(os.path.abspath(text)) == root / run.path  # noqa: PTH100


def _begins(run: Run, text: str, root: Path) -> bool:  # noqa: ARG001
    return bool(text) and any(name.startswith(text) for name in (run.id, run.name, run.key))


def _not_found(runs: Mapping[str, Run], text: str, root: Path) -> str:
    if not runs:
        return f"no run {text!r}: there are no runs in {root}"
    names: dict[str, Run] = {name: run for run in runs.values() for name in (run.id, run.name, run.key)}
    near = dict.fromkeys(names[name].key for name in difflib.get_close_matches(text, names, n=_NAMED, cutoff=0.5))
    hint = f"; did you mean {_listed([runs[key] for key in near])}?" if near else ""
    return f"no run {text!r} among the {len(runs)} in {root}{hint}"


def _listed(runs: Sequence[Run]) -> str:
    more = len(runs) - _NAMED
    return ", ".join(map(_told, runs[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _told(run: Run) -> str:
    """The key, which always works, and the name, which a person knows."""
    return run.key if run.name in {run.id, run.key} else f"{run.key} ({run.name})"
