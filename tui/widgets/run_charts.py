"""The charts beside the table of runs: the curves of marked runs, of the first ones, or of groups of them.

They are imported and laid out only when the table has been seen: what a person looks for first is whether the runs are
there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.containers import Container
from textual.message import Message

from logstore.model.runs import Run
from tui import curves
from tui.charts.line import Look
from tui.drawn import MODES, Drawn
from tui.model import Model
from tui.show.palette import Swatch

if TYPE_CHECKING:
    from tui.widgets.chart_grid import ChartGrid


class Choice(NamedTuple):
    """What a table says of which runs to draw.

    Attributes:
        marks: The keys of the marked runs.
        shown: The keys of the runs in the table, in their order.
        cursor: The key of the run under the cursor.
        group: The column that the table is grouped by.
        group_of: The label of the group that a run is in, by the run's key.
        swatches: How each group is told apart, by its label.
    """

    marks: Sequence[str]
    shown: Sequence[str]
    cursor: str | None
    group: str | None
    group_of: Callable[[str], str | None]
    swatches: Mapping[str, Swatch]


class RunCharts(Container):
    """Draws what ``choose`` says.

    Args:
        model: The runs.
        look: The look that the charts begin with.
        most: Runs, or groups, that are drawn where none is marked.
        choose: What the table says now.
    """

    DEFAULT_CSS = "RunCharts { height: 1fr; width: 1fr; padding: 0 1 0 0; }"

    class Begun(Message):
        """The charts are there now."""

    def __init__(self, model: Model, look: Look, most: int, choose: Callable[[], Choice]) -> None:
        super().__init__()
        self._look = look
        self._drawn = Drawn(model, most)
        self._choose = choose
        self._state: Mapping[str, Any] = {}
        self._pointed: str | None = None
        self.grid: ChartGrid | None = None
        """The charts, once they have begun."""

    @property
    def runs(self) -> Sequence[Run]:
        """The runs that are drawn, or whose groups are."""
        return self._drawn.runs

    @property
    def keys(self) -> list[str]:
        """The keys of these runs."""
        return self._drawn.keys

    async def begin(self) -> None:
        """Show charts from now on."""
        if self.grid is None and self.is_attached:
            from tui.widgets.chart_grid import ChartGrid

            self.grid = ChartGrid(self._look)
            await self.mount(self.grid)
            self.grid.restore(self._state)
            self.draw()
            self.post_message(self.Begun())

    def draw(self) -> None:
        """Draw what the table says."""
        self._take(self._choose())
        if self.grid is not None:
            pointed = self._pointed if len(self.runs) > 1 else None
            self.grid.highlight(self._drawn.highlight(pointed))
            self.grid.set_charts(self._drawn.charts(self.grid.look.xaxis))

    def point(self, key: str | None) -> None:
        """Put the curve of this run on top, the others recede; None: none recedes."""
        self._pointed = key

    def news(self, changed: Collection[str]) -> None:
        """Draw what changed of these runs on the page that is seen; a new metric makes a new page."""
        if self._drawn.metrics and set(self.keys).isdisjoint(changed):
            return
        if self._take(self._choose()):
            self.draw()
        elif self.grid is not None:
            seen = curves.touched(self.runs, changed) & self.grid.shown
            self.grid.update(self._drawn.charts(self.grid.look.xaxis, seen))

    def _take(self, choice: Choice) -> bool:
        self._drawn.group(choice.group, choice.group_of, choice.swatches)
        return self._drawn.choose(choice.marks, choice.shown, choice.cursor)

    def on_chart_pages_page_changed(self) -> None:
        """Other charts are on the screen: bring them up to date."""
        self.news(frozenset(self.keys))

    def on_chart_pages_state_changed(self) -> None:
        """The x axis may be another one: groups are summed up along it."""
        if self._drawn.grouped and self.grid is not None:
            self.grid.update(self._drawn.charts(self.grid.look.xaxis, self.grid.shown))

    def next_mode(self) -> str:
        """Draw groups in the next way; which one, in words."""
        modes = list(MODES)
        self._drawn.mode = modes[(modes.index(self._drawn.mode) + 1) % len(modes)]
        self.draw()
        return MODES[self._drawn.mode]

    @property
    def state(self) -> dict[str, Any]:
        """What a person set, as plain data for ``restore``."""
        return {"charts": self.grid.state if self.grid is not None else dict(self._state), "groups": self._drawn.mode}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what ``state`` gave another time; what does not fit is ignored."""
        charts = state.get("charts")
        self._state = charts if isinstance(charts, Mapping) else {}
        self._drawn.mode = next((mode for mode in MODES if mode == state.get("groups")), self._drawn.mode)
        if self.grid is not None:
            self.grid.restore(self._state)
