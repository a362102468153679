"""What a person changes about runs from a screen: labels and the trash, each told in one line. For a thread: it writes.

The same rules as for the commands ``tui rm``, ``tag``, ``note`` and ``mv``: labels at any time, no run moved under its
writer, nothing outside the store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from logstore.editing import relabel, why_busy
from logstore.errors import LogstoreError
from logstore.labels import Labels
from logstore.model.runs import Run
from logstore.trash import discard


def remove(runs: Sequence[Run], store: Path, now: float) -> str:
    """Moves runs to the trash of the store that they are in; one that is written is left alone."""
    done: list[str] = []
    left: list[str] = []
    for run in runs:
        busy = why_busy(run, now)
        try:
            if busy is None:
                discard(_store_of(run, store), run, now)
                done.append(run.name)
            else:
                left.append(f"{run.name}: {busy}")
        except LogstoreError as error:
            left.append(f"{run.name}: {error}")
    return _told(done, "in the trash; 'tui rm --restore' brings back", left)


def tag(runs: Sequence[Run], words: str) -> str:
    """Adds the tags in ``words`` (``base +baseline``), and takes those away that have a minus (``-draft``)."""
    add = [word.removeprefix("+") for word in words.split() if not word.startswith("-")]
    less = [word.removeprefix("-") for word in words.split() if word.startswith("-")]
    return _relabel(runs, lambda labels: labels.tagged(filter(None, add), filter(None, less)), "tagged")


def note(runs: Sequence[Run], text: str) -> str:
    """Sets the notes."""
    return _relabel(runs, lambda labels: replace(labels, notes=text), "noted")


def rename(run: Run, name: str) -> str:
    """Gives a run another name."""
    if not name.strip():
        return "a run needs a name"
    return _relabel([run], lambda labels: replace(labels, name=name.strip()), "renamed")


def _relabel(runs: Sequence[Run], change: Callable[[Labels], Labels], word: str) -> str:
    done: list[str] = []
    left: list[str] = []
    for run in runs:
        if not run.path.is_dir():
            left.append(f"{run.name}: it is a log without a directory of its own")
            continue
        try:
            relabel(run.path, change)
            done.append(run.name)
        except LogstoreError as error:
            left.append(f"{run.name}: {error}")
    return _told(done, word, left)


def _told(done: Sequence[str], word: str, left: Sequence[str]) -> str:
    what = done[0] if len(done) == 1 else f"{len(done)} runs"
    parts = (
        [f"{word} {what}" if word.isalpha() else f"{what} {'is' if len(done) == 1 else 'are'} {word}"] if done else []
    )
    return "; ".join([*parts, *(f"left alone: {each}" for each in left)])


def _store_of(run: Run, store: Path) -> Path:
    """The store whose trash takes the run: the one that is watched, or that of the run where several are."""
    if store in run.path.parents:
        return store
    return run.path.parent.parent if run.path.is_dir() else run.path.parent
