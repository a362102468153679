"""A row with the true interface, made of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tui.show.palette import Swatch
from tui.table.rows import Value

FIRST = Swatch(0, "━")


@dataclass
class FakeRow:
    """A run with the values one gives it."""

    key: str
    name: str = "a-run"
    state: str = "finished"
    health: str = "ok"
    swatch: Swatch = FIRST
    alarm: str = ""
    values: dict[str, Value] = field(default_factory=dict)

    def value(self, column_id: str, /) -> Value:
        word = "stalled" if self.health == "stalled" else self.state
        if column_id == "any:state":
            return tuple(dict.fromkeys((word, self.state)))
        if column_id in {"keys:config", "keys:metric"}:
            return self._names(column_id.removeprefix("keys:"))
        own: Mapping[str, Value] = {"name": self.name, "state": word}
        return own.get(column_id, self.values.get(column_id))

    def _names(self, kind: str) -> tuple[str, ...]:
        prefix = f"{kind}{'.' if kind == 'config' else ':'}"
        return tuple(column.removeprefix(prefix) for column in self.values if column.startswith(prefix))


def rows(losses: Iterable[float | None], column: str = "metric:val/loss") -> list[FakeRow]:
    """Rows ``r0``, ``r1``, ... with these values in one column."""
    return [FakeRow(f"r{i}", f"run-{i}", values={column: loss, "age": float(i)}) for i, loss in enumerate(losses)]
