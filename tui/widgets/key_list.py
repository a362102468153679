"""The keys of a screen, to scroll through and to search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.geometry import Size

from tui.details.key_lines import Entry, key_lines
from tui.show.spans import Line, Span, mark
from tui.show.text import clean
from tui.widgets.line_view import LineView


class KeyList(LineView):
    """Entries under headings.

    Args:
        entries: The keys and what they do.
        titles: The heading of each area; an area that is not among them is its own heading.
    """

    HAS_CURSOR: ClassVar[bool] = False

    def __init__(self, entries: Sequence[Entry], titles: Mapping[str, str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entries = [(titles.get(entry.area, entry.area), entry) for entry in entries]
        self._lines: list[Line] = []

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def rows_changed(self) -> None:
        self._lay_out(self.scrollable_content_region.width)
        super().rows_changed()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's signature)
        """The height at this width, for which the entries are laid out now: a sheet is drawn once and not twice."""
        self._lay_out(width)
        height = max(1, self.row_count) + len(self.header())
        self.set_reactive(KeyList.virtual_size, Size(self.content_width(), height))
        return height

    def _lay_out(self, width: int) -> None:
        wanted = self.needle.casefold()
        found = [row for row in self._entries if wanted in f"{row[0]} {row[1].key} {row[1].text}".casefold()]
        self._lines = key_lines(found, width) if width else []

    def on_resize(self) -> None:
        self.rows_changed()

    def header(self) -> list[Line]:
        return [self.search_spans()] if self.searching or self.needle else []

    def empty(self) -> Line:
        return [Span(f" no key holds {clean(self.needle)!r}: escape clears the search", "dim")]

    def row(self, index: int) -> Line:
        return mark(self._lines[index], self.needle, "match")
