"""The columns of the run table: what each shows, how wide it is, how it sorts. Pure.

A column is named by an id, which is also what a person types and what is remembered:

    name  state  step  speed  eta  age         the built-in ones
    metric:val/loss                            a metric's last value; with ``:min``, ``:max``, ``:mean``, ``:first``
                                               or ``:last`` behind it, that summary of it; with ``:best``, its smallest
                                               or largest, as ``define_metric`` or its name says; with ``:smooth``, its
                                               last value smoothed
    trend:val/loss                             the metric's curve as a sparkline
    config.model.depth                         a config key, nested keys joined by dots
    meta:host                                  what the run's record says: see ``META``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from tui.show.direction import Direction, direction
from tui.show.text import Align
from tui.table import cell_text
from tui.table.cell_text import TREND_CELLS
from tui.table.rows import LIVE, SHAPES, TableRow, Value
from tui.table.sorting import ABSENT, Rank, rank

AGGREGATES = ("last", "min", "max", "mean", "first", "best", "smooth")
"""What can be asked of a metric; the best is its smallest or its largest value, whichever is the better."""

META: Mapping[str, str] = {
    "project": "the project the run belongs to",
    "id": "the run's id, which is its directory's name",
    "group": "the group the run was started in",
    "job_type": "train, eval, ...",
    "tags": "the run's tags",
    "notes": "the first words of its notes",
    "user": "who started it: as its record says, else the owner of its directory",
    "host": "the machine it runs on",
    "created": "how long ago it was started",
    "ended": "how long ago it ended",
    "updated": "how long ago it last wrote anything",
    "duration": "how long it has run, or ran",
    "exit": "its exit code",
    "reason": "why it is in its state",
    "commit": "the git commit it was started from",
    "branch": "the git branch it was started from",
    "command": "its command line",
    "gpus": "how many GPUs its host has",
    "world_size": "how many ranks it has",
    "alerts": "how many alerts it raised",
    "gpu_hours": "hours that its GPUs were its own, as its telemetry saw",
    "idle_gpu_hours": "those of its GPU-hours in which the GPU did nothing",
    "lost_gpu_hours": "those of its GPU-hours that went into steps which a later attempt did again",
    "kwh": "energy that its GPUs took, in kWh",
    "cost": "its GPU-hours times the price in config.toml",
}
"""Metadata columns, ``meta:`` and one of these, with what they mean."""

_MOMENTS = frozenset({"created", "ended", "updated"})
_SPANS = _MOMENTS | {"duration"}
_COUNTS = frozenset({"exit", "gpus", "world_size", "alerts"})
_AMOUNTS = frozenset({"gpu_hours", "idle_gpu_hours", "lost_gpu_hours", "kwh", "cost"})


@dataclass(frozen=True, slots=True)
class Width:
    """Cells for a column: at least ``least``, more as its texts need, ``most`` at most unless a person asks."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column: everything about it that does not depend on a row."""

    id: str
    title: str
    width: Width
    write: Callable[[Value], str]
    about: str
    align: Align = "right"
    tone: str = "plain"
    """How its text is painted: ``plain``, ``strong``, ``dim``, ``name``, ``state`` or ``series``; ``life`` only sorts.

    The first metric of a table is the ``strong`` one."""
    best: Direction | None = None
    """Whether its smallest or its largest value is the best one; None where neither is."""
    first_descending: bool = False
    """Whether its largest values come first when it is first sorted by."""
    of_live: bool = False
    """Whether only runs that live have a value in it."""
    since: str = ""
    """The value of a row from which a span of time counts to now. It ranks rows, so that their order does not depend on
    when each was looked at."""

    def text(self, row: TableRow) -> str:
        """What the cell of ``row`` says, not yet fitted to a width."""
        return self.write(row.value(self.id))

    def texts(self, rows: Iterable[TableRow]) -> list[str]:
        """What the cells of ``rows`` say: the same text for two config values only where they are the same."""
        values = [row.value(self.id) for row in rows]
        column = self.in_digits(cell_text.digits_of(values)) if self.is_setting else self
        return [column.write(value) for value in values]

    @property
    def is_setting(self) -> bool:
        """Whether it shows a config value."""
        return self.id.startswith("config.")

    def in_digits(self, digits: int) -> Column:
        """The same column of config values, with their floats in so many digits."""
        return replace(self, write=partial(cell_text.setting, digits=digits))

    def sort_key(self, row: TableRow) -> Rank:
        """Where ``row`` stands in the order of this column."""
        return self.sort_keys((row,))[0]

    def sort_keys(self, rows: Iterable[TableRow]) -> list[Rank]:
        """Where each of ``rows`` stands in the order of this column."""
        if self.since:
            begun = [(row, row.value(self.since)) for row in rows]
            return [rank(-since if isinstance(since, int | float) else row.value(self.id)) for row, since in begun]
        values = [row.value(self.id) for row in rows]
        if self.tone in _RANKS:
            ranks = _RANKS[self.tone]
            return [ranks.get(value, _NO_RANK) if isinstance(value, str) else _NO_RANK for value in values]
        return [rank(value) for value in values]


_NO_RANK: Rank = (ABSENT, None)
_RANKS: Mapping[str, Mapping[str, Rank]] = {
    "state": {word: (0, place) for place, word in enumerate(SHAPES)},
    "life": {word: (0, place if word in LIVE else len(LIVE)) for place, word in enumerate(SHAPES)},
}


