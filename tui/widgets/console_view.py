"""A run's console log: scrolls through any number of lines, follows the end, finds text.

Lines are kept as they were read and only made printable where they are drawn, so a hundred thousand of them cost
nothing to hold and to scroll. A search marks what it finds and leaves the rest in sight; ``n`` and ``N`` walk on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from tui.details.console_lines import level, printed
from tui.show.spans import Line, Span, crop, gap, mark
from tui.show.text import clean
from tui.widgets.line_view import LineView

SIDEWAYS = 8
"""Cells that one key press scrolls sideways."""
MOST = 100_000
"""Lines that are kept."""
_LONGEST = 4_000


class ConsoleView(LineView):
    """A log. ``extend`` adds lines at its end, ``clear`` empties it."""

    DEFAULT_CSS = "ConsoleView { overflow-x: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("F", "follow", "Follow", id="console.follow", tooltip="Stay at the end while lines come in"),
        Binding("n", "find(1)", "Next", id="console.next", show=False, tooltip="To the next line that was found"),
        Binding("N", "find(-1)", "Previous", id="console.previous", show=False, tooltip="To the line found before"),
        Binding("left", "sideways(-1)", "Left", id="console.left", show=False, tooltip="Scroll to the left"),
        Binding("right", "sideways(1)", "Right", id="console.right", show=False, tooltip="Scroll to the right"),
        Binding("y", "copy", "Copy", id="console.copy", tooltip="Copy the line under the cursor"),
    ]

    following: reactive[bool] = reactive(default=True)
    """Whether the view stays at the end while lines come in."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.note = ""
        """What the title says beside the number of lines, for example that earlier lines were left out."""
        self.nothing = "no console log: logstore.init() keeps it, unless it was told console=False"
        """What stands in the place of lines when there are none."""
        self._log: list[str] = []
        self._found: list[int] = []
        self._widest = 0

    def clear(self) -> None:
        """Forget all lines."""
        self._log.clear()
        self._found.clear()
        self._widest = 0
        self.rows_changed()

    def refuse(self, why: str) -> None:
        """Say why there are no lines to read."""
        self.note = self.nothing = why
        self.refresh()

    def extend(self, lines: Iterable[str]) -> None:
        """Add lines at the end, without their line breaks. Beyond ``MOST`` the oldest are forgotten."""
        start = len(self._log)
        self._log.extend(lines)
        if len(self._log) > MOST + MOST // 4:
            self._forget(len(self._log) - MOST)
            start = 0
        fresh = self._log[start:]
        self._widest = max(self._widest, min(_LONGEST, max(map(len, fresh), default=0)))
        self._find_from(start)
        self.rows_changed()
        if self.following:
            self.action_jump(-1)

    def _forget(self, count: int) -> None:
        """Drop the oldest lines; the cursor and what is seen stay where they are."""
        del self._log[:count]
        self._found.clear()
        self.scroll_to(y=max(0, self.scroll_offset.y - count), animate=False, force=True)
        self.cursor = max(0, self.cursor - count)
        self.note = "earlier lines are left out"

    @property
    def row_count(self) -> int:
        return len(self._log)

    @property
    def found(self) -> list[int]:
        """The rows that hold the needle."""
        return self._found

    def content_width(self) -> int:
        return self._widest + 2

    def header(self) -> list[Line]:
        count = f"  {len(self._log):,} lines" if self._log else ""
        note = f" · {clean(self.note)}" if self.note else ""
        follow = " · following" if self.following and self._log else ""
        line = [Span(" console", "strong"), Span(count + note + follow, "dim"), *self.search_spans()]
        if self.needle:
            place = bisect_left(self._found, self.cursor + 1)
            line.append(Span(f"  {place} of {len(self._found)}" if self._found else "  not found", "dim"))
        return [line]

    def empty(self) -> Line:
        return [Span(f" {clean(self.nothing)}", "dim")]

    def row(self, index: int) -> Line:
        text = printed(self._log[index][:_LONGEST])
        role = "found" if index == self.cursor else "match"
        return [gap(1), *crop(mark([Span(text, level(text))], self.needle, role), self.scroll_offset.x)]

    # -- following ----------------------------------------------------------------------------------------------

    def watch_following(self) -> None:
        if self.following:
            self.action_jump(-1)
        self.refresh()

    def on_resize(self) -> None:
        if self.following:
            self.keep_in_view(self.cursor)

    def action_follow(self) -> None:
        self.following = not self.following

    def action_move(self, rows: int) -> None:
        super().action_move(rows)
        self.following = self.cursor >= self.row_count - 1

    def action_jump(self, index: int) -> None:
        super().action_jump(index)
        if index != -1:
            self.following = False

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        self.following = False

    def on_click(self, event: events.Click) -> None:
        self.following = False
        super().on_click(event)

    def action_sideways(self, times: int) -> None:
        self.scroll_to(x=max(0, self.scroll_offset.x + times * SIDEWAYS), animate=False)

    # -- search -------------------------------------------------------------------------------------------------

    def watch_needle(self) -> None:
        self._found.clear()
        self._find_from(0)
        if self._found:
            place = bisect_left(self._found, self.cursor)
            self._go_to(self._found[min(place, len(self._found) - 1)])
        super().watch_needle()

    def _find_from(self, start: int) -> None:
        wanted = self.needle.lower()
        if wanted:
            rows = enumerate(self._log[start:], start)
            self._found.extend(index for index, line in rows if wanted in line.lower())

    def action_find(self, times: int) -> None:
        """Go to the next (1) or the previous (-1) row found, from the other end where there is none."""
        if not self._found:
            return
        place = bisect_left(self._found, self.cursor + (1 if times > 0 else 0))
        self._go_to(self._found[(place if times > 0 else place - 1) % len(self._found)])

    def _go_to(self, index: int) -> None:
        self.following = False
        self.cursor = index
        self.refresh()

    def action_copy(self) -> None:
        if self._log:
            self.app.copy_to_clipboard(printed(self._log[self.cursor]))
            self.notify("Copied the line", timeout=2)
