"""This machine in a few lines beside the runs: its GPUs and whose they are, and a line for the host."""

from __future__ import annotations

from textual.geometry import Size

from tui.gpu_strip_lines import Watched, strip_lines, wanted_height
from tui.widgets.painted import PaintedLines


class GpuStrip(PaintedLines):
    """As tall as its devices want, where the layout lets it; with less room it says the same in fewer lines."""

    DEFAULT_CSS = "GpuStrip { height: auto; width: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._watched: Watched | None = None
        self._wanted = 0

    def show(self, watched: Watched) -> None:
        """Show the machine as it is now."""
        self._watched = watched
        wanted = wanted_height(watched.telemetry)
        if wanted != self._wanted:
            self._wanted = wanted
            self.refresh(layout=True)
        self._build()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return self._wanted

    def on_resize(self) -> None:
        self._build()

    def _build(self) -> None:
        if self._watched is not None and self.content_size:
            self.draw(strip_lines(self._watched, self.content_size.width, self.content_size.height))
