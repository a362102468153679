"""The helper that asks git and lists packages leaves nothing behind in the training."""

from __future__ import annotations

import os
from pathlib import Path

from logstore.writing.capture.background import Background
from logstore.writing.folder import Folder
from tests.logstore.written import eventually


def children() -> set[int]:
    """The pids of our own children, corpses too."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.add(int(entry.parent.name))
    return found


def test_a_helper_that_is_done_is_no_corpse_in_the_training(tmp_path: Path) -> None:
    before = children()
    background = Background.start(Folder(tmp_path), None, packages=True, environ=os.environ)
    assert background is not None
    assert children() - before

    def gone() -> bool:
        background.collect()
        return not children() - before

    eventually(gone)
