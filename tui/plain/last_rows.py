"""The last rows of a growing file, and the next ones as they come: read from the end, whatever its length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from logstore.reading.axes import STEP_NAMES, TIME_NAMES, parse_date
from logstore.reading.rows import parse_rows
from logstore.reading.tail import Tail, open_file
from tui.details.diff import summary_text
from tui.show import units
from tui.show.moments import moment
from tui.show.values import show

Row = Mapping[str, object]

WINDOW = 1 << 16
"""Bytes that are looked at first; then four times as many, until they hold enough."""
LARGEST = 64 << 20
"""Bytes that are looked at in the end, enough or not: a line may be longer than the memory of the machine."""

_BOOKKEEPING = frozenset({*STEP_NAMES, *TIME_NAMES, "_runtime"})
_NUMBERS = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}


class LastLines:
    """The end of one file of lines.

    Args:
        path: The file; it need not be there yet.
        window: How many bytes are looked at first.
        largest: How many are looked at in the end.
    """

    def __init__(self, path: Path, window: int = WINDOW, largest: int = LARGEST) -> None:
        self.path = path
        self._tail = Tail(path)
        self._first_window = window
        self._largest = largest

    @property
    def end(self) -> int:
        """The byte behind the lines that were given last."""
        return self._tail.offset

    def last(self, enough: Callable[[bytes], bool]) -> bytes:
        """Whole lines from the end of the file: at least as many as are ``enough``, or all within the largest window.

        Raises:
            OSError: It cannot be read.
        """
        window = self._first_window
        while True:
            lines, begin, end = self._window(window)
            if begin == 0 or window >= self._largest or (lines and enough(lines)):
                self._tail.offset = end
                return lines
            window = min(4 * window, self._largest)

    def new(self) -> bytes:
        """Whole lines that were added since; all of a file that was replaced.

        Raises:
            OSError: It cannot be read.
        """
        try:
            lines = self._tail.read()
        except FileNotFoundError:
            return b""
        if lines is None:
            self._tail.restart()
            return self.new()
        return lines

    def _window(self, window: int) -> tuple[bytes, int, int]:
        """The whole lines in the last ``window`` bytes, and where they begin and end."""
        try:
            descriptor, seen = open_file(self._tail.path)
        except FileNotFoundError:
            return b"", 0, 0
        with open(descriptor, "rb") as file:  # noqa: PTH123 (a descriptor)
            begin = max(0, seen.size - window)
            file.seek(begin)
            data = file.read(seen.size - begin)
        first = data.find(b"\n") + 1 if begin else 0
        last = data.rfind(b"\n") + 1
        return data[first:last], begin, begin + last


def rows_in(lines: bytes, metrics: tuple[str, ...] = ()) -> list[Row]:
    """The rows of ``lines``; with ``metrics`` (names or patterns) only these, and only rows that have one of them."""
    rows = parse_rows(lines).rows if lines else []
    if not metrics:
        return list(rows)
    return [chosen for row in rows if (chosen := _choose(row, metrics)).keys() - _BOOKKEEPING]


def metrics_in(lines: bytes) -> list[str]:
    """The names of what was logged in ``lines``, by name."""
    return sorted({key for row in rows_in(lines) for key in row} - _BOOKKEEPING)


def _choose(row: Row, metrics: tuple[str, ...]) -> Row:
    return {
        key: value
        for key, value in row.items()
        if key in _BOOKKEEPING or any(fnmatchcase(key, pattern) for pattern in metrics)
    }


def words(row: Row, now: float) -> list[tuple[str, str]]:
    """A row as names and texts: its step, its time of day, then what was logged."""
    step = next((row[name] for name in STEP_NAMES if name in row), None)
    time = next((found for name in TIME_NAMES if (found := _time(row.get(name))) is not None), None)
    head = [("step", _text(step))] if step is not None else []
    head += [("at", moment(time, now))] if time is not None else []
    return [*head, *((key, _text(value)) for key, value in row.items() if key not in _BOOKKEEPING)]


def _time(value: object) -> float | None:
    if isinstance(value, str):
        return parse_date(value)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 1e8 else None


def _text(value: object) -> str:
    if isinstance(value, str):
        return _NUMBERS.get(value, value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping):
        return summary_text(value)  # a histogram in a few words
    return units.value(value) if isinstance(value, float) else show(value)
