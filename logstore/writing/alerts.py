"""``events.jsonl``: alerts, resumes and whatever else happens once, each a line."""

from __future__ import annotations

import time
from typing import Literal

from logstore.errors import StorageError, UsageError
from logstore.format import TIMESTAMP, encode_row
from logstore.writing.appender import Appender
from logstore.writing.clock import now
from logstore.writing.folder import Folder
from logstore.writing.notices import Notices
from logstore.writing.values import plain_config

Level = Literal["INFO", "WARN", "ERROR"]

LONGEST_TITLE = 63
WAIT = 60.0
"""Seconds during which an alert with the same title is not written again, unless told otherwise."""

_LEVELS: dict[str, Level] = {"INFO": "INFO", "WARN": "WARN", "WARNING": "WARN", "ERROR": "ERROR"}


def read_level(level: object) -> Level:
    """The level that a word, or an enumeration with such a value, stands for; None is INFO.

    Raises:
        UsageError: It is none of the words.
    """
    word = "INFO" if level is None else str(getattr(level, "value", level)).upper()
    if word not in _LEVELS:
        raise UsageError(f"level is INFO, WARN or ERROR, not {level!r}")
    return _LEVELS[word]


def fit_title(title: str, text: str) -> tuple[str, str]:
    """Title and text such that the title is short enough; what does not fit opens the text."""
    if len(title) <= LONGEST_TITLE:
        return title, text
    return title[: LONGEST_TITLE - 1] + "…", f"{title}\n{text}".rstrip("\n")


class Alerts:
    """The events of one process; the file is made with the first of them."""

    def __init__(self, folder: Folder | None, name: str, notices: Notices) -> None:
        """Events in the file ``name`` of ``folder``; without a folder they go nowhere."""
        self._folder = folder
        self._name = name
        self._notices = notices
        self._file: Appender | None = None
        self._sent: dict[str, float] = {}

    def alert(self, title: str, text: str, level: Level, wait: float) -> bool:
        """Writes an alert, unless one with this title was written less than ``wait`` seconds ago; whether it did."""
        instant = time.monotonic()
        if title in self._sent and instant - self._sent[title] < wait:
            return False
        self._sent[title] = instant
        short, text = fit_title(title, text)
        self.add("alert", short, text, level)
        return True

    def add(self, kind: str, title: str, text: str = "", level: Level = "INFO", **fields: object) -> None:
        """Writes one event. A file that cannot be made is said once, and costs the event only."""
        if self._folder is None:
            return
        try:
            self._file = self._file or Appender(self._folder, self._name, self._notices)
        except StorageError as error:
            self._notices.warn(f"open {self._name}", str(error))
            return
        event = {TIMESTAMP: now(), "kind": kind, "title": title, "text": text, "level": level, **fields}
        self._file.write(encode_row(plain_config(event)))

    def forked(self) -> None:
        """In a child process: events are appended through a descriptor of its own."""
        if self._file is not None:
            self._file.forked()

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