def column_for(column_id: str, kinds: Iterable[str] = ()) -> Column:
    """The column that ``column_id`` names.

    Args:
        column_id: an id as the module's contract has it.
        kinds: the summaries that ``define_metric`` asked for, where the column is a metric's: they say what is best.

    Raises:
        ValueError: nothing is called so; the message says what could be.
    """
    if column_id in _BUILT_IN:
        return _BUILT_IN[column_id]
    prefix, _, rest = column_id.partition(":")
    if column_id.startswith("config.") and len(column_id) > len("config."):
        return _config(column_id)
    if rest and prefix == "metric":
        return _metric(column_id, rest, kinds)
    if rest and prefix == "trend":
        return _trend(column_id)
    if prefix == "meta" and rest in META:
        return _meta(rest)
    summaries = "|".join(AGGREGATES)
    raise ValueError(
        f"no column {column_id!r}: it is one of {', '.join(_BUILT_IN)}, or config.KEY, metric:NAME[:{summaries}]"
        f", trend:NAME, meta:NAME with NAME one of {', '.join(META)}"
    )


def split_metric(rest: str) -> tuple[str, str]:
    """The metric and the summary that ``metric:`` is followed by: ``val/loss:min`` is ``("val/loss", "min")``."""
    name, _, aggregate = rest.rpartition(":")
    return (name, aggregate) if name and aggregate in AGGREGATES else (rest, "last")


def default_columns(metrics: Iterable[str]) -> tuple[str, ...]:
    """The ids of the columns that a table of runs with these metrics starts with."""
    main = main_metric(metrics)
    shown = (f"metric:{main}", f"trend:{main}") if main else ()
    return ("name", "state", "step", *shown, "speed", "eta", "age")


_PREFERRED = (
    *("val/loss", "val_loss", "valid/loss", "valid_loss", "validation/loss", "validation_loss"),
    *("eval/loss", "eval_loss", "test/loss", "test_loss", "loss", "train/loss", "train_loss"),
    *("val/accuracy", "val_accuracy", "val/acc", "val_acc", "eval/accuracy", "eval_accuracy", "accuracy", "acc"),
    *("train/accuracy", "train_accuracy", "rollout/ep_rew_mean", "episode_reward", "reward", "perplexity", "ppl"),
)


def main_metric(metrics: Iterable[str]) -> str | None:
    """The metric a person most likely looks at first.

    The names that people give it come first, validation before training and loss before accuracy; then the first
    metric whose name says what is better, then simply the first. Names with a leading underscore are never it.
    """
    names = sorted(name for name in metrics if not name.startswith("_"))
    present = set(names)
    known = next((name for name in _PREFERRED if name in present), None)
    telling = next((name for name in names if direction(name)), None)
    return known or telling or (names[0] if names else None)


_NUMBERS = Width(7, 12)
_WORDS = Width(4, 24)

_BUILT_IN: Mapping[str, Column] = {
    column.id: column
    for column in (
        Column("name", "run", Width(8, 40), cell_text.text, "the run's name", "left", "name"),
        Column(
            "state", "state", Width(8, 10), cell_text.text, "what the run is doing, or how it ended", "left", "state"
        ),
        Column("step", "step", Width(5, 9), cell_text.count, "the last step it logged", first_descending=True),
        Column(
            "speed",
            "step/s",
            Width(6, 9),
            cell_text.rate,
            "steps per second, lately",
            tone="dim",
            best="max",
            first_descending=True,
            of_live=True,
        ),
        Column(
            "eta",
            "eta",
            Width(5, 8),
            cell_text.span,
            "time left, when the number of steps is known",
            tone="dim",
            of_live=True,
        ),
        Column("age", "age", Width(4, 8), cell_text.ago, "how long ago it was started", tone="dim", since="at:created"),
    )
}


NATURAL = (replace(_BUILT_IN["state"], tone="life"), replace(_BUILT_IN["age"], since="at:latest"))
"""What rows are sorted by where nobody asked for an order: what lives, and then all that ended, the latest first."""

_WORDS_OF = {"min": "smallest", "max": "largest", "smooth": "smoothed last"}


def _metric(column_id: str, rest: str, kinds: Iterable[str]) -> Column:
    name, aggregate = split_metric(rest)
    title = name if aggregate == "last" else f"{name} {aggregate}"
    best = direction(name, kinds)
    about = f"the {_WORDS_OF.get(aggregate, aggregate)} value of {name}"
    return Column(column_id, title, _NUMBERS, cell_text.number, about, best=best, first_descending=best != "min")


def _trend(column_id: str) -> Column:
    name = column_id.partition(":")[2]
    width = Width(TREND_CELLS, TREND_CELLS)
    best = direction(name)
    about = f"the curve of {name}"
    return Column(column_id, f"{name} trend", width, cell_text.spark, about, "left", "series", best, best != "min")


_GENERIC = frozenset({"name", "type", "kind", "value", "size", "path"})


def _config(column_id: str) -> Column:
    key = column_id.removeprefix("config.")
    above, _, last = key.rpartition(".")
    title = f"{above.rpartition('.')[2]}.{last}" if last in _GENERIC and above else last or key
    return Column(column_id, title, Width(5, 20), cell_text.setting, f"the config key {key}")


def _meta(name: str) -> Column:
    column_id, about = f"meta:{name}", META[name]
    if name in _SPANS:
        moment = name in _MOMENTS
        since, show = (f"at:{name}", cell_text.ago) if moment else ("", cell_text.span)
        return Column(column_id, name, Width(5, 8), show, about, tone="dim", since=since)
    if name in _AMOUNTS:
        return Column(column_id, name.replace("_", " "), Width(6, 9), cell_text.amount, about, first_descending=True)
    if name in _COUNTS:
        return Column(column_id, name.replace("_", " "), Width(4, 8), cell_text.count, about)
    return Column(column_id, name.replace("_", " "), _WORDS, cell_text.text, about, "left", "dim")
