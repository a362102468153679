"""One process in full: what it is and takes stays above, its family is a list with the cursor on one of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from tui.machine.process_facts import Facts, Kin
from tui.machine.process_page import fact_lines, kin_line
from tui.machine.process_rows import Row
from tui.machine.telemetry import Gpu
from tui.show.spans import Line, Span, mark
from tui.widgets.process_list import ProcessList


class ProcessView(ProcessList):
    """Parents above, children below."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: tuple[Facts | None, Row, Sequence[Gpu], str, float] | None = None
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
        return len(self._family)

    def pids_at(self, index: int) -> Sequence[int]:
        return (self._family[index].pid,)

    def rows_changed(self) -> None:
        facts, wanted = self._shown[0] if self._shown else None, self.needle.casefold()
        family = facts.family if facts is not None else ()
        self._family = [kin for kin in family if wanted in f"{kin.pid} {kin.user} {kin.command}".casefold()]
        super().rows_changed()

    def header(self) -> list[Line]:
        width = self.scrollable_content_region.width
        if self._shown is None or not width:
            return []
        titles = [[], [Span(" parents and children", "dim"), *self.search_spans()]] if self._shown[0] else []
        return [*fact_lines(*self._shown, width), *titles]

    def row(self, index: int) -> Line:
        own = self._shown[1].pids[0] if self._shown else None
        return mark(kin_line(self._family[index], own, self.scrollable_content_region.width), self.needle, "match")

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """All lines of what there is to say."""
        above = len(fact_lines(*self._shown, width)) + 2 if self._shown is not None else 1
        return above + len(self._family)

    def on_resize(self) -> None:
        self.rows_changed()
