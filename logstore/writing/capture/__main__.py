"""``python -m logstore.writing.capture DIRECTORY [--git REPOSITORY] [--packages]``: records what takes a while.

Writes ``code.patch``, ``untracked.txt`` and ``requirements.txt``, each whole or not at all and none empty, and prints
one JSON object with what belongs into ``git`` of run.json.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import orjson

from logstore.errors import StorageError
from logstore.format import PATCH_FILE, REQUIREMENTS_FILE, UNTRACKED_FILE
from logstore.writing.capture.packages import read_requirements
from logstore.writing.capture.patch import read_patch, read_untracked
from logstore.writing.capture.secrets import mask_patch
from logstore.writing.folder import Folder


def record_git(folder: Folder, repository: Path) -> dict[str, object]:
    """Writes patch and untracked list; returns what run.json should say about them."""
    patch, cut = read_patch(repository)
    _replace(folder, PATCH_FILE, mask_patch(patch))
    _replace(folder, UNTRACKED_FILE, read_untracked(repository, folder.path.parent.parent))
    return {"dirty": bool(patch) or cut, **({"patch_cut": True} if cut else {})}


def _replace(folder: Folder, name: str, content: bytes) -> None:
    if content:
        folder.replace(name, content)


def _print(found: dict[str, object]) -> None:
    try:
        os.write(1, orjson.dumps(found))
        os.close(1)
    except OSError:  # the training is gone
        return


def main(arguments: list[str]) -> int:
    """Does what the command line asks for; 1 when the run cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m logstore.writing.capture")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--git", type=Path)
    parser.add_argument("--packages", action="store_true")
    asked = parser.parse_args(arguments)
    os.nice(10)
    try:
        folder = Folder(asked.directory)
        _print(record_git(folder, asked.git) if asked.git else {})
        if asked.packages:
            _replace(folder, REQUIREMENTS_FILE, read_requirements())
    except (OSError, StorageError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
