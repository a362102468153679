"""The last checkpoint in a run's directory, by names that people give them. For a thread: it lists directories.

Only the run's own directory is looked at, never a path that a file names, and no symbolic link is followed.
"""

from __future__ import annotations

import os
import re
from collections import deque
from itertools import islice
from pathlib import Path

from tui.details.postmortem import Checkpoint

MOST_ENTRIES = 5000
DEEPEST = 4

_FILE = re.compile(
    r".+\.(?:ckpt|pt|pth|pth\.tar|safetensors|bin|h5|hdf5|keras|msgpack|npz|pkl|orbax|index)", re.IGNORECASE
)
_DIRECTORY = re.compile(r"(?:checkpoint|ckpt|step|global_step|epoch|iter)[-_=]?\d+", re.IGNORECASE)
_OURS = frozenset({"media"})


def last_checkpoint(directory: Path) -> Checkpoint | None:
    """The file or directory below ``directory`` that looks like a checkpoint and was written last; None: there is none.

    Looks four levels down and at 5000 entries. A directory of a step counts as one checkpoint, whatever is in it.
    """
    found: Checkpoint | None = None
    queue = deque([(str(directory), 0)])
    left = MOST_ENTRIES
    while queue and left > 0:
        path, depth = queue.popleft()
        for entry in _entries(path):
            left -= 1
            each = _look(entry, directory)
            if each is not None and (found is None or each.time > found.time):
                found = each
            elif each is None and depth < DEEPEST and entry.is_dir(follow_symlinks=False) and entry.name not in _OURS:
                queue.append((entry.path, depth + 1))
    return found


def _entries(path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return list(islice((entry for entry in entries if not entry.name.startswith(".")), MOST_ENTRIES))
    except OSError:
        return []


def _look(entry: os.DirEntry[str], root: Path) -> Checkpoint | None:
    """``entry`` as a checkpoint; None where it is none."""
    try:
        is_file, is_directory = entry.is_file(follow_symlinks=False), entry.is_dir(follow_symlinks=False)
        if not (is_file and _FILE.fullmatch(entry.name)) and not (is_directory and _DIRECTORY.fullmatch(entry.name)):
            return None
        seen = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return Checkpoint(os.path.relpath(entry.path, root), seen.st_size if is_file else 0, seen.st_mtime)
