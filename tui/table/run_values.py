"""What each column id means for a ``Run``: how to read it from the run's row. Pure.

Numbers come from the run's curves, and where those are not read yet from its summary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from logstore.model.runs import Run
from logstore.model.series import Series
from logstore.model.summarise import summary_modes
from tui.show.direction import direction
from tui.show.values import show
from tui.table import speed
from tui.table.columns import split_metric
from tui.table.rows import Value
from tui.table.smoothed import smoothed_last

if TYPE_CHECKING:
    from tui.table.run_rows import RunRow

Reader = Callable[["RunRow"], Value]

_EPOCHS = ("epoch", "train/epoch", "epochs")


@lru_cache(maxsize=4096)
def reader(column_id: str) -> Reader:
    """How to read what ``column_id`` names from a row."""
    if column_id in _READERS:
        return _READERS[column_id]
    prefix, _, rest = column_id.partition(":")
    if column_id.startswith("config."):
        return _config_reader(column_id.removeprefix("config."))
    if prefix == "metric":
        return _metric_reader(*split_metric(rest))
    if prefix == "trend":
        return lambda row: series.values if (series := row.run.metrics.get(rest)) is not None else None
    return lambda _row: None


def _config_reader(key: str) -> Reader:
    return lambda row: _plain(row.config.get(key))


def _metric_reader(metric: str, aggregate: str) -> Reader:
    if aggregate == "best":
        return lambda row: _best(row, metric)
    if aggregate == "smooth":
        return lambda row: _smooth(row, metric)
    attribute = {"min": "minimum", "max": "maximum"}.get(aggregate, aggregate)

    def read(row: RunRow) -> Value:
        series = row.run.metrics.get(metric)
        if series is not None and len(series) and metric not in row.run.manual_summary:
            value: float | None = row.run.last(metric) if attribute == "last" else getattr(series, attribute)
            return value
        return _summarised(row.run.summary.get(metric), aggregate)

    return read


def _best(row: RunRow, metric: str) -> Value:
    """Its smallest or its largest value, whichever is the better; None where nothing says which."""
    better = direction(metric, summary_modes(metric, row.run.record.metrics))
    return None if better is None else row.value(f"metric:{metric}:{better}")


def _smooth(row: RunRow, metric: str) -> Value:
    """Its smoothed last value; of a run whose points are not read yet, nothing."""
    series = row.run.metrics.get(metric)
    return None if series is None else smoothed_last(series.values)


def _summarised(found: object, aggregate: str) -> Value:
    """A metric's value in a summary, which holds one value or several by their kind."""
    if isinstance(found, Mapping):
        return _plain(found.get(aggregate))
    return _plain(found) if aggregate == "last" else None


def _plain(value: object) -> Value:
    """``value`` as a cell can show it: lists as their items' texts, mappings as text."""
    if value is None or isinstance(value, int | float | str):
        return value
    if isinstance(value, list | tuple):
        return tuple(map(show, value))
    return show(value)


def _since(moment: float | None, now: float) -> float | None:
    return None if moment is None else max(0.0, now - moment)


def _ended(row: RunRow) -> float | None:
    """When the run ended: as its record says, or of one without a record when it was last heard of."""
    if row.state in {"running", "pending"}:
        return None
    return row.run.record.ended if row.run.record.ended is not None else row.run.last_row


def _duration(row: RunRow) -> float | None:
    begun = row.run.created
    ended = row.now if row.state == "running" else _ended(row)
    return None if begun is None or ended is None else max(0.0, ended - begun)


def _rows(run: Run) -> Series | None:
    """The metric that is logged most often: its rows tell the speed."""
    return max(run.metrics.values(), key=len, default=None)


def _speed(row: RunRow) -> float | None:
    if row.state != "running":
        return None
    if row.health == "stalled":
        return 0.0
    rows = _rows(row.run)
    return None if rows is None else speed.steps_per_second(rows.steps, rows.times)


