"""How a run is named wherever it stands beside others: its swatch and its name, in its colour. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tui.show.palette import Swatch
from tui.show.spans import Line, Span
from tui.show.text import fit_middle


@dataclass(frozen=True, slots=True)
class Head:
    """A run's name and how it is told apart from the others."""

    name: str
    swatch: Swatch

    @property
    def role(self) -> str:
        """The role of the run's colour."""
        return f"series-{self.swatch.slot + 1}"

    def line(self, cells: int) -> Line:
        """Swatch and name in at most ``cells`` cells."""
        return [Span(f"{self.swatch.marker} ", self.role), Span(fit_middle(self.name, max(1, cells - 2)), self.role)]
