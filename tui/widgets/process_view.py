"""One process in full: what it is and takes, and below it its family as a list with the cursor on one of them.

What it is stays above where that leaves the family some rows; else it scrolls with them.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from tui.machine.process_facts import Facts, Kin
from tui.machine.process_page import fact_lines, kin_line
from tui.machine.process_rows import Row
from tui.machine.telemetry import Gpu
from tui.show.spans import Line, Span, mark
from tui.widgets.process_list import ProcessList

LEAST = 4
"""Rows that the family has at least, where what is above it stays there."""


class ProcessView(ProcessList):
    """Parents above, children below."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: tuple[Facts | None, Row, Sequence[Gpu], str, float] | None = None
        self._above: list[Line] = []
        self._family: list[Kin] = []

    def show(self, facts: Facts | None, row: Row, gpus: Sequence[Gpu], missing: str, now: float) -> None:
        """Show a process as it is at ``now``, seconds since the epoch.

        Args:
            facts: what the system says of it.
            row: what the sampler said of it.
            gpus: the devices, with the processes on each.
            missing: why there are no facts.
            now: the time.
        """
        self._shown = (facts, row, gpus, missing, now)
        self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._scrolling) + len(self._family)

    @property
    def _scrolling(self) -> list[Line]:
        """The lines above the family that scroll with it."""
        return self._above if len(self._above) + LEAST > self.size.height else []

    def pids_at(self, index: int) -> Sequence[int]:
        place = index - len(self._scrolling)
        return (self._family[place].pid if place >= 0 else self._shown[1].pids[0] if self._shown else 0,)

    def rows_changed(self) -> None:
        self._build(self.scrollable_content_region.width)
        super().rows_changed()

    def _build(self, width: int) -> None:
        if self._shown is None or not width:
            return
        facts, wanted = self._shown[0], self.needle.casefold()
        family = facts.family if facts is not None else ()
        self._family = [kin for kin in family if wanted in f"{kin.pid} {kin.user} {kin.command}".casefold()]
        titles = [[], [Span(" parents and children", "dim"), *self.search_spans()]] if family else []
        self._above = [*fact_lines(*self._shown, width), *titles]

    def header(self) -> list[Line]:
        return [] if self._scrolling else self._above

    def row(self, index: int) -> Line:
        place = index - len(self._scrolling)
        if place < 0:
            return self._above[index]
        own = self._shown[1].pids[0] if self._shown else None
        return mark(kin_line(self._family[place], own, self.scrollable_content_region.width), self.needle, "match")

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """All lines of what there is to say."""
        self._build(width)
        return max(1, len(self._above) + len(self._family))

    def on_resize(self) -> None:
        self.rows_changed()
