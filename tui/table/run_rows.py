"""Runs as rows of the table: what each column id means for a ``Run``. Pure.

All rows share one ``Moment``; whoever owns them moves it on. What a row says about state, speed and age is true at that
moment. Numbers come from the run's curves, and where those are not read yet from its summary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from logstore.model.runs import Run
from logstore.model.series import Series
from logstore.model.state import STALL_FLOOR, State
from logstore.model.summarise import summary_modes
from tui.details.diff import flatten
from tui.machine.accounting import Account, Accounts
from tui.show.palette import Swatch
from tui.show.values import show
from tui.table import speed
from tui.table.columns import split_metric
from tui.table.rows import LIVE, Value

_NO_COLOUR = Swatch(0, "━")
_EPOCHS = ("epoch", "train/epoch", "epochs")

Reader = Callable[["RunRow"], Value]


@dataclass(slots=True)
class Moment:
    """The time at which rows say what is true, in seconds since the epoch."""

    now: float = 0.0
    alarms: Mapping[str, str] = field(default_factory=dict)
    """The worst level of what is wrong with a run, by its key."""


class RunRow:
    """One run, as the table sees it."""

    def __init__(self, run: Run, moment: Moment, swatch: Swatch, accounts: Accounts) -> None:
        self.run = run
        self._accounts = accounts
        self.key = run.key
        self.swatch = swatch
        self._moment = moment
        self._judged: tuple[tuple[int, float], State, str] | None = None
        self._flat: tuple[Mapping[str, object], Mapping[str, object]] = ({}, {})

    @property
    def name(self) -> str:
        """The run's name."""
        return self.run.name

    @property
    def state(self) -> str:
        """What became of the run, in a word."""
        return self.judgement.name

    @property
    def health(self) -> str:
        """``stalled`` or ``ok``."""
        self._judge()
        return self._judged[2] if self._judged else "ok"

    @property
    def word(self) -> str:
        """State and health in one word."""
        state = self._judge()
        return "stalled" if self._judged is not None and self._judged[2] == "stalled" else state.name

    @property
    def judgement(self) -> State:
        """The run's state, with its reason."""
        return self._judge()

    @property
    def is_restless(self) -> bool:
        """Whether what the row says changes from second to second though nothing is written: the run lives."""
        return self.word in LIVE

    @property
    def alarm(self) -> str:
        """``WARN`` or ``ERROR`` where something is wrong with the run; how one ended its state says."""
        level = self._moment.alarms.get(self.key, "")
        return level if level and self.word in LIVE else ""

    @property
    def now(self) -> float:
        """The moment at which all this is true."""
        return self._moment.now

    @property
    def config(self) -> Mapping[str, object]:
        """The run's config with dotted keys."""
        if self._flat[0] is not self.run.config:
            self._flat = (self.run.config, flatten(self.run.config))
        return self._flat[1]

    @property
    def account(self) -> Account | None:
        """What the run's GPUs did for it; None where its telemetry knows none."""
        return self._accounts.of(self.run, self.now)

    def value(self, column_id: str, /) -> Value:
        """The value that the column with this id shows, or None."""
        return _reader(column_id)(self)

    def _judge(self) -> State:
        """The state at this moment; of a run with an exit record it is the same at every moment."""
        run = self.run
        asked = (run.version, 0.0 if run.record.state else self._moment.now)
        known = self._judged
        if known is None or known[0] != asked:
            state = run.state(self.now)
            health = run.health(self.now) if state.name == "running" and self._is_silent() else "ok"
            known = self._judged = (asked, state, health)
        return known[1]

    def _is_silent(self) -> bool:
        """Whether the last row is old enough that the run may be stalled; cheap, and mostly the answer is no."""
        last = self.run.last_row
        return last is not None and self.now - last > STALL_FLOOR


class RunRows:
    """The rows of all runs of a store, kept from one update to the next."""

    def __init__(self, price: float | None = None) -> None:
        """No rows yet; ``price`` is that of one GPU-hour, where it is known."""
        self._moment = Moment()
        self._accounts = Accounts(price)
        self._rows: dict[str, RunRow] = {}

    @property
    def now(self) -> float:
        """The moment at which what the rows say is true."""
        return self._moment.now

    @now.setter
    def now(self, now: float) -> None:
        self._moment.now = now

    def warn(self, alarms: Mapping[str, str]) -> set[str]:
        """Take over what is wrong with which run: its level, by key; whose rows that changes."""
        before, self._moment.alarms = self._moment.alarms, alarms
        return {key for key in before.keys() | alarms.keys() if before.get(key) != alarms.get(key)}

    def restless(self, keys: Iterable[str]) -> list[str]:
        """Those of ``keys`` whose rows change from second to second."""
        rows = (self._rows[key] for key in keys if key in self._rows)
        return [row.key for row in rows if row.is_restless]

    def update(self, runs: Mapping[str, Run], swatches: Mapping[str, Swatch]) -> list[RunRow]:
        """A row for each of ``runs``; the same objects as before for runs that stay."""
        self._rows = {key: self._row(run, swatches.get(key, _NO_COLOUR)) for key, run in runs.items()}
        return list(self._rows.values())

    def _row(self, run: Run, swatch: Swatch) -> RunRow:
        row = self._rows.get(run.key)
        if row is None or row.run is not run:
            return RunRow(run, self._moment, swatch, self._accounts)
        row.swatch = swatch
        return row


@lru_cache(maxsize=4096)
def _reader(column_id: str) -> Reader:
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
    attribute = {"min": "minimum", "max": "maximum"}.get(aggregate, aggregate)

    def read(row: RunRow) -> Value:
        series = row.run.metrics.get(metric)
        if series is not None and len(series) and metric not in row.run.manual_summary:
            value: float | None = getattr(series, attribute)
            return value
        return _summarised(row.run.summary.get(metric), aggregate)

    return read


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
        return tuple(item if isinstance(item, str) else show(item) for item in value)
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
    "at:ended": _ended,
    "at:updated": lambda row: row.run.last_write,
}


def metrics_of(runs: Iterable[Run]) -> list[str]:
    """The names of all metrics of ``runs``, the most common first, then by name; also of runs not read yet."""
    seen: dict[str, int] = {}
    for run in runs:
        for name in run.metrics or _told(run):
            seen[name] = seen.get(name, 0) + 1
    return sorted(seen, key=lambda name: (-seen[name], name))


def _told(run: Run) -> Iterable[str]:
    """The metrics of a run of which only the latest values are known."""
    if not run.bytes_left:
        return ()
    return (name for name, value in run.summary.items() if isinstance(value, int | float) and not name.startswith("_"))


def kinds_of(runs: Iterable[Run]) -> dict[str, tuple[str, ...]]:
    """The summaries that ``define_metric`` asked for, by metric, as the first run that asked has them."""
    found: dict[str, tuple[str, ...]] = {}
    for run in runs:
        if run.record.metrics:
            for name in run.metrics:
                found.setdefault(name, summary_modes(name, run.record.metrics))
    return {name: kinds for name, kinds in found.items() if kinds}
