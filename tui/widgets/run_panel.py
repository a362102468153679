"""The run under the cursor, quietly, where the table leaves room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.reactive import reactive

from logstore.model.runs import Run
from tui.show.palette import Swatch
from tui.widgets.painted import PaintedLines

if TYPE_CHECKING:
    from tui.details.diff import ConfigDiff

LEAST = 4
"""Lines below which there is no use in a panel."""


class RunPanel(PaintedLines):
    """Shows one run in as many lines as it is given."""

    DEFAULT_CSS = "RunPanel { height: auto; width: 1fr; }"

    lines: reactive[int] = reactive(0, layout=True)
    """How many lines the panel has."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._subject: tuple[Run, Swatch, Sequence[Run]] | None = None
        self._now = 0.0
        self._compared: tuple[list[Mapping[str, object]], ConfigDiff] | None = None

    def show(self, run: Run | None, swatch: Swatch | None, others: Sequence[Run], now: float) -> None:
        """Show a run.

        Args:
            run: The run; None: nothing.
            swatch: How it is told apart.
            others: The runs that it stands beside, with whose configs its own is compared.
            now: The time, in seconds since the epoch.
        """
        beside = [other for other in others if other is not run]
        self._subject, self._now = (run, swatch, beside) if run is not None and swatch is not None else None, now
        self._build()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return self.lines

    def on_resize(self) -> None:
        self._build()

    def _build(self) -> None:
        width, height = self.content_size
        if self._subject is None or not width or height < LEAST:
            self.draw([])
            return
        from tui.curves import metrics_of
        from tui.details.run_panel_lines import Subject, panel_lines

        run, swatch, beside = self._subject
        role = f"series-{swatch.slot + 1}"
        subject = Subject(run, role, metrics_of([run]), self._diff([run, *beside]))
        self.draw(panel_lines(subject, self._now, width, height))

    def _diff(self, runs: Sequence[Run]) -> ConfigDiff:
        """The configs of ``runs`` side by side; compared again only where one was read anew."""
        from tui.details.diff import ConfigDiff

        configs = [run.config for run in runs]
        known = self._compared
        same = known is not None and len(known[0]) == len(configs)
        if known is None or not same or any(one is not other for one, other in zip(known[0], configs, strict=True)):
            known = self._compared = configs, ConfigDiff.of(configs)
        return known[1]
