"""The whole machine: its devices with their history and the host stay above, the processes scroll below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.geometry import Size

from logstore.model.runs import Run
from tui.machine.gpu_strip_lines import Machine
from tui.machine.machine_lines import machine_lines
from tui.machine.process_lines import order_at, process_lines
from tui.machine.process_rows import ORDERS, Order, Row, process_rows
from tui.machine.telemetry import Telemetry
from tui.show.palette import Swatch
from tui.show.spans import Line, Span, mark
from tui.show.text import clean
from tui.widgets.process_list import ProcessList


class SystemPanels(ProcessList):
    """As much of the machine as leaves the processes their rows."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: tuple[Telemetry, Mapping[str, Run], Mapping[str, Swatch]] | None = None
        self._order: Order = "run"
        self._above: list[Line] = []
        self._all: list[Row] = []
        self._rows: list[tuple[Row, Line]] = []
        self._most = 0

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

    def on_click(self, event: events.Click) -> None:
        """A click on the title of a column orders by it."""
        if self._shown is not None and event.y == len(self._above) - 1:
            width = self.scrollable_content_region.width
            self.order = order_at(self._all, width, self._shown[0].time, event.x) or self.order

    def show(self, telemetry: Telemetry, runs: Mapping[str, Run], swatches: Mapping[str, Swatch]) -> None:
        """Show the machine as it is now, with those of ``runs`` that are on it."""
        self._shown = (telemetry, runs, swatches)
        self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def row_at(self, index: int) -> Row:
        """What the row at ``index`` is about."""
        return self._rows[index][0]

    def pids_at(self, index: int) -> Sequence[int]:
        return self._rows[index][0].pids

    def rows_changed(self) -> None:
        self._build(self.scrollable_content_region.width, self._room())
        super().rows_changed()

    def header(self) -> list[Line]:
        return self._above

    def empty(self) -> Line:
        if not self.needle:
            return []
        return [Span(f" no process holds {clean(self.needle)!r}: escape clears the search", "dim")]

    def row(self, index: int) -> Line:
        return mark(self._rows[index][1], self.needle, "match")

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as what there is to say, in no more lines than the style allows."""
        if self.styles.max_height is not None:
            self._most = int(self.styles.max_height.resolve(container, viewport))
        self._build(width, self._room())
        return len(self._above) + max(1, len(self._rows))

    def _room(self) -> int:
        return self._most if self.styles.is_auto_height and self._most else self.size.height

    def on_resize(self) -> None:
        self.rows_changed()

    def _build(self, width: int, height: int) -> None:
        if self._shown is None or not width:
            return
        telemetry, runs, swatches = self._shown
        owners = telemetry.owners(runs)
        # Beside runs, other people's devices stand back; where there are none, all are what one looks at.
        others = "dim" if any(owner.runs for owner in owners.values()) else "accent"
        machine = Machine(telemetry, owners, swatches, others)
        rows = self._all = process_rows(telemetry, telemetry.runs_by_pid(runs), swatches, self._order)
        lines = process_lines(rows, width, telemetry.time, self._order)
        titles, wanted = lines[: len(lines) - len(rows)], self.needle.casefold()
        self._rows = [(row, line) for row, line in zip(rows, lines[len(titles) :], strict=True) if row.holds(wanted)]
        titles[0] = [*titles[0][:-1], *self.search_spans()]
        self._above = [*machine_lines(machine, width, height), *titles][-max(1, height - 1) :]
