"""What the index of a store remembers of one run: enough for a table, and for telling whether it is still true."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import orjson

from logstore.format import METRICS_FILE, decode, encode
from logstore.model.delta import RunDelta
from logstore.model.fixed import fixed
from logstore.model.records import RunRecord
from logstore.reading.discovery import SUFFIX, Found
from logstore.reading.sources import is_events
from logstore.reading.tail import Look, look
from logstore.reading.watched import may_hold_nonfinite


class Mark(NamedTuple):
    """What a run's directory and its main file were."""

    listed_ns: int
    """Modification time of the directory."""
    rows: Look | None

    def is_true(self, directory: str) -> bool:
        """Whether both are what they were: two stats."""
        try:
            return (
                os.lstat(directory).st_mtime_ns == self.listed_ns and look(f"{directory}/{METRICS_FILE}") == self.rows
            )
        except OSError:
            return False


@fixed
class Entry:
    """One run as it was when it was looked at."""

    listed_ns: int
    """Modification time of the run's directory."""
    looks: Mapping[str, Look]
    """What its files were, by name: documents and files of rows."""
    record: RunRecord | None = None
    config: Mapping[str, object] | None = None
    manual_summary: Mapping[str, object] | None = None
    headline: Mapping[str, object] | None = None
    """The latest values, or the whole derived summary."""
    is_exact: bool = False
    """``headline`` was derived from every row."""

    def to_json(self) -> bytes:
        """The entry as one line without its end.

        Raises:
            TypeError: It holds what JSON cannot say.
        """
        looks = {name: tuple(seen) for name, seen in self.looks.items()}
        row = None if self.record is None else self.record.to_row()
        told = [encode(each) for each in (self.config, self.manual_summary, self.headline)]
        return orjson.dumps([self.listed_ns, looks, row, *told, self.is_exact])

    @classmethod
    def from_json(cls, line: bytes) -> Entry:
        """The entry in ``line``.

        Raises:
            ValueError, TypeError: It holds no entry.
        """
        raw = orjson.loads(line)
        listed_ns, looks, row, *rest = cast("list[Any]", decode(raw) if may_hold_nonfinite(line) else raw)
        seen = dict(zip(looks, map(Look._make, looks.values()), strict=True))
        return cls(listed_ns, seen, None if row is None else RunRecord.from_row(row), *rest)

    @property
    def has_ended(self) -> bool:
        """Whether nothing is to be expected of the run any more."""
        return self.record is not None and self.record.state is not None

    @property
    def unread(self) -> int:
        """Bytes of rows that the run has."""
        return sum([each.size for name, each in self.looks.items() if name.endswith(SUFFIX)])

    def to_delta(self, found: Found) -> RunDelta:
        """What a table shows of a run that has ended, and of which nothing else was read."""
        looks = self.looks.items()
        touched = [each.modified_ns for name, each in looks if name.endswith(SUFFIX) and not is_events(name)]
        return RunDelta(
            found.key,
            found.path,
            self.record,
            self.config,
            self.manual_summary,
            headline=self.headline,
            bytes_left=self.unread,
            last_write=max(touched) / 1e9 if touched else None,
            foreign=self.record is None,
        )

    @property
    def mark(self) -> Mark:
        """By which an ended run is known to be the same."""
        return Mark(self.listed_ns, self.looks.get(METRICS_FILE))

    def is_true(self, found: Found) -> bool:
        """Whether the run's directory and its main file are what they were; of a run of one file, all files it has."""
        if not found.is_file:
            return self.mark.is_true(found.path)
        try:
            return all(look(f"{found.directory}/{name}") == seen for name, seen in self.looks.items())
        except OSError:
            return False
