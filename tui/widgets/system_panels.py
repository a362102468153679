"""The whole machine: its devices with their history, the processes of the runs, the host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import ClassVar

from logstore.model.runs import Run
from tui.machine.device_lines import device_lines
from tui.machine.gpu_strip_lines import Machine
from tui.machine.host_lines import host_lines
from tui.machine.process_lines import ORDERS, Order, process_lines, process_rows
from tui.machine.telemetry import Telemetry
from tui.show.palette import Swatch
from tui.show.spans import Line, gap, mark, pad
from tui.widgets.line_view import LineView

BESIDE, HOST_CELLS, APART = 200, 92, 4
"""Cells from which on the host stands beside the processes, how many it then has, and those between the two."""


class SystemPanels(LineView):
    """Lines that scroll where there are more than fit."""

    HAS_CURSOR: ClassVar[bool] = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: tuple[Telemetry, Mapping[str, Run], Mapping[str, Swatch]] | None = None
        self._lines: list[Line] = []
        self._order: Order = "run"

    @property
    def order(self) -> Order:
        """How the processes are ordered."""
        return self._order

    @order.setter
    def order(self, order: Order) -> None:
        self._order = order
        self.rows_changed()

    def next_order(self) -> None:
        """Order the processes by the next of what they take."""
        self.order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]

    def show(self, telemetry: Telemetry, runs: Mapping[str, Run], swatches: Mapping[str, Swatch]) -> None:
        """Show the machine as it is now, with those of ``runs`` that are on it."""
        self._shown = (telemetry, runs, swatches)
        before = len(self._lines)
        self.rows_changed()
        if len(self._lines) != before:
            self.refresh(layout=True)

    @property
    def row_count(self) -> int:
        return len(self._lines)

    def rows_changed(self) -> None:
        self._lines = self._build()
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def row(self, index: int) -> Line:
        return mark(self._lines[index], self.needle, "match")

    def _build(self) -> list[Line]:
        width = self.scrollable_content_region.width
        if self._shown is None or not width:
            return []
        telemetry, runs, swatches = self._shown
        machine = Machine(telemetry, telemetry.owners(runs), swatches)
        processes = process_rows(telemetry, telemetry.runs_by_pid(runs), swatches, self._order)
        room = width - HOST_CELLS - APART if width >= BESIDE else width
        busy = process_lines(processes, room, telemetry.time, self._order)
        host = host_lines(telemetry, width - room - APART if room < width else width)
        below = _beside(busy, host, room) if room < width else [*busy, [], *host]
        return [*device_lines(machine, width), [], *below]


def _beside(left: Sequence[Line], right: Sequence[Line], room: int) -> list[Line]:
    """Two blocks beside each other, the left one in ``room`` cells."""
    return [[*pad(one, room), gap(APART), *other] for one, other in zip_longest(left, right, fillvalue=_NO_LINE)]


_NO_LINE: Line = []
