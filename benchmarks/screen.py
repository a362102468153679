"""What a terminal shows: enough of one to read what our app writes, which sends only the cells that changed.

Followed are text, the place of the cursor (CUP, CUF, CUB, CUU, CUD, CHA, VPA, line ends and tabs), clearing (ED 2,
EL 0, ECH) and repeating (REP); colours and modes change no text. ECMA-48, fifth edition.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from tui.show.text import width

_TOKEN = re.compile(
    r"\x1b\[(?P<arguments>[\d;:<=>?]*)(?P<gap>[ -/]*)(?P<final>[@-~])"
    r"|(?P<string>\x1b[\]P^_X].*?(?:\a|\x1b\\))|(?P<escape>\x1b[ -/]*[0-OQ-WYZ\\`-~])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])",
    re.DOTALL,
)


class Screen:
    """The characters on a screen of so many columns and rows."""

    def __init__(self, columns: int, rows: int) -> None:
        self._columns = columns
        self._cells = [[" "] * columns for _ in range(rows)]
        self._row = self._column = 0
        self._last = " "
        self._decode: Callable[[bytes], str] = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""

    def feed(self, data: bytes) -> None:
        """Take in what was written; a sequence that is not complete waits for more."""
        text = self._rest + self._decode(data)
        end = 0
        for token in _TOKEN.finditer(text):
            if token.start() != end:
                break
            end = token.end()
            if token["text"]:
                self._write(token["text"])
            elif token["final"]:
                self._obey(token["final"], token["arguments"])
            elif token["control"]:
                self._control(token["control"])
        self._rest = text[end:]

    def shows(self, text: str) -> bool:
        """Whether ``text`` stands somewhere on one line."""
        return any(text in "".join(row) for row in self._cells)

    def lines(self) -> list[str]:
        """The lines from top to bottom."""
        return ["".join(row).rstrip() for row in self._cells]

    def _write(self, text: str) -> None:
        self._last = text[-1]
        for character in text:
            cells = 1 if character.isascii() else width(character)
            if self._row < len(self._cells) and self._column + cells <= self._columns:
                row = self._cells[self._row]
                row[self._column : self._column + cells] = [character, ""][:cells]
            self._column += cells

    def _control(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._row = min(self._row + 1, len(self._cells) - 1)
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character == "\t":
            self._column = min(self._column // 8 * 8 + 8, self._columns - 1)

    def _obey(self, final: str, arguments: str) -> None:
        first, _, second = arguments.partition(";")
        count = int(first) if first.isdecimal() else 1
        if final in "Hf":
            self._row, self._column = count - 1, (int(second) if second.isdecimal() else 1) - 1
        elif final in "Gd":
            self._row, self._column = (count - 1, self._column) if final == "d" else (self._row, count - 1)
        elif final in "ABCD":
            down, right = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1)}[final]
            self._row = max(0, min(len(self._cells) - 1, self._row + down * count))
            self._column = max(0, self._column + right * count)
        elif final == "b":
            self._write(self._last * count)
        else:
            self._clear(final, first, count)

    def _clear(self, final: str, first: str, count: int) -> None:
        row = self._cells[self._row] if self._row < len(self._cells) else []
        if final == "J" and first in {"2", "3"}:
            self._cells = [[" "] * self._columns for _ in self._cells]
        elif final == "K" and first in {"", "0"}:
            row[self._column :] = [" "] * len(row[self._column :])
        elif final == "X":
            row[self._column : self._column + count] = [" "] * len(row[self._column : self._column + count])
