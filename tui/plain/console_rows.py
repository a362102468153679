"""Lines of a console.log for scripts: the text, and when it was printed where that is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from logstore.reading.console import bounds
from logstore.reading.console_times import ConsoleIndex, Printed, index_of
from tui.details.console_lines import printed, when
from tui.show.units import ABSENT


class ConsoleRow(NamedTuple):
    """One line.

    Attributes:
        text: What a terminal would show of it.
        told: When it was printed; None where that is not known.
    """

    text: str
    told: Printed | None

    def to_json(self) -> dict[str, object]:
        """The line as an object; what is not known is absent."""
        told = {} if self.told is None else {"time": round(self.told.time, 3), "step": self.told.step}
        return {"line": self.text, **{key: value for key, value in told.items() if value is not None}}

    def to_text(self, now: float) -> str:
        """The line behind its time, as seen at ``now``."""
        return f"{ABSENT if self.told is None else when(self.told, now)}  {self.text}"


class ConsoleRows:
    """The lines of one log, as they come."""

    def __init__(self, log: Path) -> None:
        self._index = ConsoleIndex(index_of(log))

    def rows(self, lines: bytes, end: int, most: int | None = None) -> Iterator[ConsoleRow]:
        """The last ``most`` of some lines, or all.

        Args:
            lines: Whole lines of the log.
            end: The byte of the log behind them.
            most: How many.
        """
        texts = lines.split(b"\n")[:-1]
        starts = bounds(texts, end - len(lines))[:-1]
        times = self._index.read().fitted(starts, end, end)
        first = 0 if most is None else max(0, len(texts) - most)
        for text, start in zip(texts[first:], starts[first:], strict=True):
            yield ConsoleRow(printed(text.decode("utf-8", "replace")), times.when(start))
