"""The run table beside Textual's DataTable: the same rows, the same screen, the same run of the benchmark.

Both tables are driven by a real app whose driver keeps what it would have written to the terminal. A figure is the
processor time from the call until its frame was written, so waiting for the frame timer does not count; the median of
several calls. Bytes are those of the frame.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from typing import Protocol

import numpy as np
from textual.app import ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.widget import Widget
from textual.widgets import DataTable

from benchmarks.row import Row, ratio_row
from tui.show.palette import Swatch
from tui.table.columns import column_for
from tui.table.rows import Value
from tui.table.sorting import Order
from tui.themed_app import ThemedApp
from tui.widgets.run_table import RunTable

SIZE = (200, 50)
METRICS = tuple(f"metric:val/m{i}" for i in range(8))
CONFIG = tuple(f"config.k{i}" for i in range(6))
COLUMNS = ("name", "state", "step", *METRICS, *CONFIG, "meta:host", "meta:group", "age")
SORTED = METRICS[0]
TICK = 0.001


class _BenchRow:
    """A run with a value in each of the twenty columns."""

    health, alarm = "ok", ""

    def __init__(self, place: int, noise: np.random.Generator) -> None:
        self.key = f"bench/{place:05d}"
        self.name = f"run-{place:05d}"
        self.state = ("running", "finished", "crashed")[place % 3]
        self.swatch = Swatch(place % 12, "━")
        numbers = noise.random(len(METRICS) + len(CONFIG) + 2).tolist()
        self.values: dict[str, Value] = dict(zip((*METRICS, *CONFIG), numbers, strict=False))
        self.values |= {"name": self.name, "state": self.state, "step": place * 10, "age": numbers[-1] * 1e5}
        self.values |= {"meta:host": f"gpu-{place % 16:02d}", "meta:group": f"group-{place % 7}"}

    def value(self, column_id: str, /) -> Value:
        return self.values.get(column_id)


class _Wire(HeadlessDriver):
    """A driver that counts what it would have written to the terminal, and whose app knows it."""

    def __init__(
        self, app: _Bench, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.written = 0
        app.wire = self

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written += len(data.encode())


class _Bench(ThemedApp):
    """One table, as large as the screen."""

    def __init__(self, table: Widget) -> None:
        super().__init__()
        self.driver_class = _Wire
        self.table = table
        self.wire: _Wire | None = None

    def compose(self) -> ComposeResult:
        yield self.table


@dataclass(frozen=True, slots=True)
class _Cost:
    """What one call cost until its frame was written."""

    milliseconds: float
    size: float


class _Subject(Protocol):
    """A table under the same questions as the other."""

    @property
    def widget(self) -> Widget: ...
    def load(self, rows: list[_BenchRow]) -> None: ...
    def sort(self, *, descending: bool) -> None: ...
    def change(self, row: _BenchRow, column: str, value: float) -> None: ...
    def jump(self, place: int) -> None: ...
    def move(self) -> None: ...


class _Ours:
    """``RunTable``."""

    def __init__(self) -> None:
        self.widget = RunTable(COLUMNS)

    def load(self, rows: list[_BenchRow]) -> None:
        self.widget.set_rows(rows)

    def sort(self, *, descending: bool) -> None:
        self.widget.sort = (Order(SORTED, descending),)

    def change(self, row: _BenchRow, column: str, value: float) -> None:
        row.values[column] = value
        self.widget.touch([row.key])

    def jump(self, place: int) -> None:
        self.widget.scroll_to(y=place, animate=False)

    def move(self) -> None:
        self.widget.action_move(1)

    def look(self) -> _Cost:
        """What it costs that a second passed: every row in sight is looked at again, and none says anything else."""
        begun = process_time()
        self.widget.touch(self.widget.keys_in_sight)
        return _Cost(1e3 * (process_time() - begun), 0)


class _Theirs:
    """Textual's ``DataTable``, with the very same texts."""

    def __init__(self) -> None:
        self.widget: DataTable[str] = DataTable(cursor_type="row")
        self._columns = [column_for(column_id) for column_id in COLUMNS]

    def load(self, rows: list[_BenchRow]) -> None:
        for column in self._columns:
            self.widget.add_column(column.title, key=column.id)
        for row in rows:
            self.widget.add_row(*(column.text(row) for column in self._columns), key=row.key)

    def sort(self, *, descending: bool) -> None:
        self.widget.sort(SORTED, key=float, reverse=descending)

    def change(self, row: _BenchRow, column: str, value: float) -> None:
        row.values[column] = value
        self.widget.update_cell(row.key, column, column_for(column).text(row))

    def jump(self, place: int) -> None:
        self.widget.scroll_to(y=place, animate=False)

    def move(self) -> None:
        self.widget.action_cursor_down()


