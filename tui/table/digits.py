"""How many digits a column of config values shows: as many as tell those apart that have been in sight. Pure."""

from __future__ import annotations

from tui.show.values import BRIEF
from tui.table.cell_text import digits_of, setting
from tui.table.rows import Value


class Digits:
    """The digits of each column, which only ever grow, and what was seen in it."""

    def __init__(self) -> None:
        self._digits: dict[str, int] = {}
        self._seen: dict[str, dict[str, Value]] = {}

    def of(self, column_id: str) -> int:
        """The digits that the column shows."""
        return self._digits.get(column_id, BRIEF)

    def see(self, column_id: str, value: Value, text: str) -> bool:
        """Note that ``value`` is shown as ``text``; whether more digits are needed, as another value is shown so too.

        Numbers and lists can look like others; all else is shown in full.
        """
        if not isinstance(value, float | tuple):
            return False
        other = self._seen.setdefault(column_id, {}).setdefault(text, value)
        if other is value or other == value or setting(other, None) == setting(value, None):
            return False
        return self._sharpen(column_id, value)

    def _sharpen(self, column_id: str, value: Value) -> bool:
        """Take as many digits as ``value`` needs beside the others; whether these are more than before."""
        known = [*self._seen[column_id].values(), value]
        before, digits = self.of(column_id), digits_of(known)
        self._digits[column_id] = digits
        self._seen[column_id] = {setting(each, digits): each for each in known}
        return digits > before
