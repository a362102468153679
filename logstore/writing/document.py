"""A ``*.json`` file of a run as its writer holds it: fields in memory, and the whole file replaced at each change."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from logstore.format import encode_document
from logstore.writing.folder import Folder, storage_error
from logstore.writing.notices import Notices
from logstore.writing.values import plain_config


class Document:
    """One JSON file of a run.

    Without a folder it lives in memory only: in disabled mode, for a file that another rank owns, in a forked child.

    Attributes:
        fields: What it says.
        stale: Whether the file lacks something that ``fields`` has.
    """

    def __init__(
        self, folder: Folder | None, name: str, fields: dict[str, Any], notices: Notices, *, sparse: bool = False
    ) -> None:
        """A file called ``name``; a ``sparse`` one leaves out the fields that are None: they are not known."""
        self.fields = fields
        self.stale = False
        self._folder = folder
        self._name = name
        self._sparse = sparse
        self._notices = notices
        self._saved = 0.0
        self._turn = 0

    def create(self) -> None:
        """Writes the file for the first time.

        Raises:
            StorageError: That is not possible.
        """
        if self._folder is not None:
            try:
                self._folder.replace(self._name, self._content())
            except OSError as error:
                raise storage_error("write", self._folder.path / self._name, error) from error

    def update(self, fields: Mapping[str, Any]) -> None:
        """Changes some fields and saves."""
        self.fields.update(fields)
        self.save()

    def save(self) -> None:
        """Writes the file. Says so, once, when that is not possible; the next change tries again.

        Another thread, or a signal handler, may save meanwhile, and what is written here would be older: then again.
        """
        self._saved = time.monotonic()
        if self._folder is None:
            return
        self.stale = True
        turn, self._turn = self._turn, self._turn + 1
        try:
            while turn != self._turn and self._folder is not None:
                turn = self._turn
                self._folder.replace(self._name, self._content())
        except OSError as error:
            where = self._folder.path / self._name
            self._notices.warn(f"save {self._name}", f"cannot write {where}: {error.strerror or error}")
        else:
            self.stale = False

    def save_soon(self, pause: float) -> bool:
        """Saves when the last time is ``pause`` seconds ago, else only marks the file as stale; whether it saved."""
        if time.monotonic() - self._saved >= pause:
            self.save()
        else:
            self.stale = self._folder is not None
        return not self.stale

    def detach(self) -> None:
        """Leaves the file to others; from now on the fields live in memory."""
        self._folder = None
        self.stale = False

    def _content(self) -> bytes:
        fields = dict(self.fields)  # in one step: another thread may be changing them
        if self._sparse:
            fields = {key: value for key, value in fields.items() if value is not None}
        return encode_document(plain_config(fields))
