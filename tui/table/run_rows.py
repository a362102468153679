"""Runs as rows of the table, kept from one update to the next. Pure.

All rows share one ``Moment``; whoever owns them moves it on. What a row says about state, speed and age is true at that
moment. What each column id means for a run is said by ``run_values``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from logstore.model.runs import Run
from logstore.model.state import STALL_FLOOR, State
from logstore.model.summarise import summary_modes
from tui.details.diff import flatten
from tui.machine.accounting import Account, Accounts
from tui.show.palette import Swatch
from tui.table.owners import Owners
from tui.table.rows import LIVE, Value
from tui.table.run_values import reader, told

_NO_COLOUR = Swatch(0, "━")


@dataclass(slots=True)
class Moment:
    """The time at which rows say what is true, in seconds since the epoch."""

    now: float = 0.0
    alarms: Mapping[str, str] = field(default_factory=dict)
    """The worst level of what is wrong with a run, by its key."""


class RunRow:
    """One run, as the table sees it: small, because there are as many, and it works out only what it is asked."""

    __slots__ = ("_accounts", "_flat", "_judged", "_moment", "key", "owners", "run", "swatch")

    def __init__(self, run: Run, moment: Moment, swatch: Swatch, accounts: Accounts, owners: Owners) -> None:
        self.run: Run = run
        self.owners: Owners = owners
        """Who started which run."""
        self._accounts = accounts
        self.key: str = run.key
        self.swatch = swatch
        self._moment = moment
        self._judged: tuple[tuple[int, float], State, str] | None = None
        self._flat: tuple[Mapping[str, object], Mapping[str, object]] | None = None

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
        known = self._flat
        if known is None or known[0] is not self.run.config:
            known = self._flat = (self.run.config, flatten(self.run.config))
        return known[1]

    @property
    def account(self) -> Account | None:
        """What the run's GPUs did for it; None where its telemetry knows none."""
        return self._accounts.of(self.run, self.now)

    def value(self, column_id: str, /) -> Value:
        """The value that the column with this id shows, or None."""
        return reader(column_id)(self)

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
        self._owners = Owners(os.geteuid())
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
        """A row for each of ``runs``, the newest first; the same objects as before for runs that stay.

        A table keeps rows in this order where they are equal in what it sorts by.
        """
        newest_first = sorted(runs.values(), key=attrgetter("seniority"), reverse=True)
        self._rows = {run.key: self._row(run, swatches.get(run.key, _NO_COLOUR)) for run in newest_first}
        return list(self._rows.values())

    def _row(self, run: Run, swatch: Swatch) -> RunRow:
        row = self._rows.get(run.key)
        if row is None or row.run is not run:
            return RunRow(run, self._moment, swatch, self._accounts, self._owners)
        row.swatch = swatch
        return row


def metrics_of(runs: Iterable[Run]) -> list[str]:
    """The names of all metrics of ``runs``, the most common first, then by name; also of runs not read yet."""
    seen: dict[str, int] = {}
    for run in runs:
        for name in run.metrics or told(run):
            seen[name] = seen.get(name, 0) + 1
    return sorted(seen, key=lambda name: (-seen[name], name))


def kinds_of(runs: Iterable[Run]) -> dict[str, tuple[str, ...]]:
    """The summaries that ``define_metric`` asked for, by metric, as the first run that asked has them."""
    found: dict[str, tuple[str, ...]] = {}
    for run in runs:
        if run.record.metrics:
            for name in run.metrics:
                found.setdefault(name, summary_modes(name, run.record.metrics))
    return {name: kinds for name, kinds in found.items() if kinds}
