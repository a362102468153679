"""Texts in full, one below the other under headings, wrapped to the width; however long, only what is seen is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from tui.show.spans import Line, Span, gap, mark
from tui.show.text import clean, width
from tui.widgets.line_view import LineView


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with its heading."""

    heading: Line
    text: str
    role: str = ""


class TextView(LineView):
    """Scrolls through passages."""

    HAS_CURSOR: ClassVar[bool] = False

    def __init__(self, passages: Sequence[Passage] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._passages = passages
        self._lines: list[Line] = []

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def rows_changed(self) -> None:
        room = self.scrollable_content_region.width - 2
        self._lines = [line for passage in self._passages for line in _lines(passage, room)] if room > 0 else []
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def row(self, index: int) -> Line:
        return mark(self._lines[index], self.needle, "match")

    def header(self) -> list[Line]:
        return [self.search_spans()] if self.searching or self.needle else []


def _lines(passage: Passage, room: int) -> Iterator[Line]:
    if passage.heading:
        yield [gap(1), *passage.heading]
    for line in passage.text.split("\n"):
        for part in wrapped(clean(line.expandtabs(4)), room):
            yield [gap(1), Span(part, passage.role)]
    yield []


def wrapped(text: str, room: int) -> Iterator[str]:
    """``text`` in pieces of at most ``room`` cells; nothing is added and nothing left out."""
    if width(text) <= room or room < 2:
        yield text
        return
    start = taken = 0
    for place, character in enumerate(text):
        cells = width(character)
        if taken + cells > room:
            yield text[start:place]
            start, taken = place, 0
        taken += cells
    yield text[start:]
