"""This machine in a few lines beside the runs: its GPUs and whose they are, and a line for the host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.geometry import Size

from tui.show.palette import Swatch
from tui.widgets.painted import PaintedLines

if TYPE_CHECKING:
    from tui.machine.gpu_strip_lines import Machine
    from tui.machine.telemetry import Owner, Telemetry


class GpuStrip(PaintedLines):
    """As tall as its devices want, where the layout lets it; with less room it says the same in fewer lines."""

    DEFAULT_CSS = "GpuStrip { height: auto; width: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._machine: Machine | None = None
        self._wanted = 0

    def show(self, telemetry: Telemetry, owners: Mapping[str, Owner], swatches: Mapping[str, Swatch]) -> None:
        """Show the machine as it is now.

        Args:
            telemetry: What the sampler told.
            owners: Whose processes are on each device, by UUID (``Telemetry.owners``).
            swatches: How each run is told apart, by its key.
        """
        from tui.machine.gpu_strip_lines import Machine, wanted_height

        self._machine = Machine(telemetry, owners, swatches)
        wanted = wanted_height(telemetry)
        if wanted != self._wanted:
            self._wanted = wanted
            self.refresh(layout=True)
        self._build()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return self._wanted

    def on_resize(self) -> None:
        self._build()

    def _build(self) -> None:
        if self._machine is not None and self.content_size:
            from tui.machine.gpu_strip_lines import strip_lines

            self.draw(strip_lines(self._machine, self.content_size.width, self.content_size.height))