def _eta(row: RunRow) -> float | None:
    if row.state != "running" or row.health == "stalled":
        return None
    rows = _rows(row.run)
    total = row.run.record.total_steps or speed.total_of(speed.TOTAL_STEPS, row.config)
    if rows is not None and total is not None:
        return speed.seconds_left(rows.steps, rows.times, total)
    epochs = speed.total_of(speed.TOTAL_EPOCHS, row.config)
    epoch = next((series for name in _EPOCHS if (series := row.run.metrics.get(name)) is not None), None)
    if epoch is None or epochs is None:
        return None
    return speed.seconds_left(epoch.values, epoch.times, epochs)


def _of_git(name: str) -> Reader:
    def read(row: RunRow) -> Value:
        git = row.run.record.git
        value: str | None = None if git is None else getattr(git, name)
        return value[:8] if value is not None and name == "commit" else value

    return read


def _states(row: RunRow) -> tuple[str, ...]:
    """All words that are true of the run's state: a stalled run is a running one as well."""
    return tuple(dict.fromkeys((row.word, row.state)))


def _of_account(name: str) -> Reader:
    def read(row: RunRow) -> Value:
        account = row.account
        value: float | None = None if account is None else getattr(account, name)
        return value

    return read


def _gpus(row: RunRow) -> Value:
    hardware = row.run.record.hardware
    return None if hardware is None else len(hardware.gpus)


_READERS: Mapping[str, Reader] = {
    "name": lambda row: row.run.name,
    "state": lambda row: row.word,
    "step": lambda row: row.run.step,
    "speed": _speed,
    "eta": _eta,
    "age": lambda row: _since(row.run.created, row.now),
    "meta:project": lambda row: row.run.project,
    "meta:id": lambda row: row.run.id,
    "meta:group": lambda row: row.run.record.group,
    "meta:job_type": lambda row: row.run.record.job_type,
    "meta:tags": lambda row: row.run.record.tags or None,
    "meta:notes": lambda row: row.run.record.notes,
    "meta:user": lambda row: row.owners.name(row.run),
    "is:mine": lambda row: row.owners.is_mine(row.run),
    "keys:config": lambda row: tuple(row.config),
    "keys:metric": lambda row: tuple(row.run.metrics or told(row.run)),
    "meta:host": lambda row: row.run.record.host,
    "meta:created": lambda row: _since(row.run.created, row.now),
    "meta:ended": lambda row: _since(_ended(row), row.now),
    "meta:updated": lambda row: _since(row.run.last_write, row.now),
    "meta:duration": _duration,
    "meta:exit": lambda row: row.run.record.exit_code,
    "meta:reason": lambda row: row.judgement.reason,
    "meta:commit": _of_git("commit"),
    "meta:branch": _of_git("branch"),
    "meta:command": lambda row: " ".join(row.run.record.command) or None,
    "meta:gpus": _gpus,
    "meta:world_size": lambda row: row.run.record.world_size,
    "meta:alerts": lambda row: sum(event.kind == "alert" for event in row.run.events),
    "any:state": _states,
    "meta:gpu_hours": _of_account("gpu_hours"),
    "meta:idle_gpu_hours": _of_account("idle_gpu_hours"),
    "meta:lost_gpu_hours": _of_account("lost_gpu_hours"),
    "meta:kwh": _of_account("kwh"),
    "meta:cost": _of_account("cost"),
    "at:created": lambda row: row.run.created,
    "at:latest": lambda row: row.run.created if (ended := _ended(row)) is None else ended,
    "at:ended": _ended,
    "at:updated": lambda row: row.run.last_write,
}


def told(run: Run) -> Iterable[str]:
    """The metrics of a run of which only the latest values are known."""
    if not run.bytes_left:
        return ()
    return (name for name, value in run.summary.items() if isinstance(value, int | float) and not name.startswith("_"))
