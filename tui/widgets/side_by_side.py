"""Tables with one column per run: a key column that stays, columns that scroll sideways, and a cursor on a cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tui.show.heads import Head
from tui.show.safe import inert
from tui.show.spans import Line, Span, crop, gap, pad
from tui.show.spans import cells as line_cells
from tui.show.text import clean, fit_middle, width
from tui.widgets.line_view import LineView

GAP = 2
MARGIN = 1
"""Cells at the left and at the right; a scrollbar may stand in those at the right."""
NARROWEST, SCROLLED = 10, 18
"""Cells of a column: at least, and at most where some columns are out of sight anyway."""
NAMED = 14
"""Cells of such a column where its contents need fewer: as many as a name can be told by."""
SHORTEST = 6
"""Cells of a column whose contents are narrower still: its head needs them."""
LONGEST_NAME = 28
"""Cells of a run's name in a title."""


def share_width(
    total: int, key: int, columns: Sequence[int], contents: Sequence[int] | None = None
) -> tuple[int, list[int]]:
    """The widths of the key column and of the run columns, in ``total`` cells, from what each would like to have.

    All of them get what they like where that fits. Else the key gets at most two fifths, and the columns give way
    from the widest on, down to ``NARROWEST``, or to their ``contents`` where these are narrower; then the key does,
    down to ``NARROWEST``. What then still does not fit is reached by scrolling.
    """
    if key + sum(columns) + GAP * len(columns) <= total:
        return key, list(columns)
    key = min(key, max(NARROWEST, total * 2 // 5))
    room = total - GAP * len(columns)
    least = [max(SHORTEST, min(NARROWEST, content)) for content in contents or columns]
    left = room - sum(_capped(columns, least, SHORTEST))
    if left < min(key, NARROWEST):
        wanted = [max(NAMED, min(SCROLLED, content)) for content in contents or columns]
        return key, [min(pair) for pair in zip(columns, wanted, strict=True)]
    key = min(key, left)
    cap = max(columns, default=0)
    while sum(_capped(columns, least, cap)) > room - key:
        cap -= 1
    return key, _capped(columns, least, cap)


def _capped(columns: Sequence[int], least: Sequence[int], cap: int) -> list[int]:
    return [min(column, max(low, cap)) for column, low in zip(columns, least, strict=True)]


class SideBySide(LineView):
    """The base of such tables; a subclass says what stands in the key column and in the cells."""

    DEFAULT_CSS = "SideBySide { overflow-x: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move_column(-1)", "Left", id="columns.left", show=False, tooltip="To the run at the left"),
        Binding("right", "move_column(1)", "Right", id="columns.right", show=False, tooltip="To the run at the right"),
        Binding("b", "baseline", "Baseline", id="columns.baseline", tooltip="Compare with this run"),
        Binding("enter", "open", "Open", id="columns.open", show=False, tooltip="The whole value, of every run"),
        Binding("y", "copy", "Copy", id="columns.copy", tooltip="Copy the value under the cursor"),
        Binding("Y", "copy_table", "Copy table", id="columns.copy_table", show=False, tooltip="Copy all rows as TSV"),
    ]
    RIGHT_ALIGNED: ClassVar[bool] = False

    column: reactive[int] = reactive(0)
    """The run that the cursor is on."""
    baseline: reactive[int] = reactive(0)
    """The run that the others are compared with."""

    class BaselineChosen(Message):
        """A person wants the runs compared with another one."""

        def __init__(self, view: SideBySide, run: int) -> None:
            super().__init__()
            self.view = view
            self.run = run

        @property
        def control(self) -> SideBySide:
            """The table that sent this."""
            return self.view

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (the name that Textual gives it)
        super().__init__(id=id)
        self.heads: Sequence[Head] = ()
        self._key_cells = 0
        self._widths: list[int] = []

    # -- what a subclass says -----------------------------------------------------------------------------------

    def title(self) -> Line:
        """The line above the heads."""
        raise NotImplementedError

    def key(self, index: int, room: int | None = None) -> Line:
        """The key column of a row, whole; or, where it has ``room``, in no more cells than these."""
        raise NotImplementedError

    def cell(self, index: int, run: int) -> Line:
        """The cell of a row and a run."""
        raise NotImplementedError

    def cell_cells(self, run: int) -> int:
        """The width that the widest cell of a run would like to have."""
        raise NotImplementedError

    @property
    def key_room(self) -> int:
        """The cells of the key column."""
        return self._key_cells

    def key_cells(self) -> int:
        """The width that the widest key would like to have."""
        raise NotImplementedError

    def value_text(self, index: int, run: int) -> str:
        """The whole value of a cell, for the clipboard; empty where there is none."""
        raise NotImplementedError

    # -- what it can use for that -------------------------------------------------------------------------------

    def room(self, run: int) -> int:
        """The cells of a run's column."""
        return self._widths[run] if run < len(self._widths) else 0

    def against(self, said: Line, word: str) -> Line:
        """What a title has ``said``, and with which run the others are compared, as far as there is room for that."""
        room = self.scrollable_content_region.width - line_cells(said) - width(word)
        name = fit_middle(self.heads[self.baseline].name, min(LONGEST_NAME, room))
        return [*said, Span(f"{word}{name}", "dim")] if room >= NARROWEST else said

    # -- drawing ------------------------------------------------------------------------------------------------

    def rows_changed(self) -> None:
        contents = [self.cell_cells(run) for run in range(len(self.heads))]
        likes = [max(width(clean(head.name)) + 2, cells) for head, cells in zip(self.heads, contents, strict=True)]
        total = self.scrollable_content_region.width - 2 * MARGIN
        self._key_cells, self._widths = share_width(total, max(NARROWEST, self.key_cells()), likes, contents)
        self.column = max(0, min(self.column, len(self.heads) - 1))
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def content_width(self) -> int:
        return MARGIN + self._key_cells + sum(self._widths) + GAP * len(self._widths)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """The rows, and the bar that scrolls sideways where there is one."""
        return self.virtual_size.height + (self.virtual_size.width > width)

    def header(self) -> list[Line]:
        heads = [head.line(cells) for head, cells in zip(self.heads, self._widths, strict=True)]
        title = pad(self.title(), self.scrollable_content_region.width)
        return [title, self._sideways([Span("key", "dim")], heads)]

    def row(self, index: int) -> Line:
        cells = [self.cell(index, run) for run in range(len(self.heads))]
        return self._sideways(self.key(index, self._key_cells), cells, index)

    def render_line(self, y: int) -> Strip:
        if not self._widths and self.heads:
            self.rows_changed()
        return super().render_line(y)

    def _sideways(self, key: Line, cells: Sequence[Line], index: int = -1) -> Line:
        """The key, then those columns that are in sight whole: half a number is another number."""
        parts = [gap(MARGIN), *pad(key, self._key_cells)]
        columns: Line = []
        left = self.scroll_offset.x
        for run, (cell, room) in enumerate(zip(cells, self._widths, strict=True)):
            start = line_cells(columns)
            if start < left or start + GAP + room > left + max(self._room, (start == left) * (GAP + room)):
                columns.append(gap(GAP + room))
                continue
            current = index == self.cursor and run == self.column and self.has_focus
            columns += [gap(GAP), *_under(self._aligned(cell, room), "cell" if current else "")]
        return [*parts, *crop(columns, left)]

    @property
    def _room(self) -> int:
        """The cells beside the key column."""
        return self.scrollable_content_region.width - MARGIN - self._key_cells

    def _aligned(self, cell: Line, room: int) -> Line:
        if not self.RIGHT_ALIGNED:
            return pad(cell, room)
        taken = sum(width(span.text) for span in cell)
        return pad([gap(room - taken), *cell], room)

    # -- cursor -------------------------------------------------------------------------------------------------

    def watch_column(self, run: int) -> None:
        """Scroll no more than needed to see the column, and so that a whole column stands at the left."""
        starts = [0, *accumulate(GAP + cells for cells in self._widths)]
        room = self._room
        if run >= len(self._widths):
            return
        if starts[run] < self.scroll_offset.x:
            self.scroll_to(x=starts[run], animate=False)
        elif starts[run + 1] > self.scroll_offset.x + room:
            left = next(start for start in starts if start >= min(starts[run], starts[run + 1] - room))
            self.scroll_to(x=left, animate=False)

    def action_move_column(self, runs: int) -> None:
        self.column = max(0, min(self.column + runs, len(self.heads) - 1))

    def on_click(self, event: events.Click) -> None:
        x = event.x - 1 - self._key_cells + self.scroll_offset.x
        for run, room in enumerate(self._widths):
            x -= GAP + room
            if x < 0 and event.x > self._key_cells:
                self.column = run
                break
        super().on_click(event)

    def action_open(self) -> None:
        if self.row_count:
            self.post_message(self.Opened(self, self.cursor))

    def action_baseline(self) -> None:
        if self.heads:
            self.post_message(self.BaselineChosen(self, self.column))

    # -- clipboard ----------------------------------------------------------------------------------------------

    def action_copy(self) -> None:
        text = self.value_text(self.cursor, self.column) if self.row_count else ""
        if text:
            self.app.copy_to_clipboard(text)
            self.notify("Copied the value", timeout=2)

    def action_copy_table(self) -> None:
        self.app.copy_to_clipboard(self.tsv())
        self.notify(f"Copied {self.row_count} rows", timeout=2)

    def tsv(self) -> str:
        """The rows in sight with all runs, as tab-separated text with a line of names."""
        lines = [["key", *(clean(head.name) for head in self.heads)]]
        for index in range(self.row_count):
            key = "".join(span.text for span in self.key(index)).strip()
            lines.append([key, *(clean(self.value_text(index, run)) for run in range(len(self.heads)))])
        return "".join("\t".join(inert(cell, numbers=True) for cell in line) + "\n" for line in lines)


def _under(line: Line, role: str) -> Line:
    return [Span(span.text, f"{span.role} {role}".strip()) for span in line] if role else line
