"""The post-mortem card of a run that did not finish, on a page of its own."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.details.postmortem import PostMortem
from tui.details.postmortem_lines import post_mortem_lines
from tui.show.spans import Line, Span, mark
from tui.widgets.line_view import LineView


class PostMortemView(LineView):
    """Scrolls; ``y`` copies the command that starts the run again."""

    HAS_CURSOR = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y", "copy", "Copy command", id="post_mortem.copy", tooltip="Copy the command that starts the run again"
        ),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._card: PostMortem | None = None
        self._now = 0.0
        self._lines: list[Line] = []

    def show(self, card: PostMortem | None, now: float) -> None:
        """Show ``card`` as seen at ``now``, seconds since the epoch."""
        self._card, self._now = card, now
        self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def rows_changed(self) -> None:
        width = self.scrollable_content_region.width
        self._lines = [] if self._card is None or not width else post_mortem_lines(self._card, self._now, width)
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def header(self) -> list[Line]:
        return [self.search_spans()] if self.searching or self.needle else []

    def empty(self) -> Line:
        return [Span(" looking at what is left", "dim")]

    def row(self, index: int) -> Line:
        return mark(self._lines[index], self.needle, "match")

    def action_copy(self) -> None:
        if self._card is not None and self._card.command is not None:
            self.app.copy_to_clipboard(self._card.command)
            self.notify("Copied the command", timeout=2, markup=False)
