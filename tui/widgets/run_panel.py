"""The run under the cursor, quietly, where the table leaves room."""

from __future__ import annotations

from tui.run_panel_lines import Subject, panel_lines
from tui.widgets.painted import PaintedLines


class RunPanel(PaintedLines):
    """Shows one run in as many lines as it is given."""

    DEFAULT_CSS = "RunPanel { height: 0; width: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._subject: Subject | None = None
        self._now = 0.0

    def show(self, subject: Subject | None, now: float) -> None:
        """Show ``subject`` as it is at ``now``, seconds since the epoch; None: nothing."""
        self._subject, self._now = subject, now
        self._build()

    def on_resize(self) -> None:
        self._build()

    def _build(self) -> None:
        width, height = self.content_size
        if self._subject is None or not width:
            self.draw([])
        else:
            self.draw(panel_lines(self._subject, self._now, width, height))
