"""A small terminal to write to: what it would show, cell by cell, for the sequences that full-screen programs use."""

from __future__ import annotations

import re

from rich.cells import cell_len

_CSI = re.compile(r"\x1b\[([?<>=]?)([\d;]*)([ -/]*)([@-~])")
_OSC = re.compile(r"\x1b\].*?(?:\a|\x1b\\)", re.DOTALL)

Attributes = dict[str, str]
_NAMES = {"1": "bold", "2": "bold", "3": "italic", "4": "underline", "7": "reverse", "9": "strike"}
_OFF = {"22": "bold", "23": "italic", "24": "underline", "27": "reverse", "29": "strike"}


class Terminal:
    """Interprets what is written to it; an unknown sequence is an error, so that nothing passes unnoticed."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.cells: list[list[tuple[str, tuple[tuple[str, str], ...]]]] = [[(" ", ())] * columns for _ in range(rows)]
        self.x = self.y = 0
        self.attributes: Attributes = {}
        self.others: list[str] = []

    def text(self) -> list[str]:
        """The rows as text."""
        return ["".join(text for text, _ in row) for row in self.cells]

    def write(self, data: str) -> None:
        """Do what ``data`` says."""
        at = 0
        while at < len(data):
            if data[at] == "\x1b":
                found = _OSC.match(data, at) or _CSI.match(data, at)
                assert found is not None, repr(data[at : at + 20])
                if found.re is _CSI:
                    self._control(*found.groups())
                else:
                    self.others.append(found[0])
                at = found.end()
            else:
                self._put(data[at])
                at += 1

    def _control(self, private: str, parameters: str, middle: str, final: str) -> None:
        numbers = [int(each or 0) for each in parameters.split(";")]
        if private or middle:
            self.others.append(f"{private}{parameters}{middle}{final}")
        elif final == "H":
            self.y, self.x = (max(1, each) - 1 for each in (*numbers, 1)[:2])
        elif final == "C":
            self.x += numbers[0] or 1
        elif final == "m":
            self._style(parameters.split(";"))
        else:
            self.others.append(f"{parameters}{final}")

    def _style(self, codes: list[str]) -> None:
        rest = iter(codes)
        for code in rest:
            if code in {"", "0"}:
                self.attributes = {}
            elif code in _NAMES:
                self.attributes[_NAMES[code] if code != "2" else "dim"] = code
            elif code in _OFF:
                self.attributes.pop(_OFF[code], None)
                if code == "22":
                    self.attributes.pop("dim", None)
            elif code in {"38", "48"}:
                kind = next(rest)
                colour = [next(rest) for _ in range(1 if kind == "5" else 3)]
                self.attributes[code] = ";".join([kind, *colour])
            elif code in {"39", "49"}:
                self.attributes.pop(str(int(code) - 1), None)
            else:
                self.attributes["38" if code[0] in "39" else "48"] = code

    def _put(self, character: str) -> None:
        if character == "\n":
            self.y += 1
            return
        style = tuple(sorted(self.attributes.items()))
        width = cell_len(character)
        if width == 0:
            back = 1 if self.cells[self.y][self.x - 1][0] else 2
            text, _ = self.cells[self.y][self.x - back]
            self.cells[self.y][self.x - back] = (text + character, style)
        elif self.x < self.columns:
            for x in range(self.x, self.x + width):
                self._part(x)
            self.cells[self.y][self.x] = (character, style)
            if width == 2:
                self.cells[self.y][self.x + 1] = ("", style)
            self.x += width

    def _part(self, x: int) -> None:
        """Half of a wide character is overwritten: the other half becomes a blank."""
        row = self.cells[self.y]
        if not row[x][0]:
            row[x - 1] = (" ", row[x - 1][1])
        if x + 1 < self.columns and not row[x + 1][0]:
            row[x + 1] = (" ", row[x + 1][1])
