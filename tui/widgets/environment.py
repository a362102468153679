"""What is known of a run's surroundings and has no room on its card: host, command, git and the like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tui.details.fact_lines import fact_lines
from tui.details.run_facts import Fact
from tui.show.spans import Line, Span, mark
from tui.widgets.line_view import LineView


class Environment(LineView):
    """As many lines as there is to say; not there at all where there is nothing."""

    DEFAULT_CSS = "Environment { height: auto; }"
    HAS_CURSOR: ClassVar[bool] = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._facts: Sequence[Fact] = ()
        self._lines: list[Line] = []
        self.display = False

    def show(self, facts: Sequence[Fact]) -> None:
        """Show these facts."""
        if facts != self._facts:
            self._facts = facts
            self.display = bool(facts)
            self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def rows_changed(self) -> None:
        width = self.scrollable_content_region.width
        self._lines = fact_lines([(fact.name, fact.text) for fact in self._facts], width) if width else []
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def header(self) -> list[Line]:
        return [[Span(" environment", "strong"), *self.search_spans()]]

    def row(self, index: int) -> Line:
        return mark(self._lines[index], self.needle, "match")
