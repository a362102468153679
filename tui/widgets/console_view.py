"""A run's console log: scrolls through any number of lines, follows the end, finds text.

Lines are kept as they were read and only made printable where they are drawn, so a hundred thousand of them cost
nothing to hold and to scroll. A search marks what it finds and leaves the rest in sight; ``n`` and ``N`` walk on.

Where it is known when lines were printed, the title says it of the one under the cursor, and a column of all. Besides
the end of a log, which grows, a part from before can be shown, until one goes on to the end; where one goes beyond the
lines that are here, others are asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive

from logstore.reading.console_times import ConsoleTimes, Printed
from tui.details.console_lines import SINCE_CELLS, LogLines, level, printed, since, when
from tui.show.spans import Line, Span, crop, gap, mark, spread
from tui.show.text import clean
from tui.widgets.line_view import LineView

SIDEWAYS = 8
"""Cells that one key press scrolls sideways."""
MOST = 100_000
"""Lines that are kept."""
_LONGEST = 4_000
_PART = "a part of the log · F to its end"


class ConsoleView(LineView):
    """A log. ``extend`` adds lines at its end, ``clear`` empties it."""

    DEFAULT_CSS = "ConsoleView { overflow-x: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("F", "follow", "Follow", id="console.follow", tooltip="Stay at the end while lines come in"),
        Binding("n", "find(1)", "Next", id="console.next", show=False, tooltip="To the next line that was found"),
        Binding("N", "find(-1)", "Previous", id="console.previous", show=False, tooltip="To the line found before"),
        Binding("left", "sideways(-1)", "Left", id="console.left", show=False, tooltip="Scroll to the left"),
        Binding("right", "sideways(1)", "Right", id="console.right", show=False, tooltip="Scroll to the right"),
        Binding("t", "times", "Times", id="console.times", tooltip="Show or hide how far into the run lines came"),
        Binding("y", "copy", "Copy", id="console.copy", tooltip="Copy the line under the cursor"),
    ]

    class Wanted(Message):
        """Lines of the log are wanted that are not here: ``rows`` on from the line that begins at ``offset``."""

        def __init__(self, offset: int, rows: int) -> None:
            super().__init__()
            self.offset = offset
            self.rows = rows

    following: reactive[bool] = reactive(default=True)
    """Whether the view stays at the end while lines come in."""
    timed: reactive[bool] = reactive(default=False)
    """Whether there is a column of times."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.note = ""
        """What the title says beside the number of lines, for example that earlier lines were left out."""
        self.nothing = "no console log: logstore.init() keeps it, unless it was told console=False"
        """What stands in the place of lines when there are none."""
        self._end = self._log = LogLines()
        self._found: list[int] = []
        self._widest = 0
        self._times = ConsoleTimes()
        self._now = self._began = 0.0

    def clear(self) -> None:
        """Forget all lines."""
        self._end = self._log = LogLines()
        self._found.clear()
        self._widest = 0
        self.rows_changed()

    def refuse(self, why: str) -> None:
        """Say why there are no lines to read."""
        self.note = self.nothing = why
        self.refresh()

    def extend(self, lines: Sequence[str], starts: Sequence[int] = ()) -> None:
        """Add lines at the end, without their line breaks. Beyond ``MOST`` the oldest are forgotten.

        Args:
            lines: As they were read.
            starts: The byte of the log at which each begins, where that is known.
        """
        start = len(self._end)
        self._end.extend(lines, starts)
        over = len(self._end) - MOST
        if over > MOST // 4:
            self._end.forget(over)
            start = 0
        if self._log is not self._end:
            return
        if start == 0 < over:
            self._forgotten(over)
        self._show_from(start)
        if self.following:
            self.action_jump(-1)

    def _show_from(self, start: int) -> None:
        """Take note of the lines from ``start`` on."""
        fresh = self._log.texts[start:]
        self._widest = max(self._widest, min(_LONGEST, max(map(len, fresh), default=0)))
        self._find_from(start)
        self.rows_changed()

    def _forgotten(self, count: int) -> None:
        """The oldest lines were dropped; the cursor and what is seen stay where they are."""
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
        return self._widest + 2 + (SINCE_CELLS + 1 if self.timed else 0)

    def header(self) -> list[Line]:
        count = f"  {len(self._log):,} lines" if self._log else ""
        words = _PART if self._log is not self._end else clean(self.note)
        note = f" · {words}" if words else ""
        follow = " · following" if self.following and self._log else ""
        line = [Span(" console", "strong"), Span(count + note + follow, "dim"), *self.search_spans()]
        if self.needle:
            place = bisect_left(self._found, self.cursor + 1)
            line.append(Span(f"  {place} of {len(self._found)}" if self._found else "  not found", "dim"))
        told = self.printed(self._row_told())
        if told is None:
            return [line]
        return [spread(line, [Span(when(told, self._now), "dim"), gap(1)], self.scrollable_content_region.width)]

    def empty(self) -> Line:
        return [Span(f" {clean(self.nothing)}", "dim")]

    def row(self, index: int) -> Line:
        text = printed(self._log.texts[index][:_LONGEST])
        role = "found" if index == self.cursor else "match"
        line = crop(mark([Span(text, level(text))], self.needle, role), self.scroll_offset.x)
        return [gap(1), *self._since(index), *line]

    # -- when lines were printed --------------------------------------------------------------------------------

    def show_times(self, times: ConsoleTimes, now: float, began: float) -> None:
        """Say when lines were printed.

        Args:
            times: What is known of it.
            now: Seconds since the epoch.
            began: When the run began, from which the column counts.
        """
        changed = times is not self._times
        self._times, self._now, self._began = times, now, began
        if changed:
            self.refresh()
            self.refresh_bindings()

    def printed(self, row: int) -> Printed | None:
        """When the line in this row was printed; None where that is not known."""
        if not 0 <= row < len(self._log):
            return None
        start = self._log.starts[row]
        return self._times.when(start) if start >= 0 else None

    def _row_told(self) -> int:
        """The row that the title speaks of: the cursor's, or the one at the top where the cursor is out of sight."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        return self.cursor if top <= self.cursor < top + height - 1 else top

    def _since(self, index: int) -> Line:
        """The cells of the column of times: filled where the time is another than that of the line above."""
        if not self.timed:
            return []
        here = since(self.printed(index), self._began)
        above = since(self.printed(index - 1), self._began) if index > self.scroll_offset.y else ""
        return [gap(SINCE_CELLS + 1) if here == above else Span(f"{here} ", "dim")]

    def watch_timed(self) -> None:
        self.rows_changed()

    def watch_cursor(self, before: int, after: int) -> None:
        super().watch_cursor(before, after)
        self.refresh(Region(0, 0, self.size.width, 1))

    def action_times(self) -> None:
        self.timed = not self.timed

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Times are shown where they are known."""
        if action == "times" and not len(self._times) and not self.timed:
            return False
        return super().check_action(action, parameters)

    # -- another part of the log --------------------------------------------------------------------------------

    def show_offset(self, offset: int) -> bool:
        """Go to the line that begins at this byte of the log, or the next; whether it is among the lines here."""
        if self._log is not self._end and self._end.row_of(offset) is not None:
            self._show_log(self._end)
        row = self._log.row_of(offset)
        if row is None:
            return False
        self._go_to(row)
        self.scroll_to(y=max(0, row - self.page_rows // 3), animate=False, force=True)
        return True

    def show_part(self, lines: Sequence[str], starts: Sequence[int], offset: int, rows: int = 0) -> None:
        """Show these lines, from before, until a person goes on to the end.

        Args:
            lines: As they were read.
            starts: The byte of the log at which each begins.
            offset: Where the line begins that is gone to.
            rows: How many lines on from there.
        """
        part = LogLines()
        part.extend(lines, starts)
        self.following = False
        self._show_log(part)
        row = max(0, min((part.row_of(offset) or 0) + rows, len(part) - 1))
        self._go_to(row)
        self.scroll_to(y=max(0, row - self.page_rows // 3), animate=False, force=True)

    def show_next(self, offset: int) -> bool:
        """Go on from a part to the line behind that at ``offset``, where the end of the log has both."""
        row = self._end.row_of(offset)
        if row is None or self._log is self._end:
            return False
        self._show_log(self._end)
        self._go_to(min(row + 1, len(self._end) - 1))
        return True

    def _wants(self, rows: int) -> bool:
        """Ask for lines before the first of those here, or behind the last of a part; whether there is need to."""
        starts = self._log.starts
        if not starts or starts[0] < 0:
            return False
        if rows < 0:
            wanted = self.cursor == 0 < starts[0]
        else:
            wanted = self._log is not self._end and self.cursor == self.row_count - 1
        if wanted:
            self.post_message(self.Wanted(starts[self.cursor], rows))
        return wanted

    def _show_log(self, log: LogLines) -> None:
        self._log = log
        self._found.clear()
        self._show_from(0)

    # -- following ----------------------------------------------------------------------------------------------

    def watch_following(self) -> None:
        if self.following:
            if self._log is not self._end:
                self._show_log(self._end)
            self.action_jump(-1)
        self.refresh()

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        if shown:  # what was scrolled to before it was there, it was not told
            self.vertical_scrollbar.position = self.scroll_y

    def on_resize(self) -> None:
        if self.following:
            self.keep_in_view(self.cursor)

    def action_follow(self) -> None:
        self.following = not self.following

    def action_move(self, rows: int) -> None:
        if self._wants(rows):
            return
        super().action_move(rows)
        self.following = self._log is self._end and self.cursor >= self.row_count - 1

    def action_jump(self, index: int) -> None:
        if index == self.cursor == 0 and self._log.starts and self._log.starts[0] > 0:
            self.post_message(self.Wanted(0, 0))
            return
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
            rows = enumerate(self._log.texts[start:], start)
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
            self.app.copy_to_clipboard(printed(self._log.texts[self.cursor]))
            self.notify("Copied the line", timeout=2)
