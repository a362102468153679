"""The helper that records what takes a while, as the training sees it: started at once, asked later what it found."""

from __future__ import annotations

import os
import select
from collections.abc import Mapping
from pathlib import Path

import orjson

from logstore.errors import StorageError
from logstore.writing.folder import Folder
from logstore.writing.helpers import Helper

_MOST = 1 << 16


class Background:
    """A running ``python -m logstore.writing.capture``.

    Attributes:
        done: Whether there is nothing more to hear from it.
    """

    def __init__(self, helper: Helper, pipe: int) -> None:
        self.done = False
        self._helper = helper
        self._pipe = pipe

    @classmethod
    def start(
        cls, folder: Folder, repository: Path | None, packages: bool, environ: Mapping[str, str]
    ) -> Background | None:
        """Starts it; None when there is nothing to do, or no way to do it."""
        if repository is None and not packages:
            return None
        options = [*(["--git", str(repository)] if repository else []), *(["--packages"] if packages else [])]
        ours, theirs = os.pipe2(os.O_CLOEXEC)
        try:
            helper = Helper("logstore.writing.capture", [str(folder.path), *options], environ, theirs)
        except StorageError:
            os.close(ours)
            return None
        finally:
            os.close(theirs)
        background = cls(helper, ours)
        if repository is None:  # nothing to hear, and nothing to wait for
            background.close()
        return background

    def collect(self, patience: float = 0.0) -> dict[str, object] | None:
        """What it found, waiting up to ``patience`` seconds; None when it has not said anything yet, or never will."""
        if self.done:
            self._helper.ended()  # it ends after it was heard: else it stays in the training as a corpse
            return None
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        if not poll.poll(patience * 1000):
            return None
        content = os.read(self._pipe, _MOST)
        self.close()
        try:
            found = orjson.loads(content)
        except orjson.JSONDecodeError:  # it ended without a word
            return None
        return found if isinstance(found, dict) else None

    def close(self) -> None:
        """Lets it go on alone."""
        if not self.done:
            self.done = True
            os.close(self._pipe)
            self._helper.ended()