async def _started(app: _Bench) -> _Wire:
    """The app's wire, once the first frame was written to it."""
    for _ in range(10_000):
        if app.wire is not None and app.wire.written:
            await _settled(app.wire)
            return app.wire
        await asyncio.sleep(TICK)
    raise TimeoutError("the app wrote no frame in ten seconds")


async def _settled(wire: _Wire) -> None:
    """Wait until nothing was written for a while."""
    quiet, before = 0, wire.written
    while quiet < 30:
        await asyncio.sleep(TICK)
        quiet = quiet + 1 if wire.written == before else 0
        before = wire.written


async def _cost(wire: _Wire, call: Callable[[], None]) -> _Cost:
    written, begun = wire.written, process_time()
    call()
    for _ in range(2_000):
        await asyncio.sleep(TICK)
        if wire.written != written:
            ended = process_time()
            break
    else:
        raise TimeoutError("the call changed nothing on the screen")
    await _settled(wire)
    return _Cost(1e3 * (ended - begun), wire.written - written)


def _median(costs: list[_Cost]) -> _Cost:
    return _Cost(statistics.median(cost.milliseconds for cost in costs), statistics.median(cost.size for cost in costs))


async def _measure(subject: _Subject, count: int, repeats: int) -> dict[str, _Cost]:
    noise = np.random.default_rng(0)
    rows = [_BenchRow(place, noise) for place in range(count)]
    app = _Bench(subject.widget)
    running = asyncio.create_task(app.run_async(headless=False, size=SIZE))
    wire = await _started(app)
    found = {"load": await _cost(wire, lambda: subject.load(rows))}
    for name, call in _questions(subject, rows, repeats).items():
        found[name] = _median([await _cost(wire, lambda call=call, i=i: call(i)) for i in range(repeats)])  # type: ignore[misc]
    if isinstance(subject, _Ours):
        found["look"] = _median([subject.look() for _ in range(repeats)])
    app.exit()
    await running
    return found


def _questions(subject: _Subject, rows: list[_BenchRow], repeats: int) -> dict[str, Callable[[int], None]]:
    shown = sorted(rows, key=lambda row: float(str(row.values[SORTED])))[-5 if repeats % 2 else 4]
    return {
        "sort": lambda i: subject.sort(descending=i % 2 == 0),
        "jump": lambda i: subject.jump(100 + 97 * i),
        "move": lambda _: subject.move(),
        "top": lambda i: subject.jump(i % 2),
        "change": lambda i: subject.change(shown, METRICS[1], 1.0 + i),
    }


def _run(subject: _Subject, count: int, repeats: int) -> dict[str, _Cost]:
    return asyncio.run(_measure(subject, count, repeats))


def rows(quick: bool) -> list[Row]:
    """The table's figures; ``quick`` asks for fewer runs and fewer repeats."""
    count, repeats = (1_000, 5) if quick else (10_000, 15)
    ours, theirs = _run(_Ours(), count, repeats), _run(_Theirs(), count, repeats)
    what = f"{count:,} runs × {len(COLUMNS)} columns: "
    asked = {
        "load": ("load + first paint", "< 50 ms"),
        "sort": ("sort by a metric + paint", ""),
        "jump": ("scroll far + paint", ""),
        "move": ("cursor down + paint", ""),
        "change": ("one cell changed + paint", "< 2 ms"),
    }
    found = [
        ratio_row(what + text, ours[name].milliseconds, "ms", theirs[name].milliseconds, "DataTable", target)
        for name, (text, target) in asked.items()
    ]
    size = ratio_row(what + "bytes of a changed cell", ours["change"].size, "B", theirs["change"].size, "DataTable")
    look = Row(what + "a second passed, nothing changed", ours["look"].milliseconds, "ms", target="< 10 ms")
    return [*found, size, look]


if __name__ == "__main__":
    for row in rows(quick=False):
        beside = "" if row.beside is None else f"{row.beside:.2f}"
        print(f"{row.name:62} {row.ours:9.2f} {row.ours_unit:3} {beside:>10}  {row.target}")
