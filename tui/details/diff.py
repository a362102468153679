"""Runs side by side: what differs between their configs, and which has the best summary. Pure, no Textual.

``flatten`` joins nested keys by dots; a key that itself holds a dot, a quote or a bracket is written in quotes
(``model."lr.max"``), so that the dotted key and the nested one stay two keys, and nothing is ever lost. Lists and
empty mappings are values.

A row of a ``ConfigDiff`` is one of four kinds: ``missing`` (a run does not have the key), ``different``, ``type``
(the same value in another type: ``1``, ``1.0``, ``"1"``, ``true``) and ``equal``. The order of rows is: what differs
first, and there the numeric hyperparameters that people tune before other numbers, other values, missing keys and
type-only differences; then what is equal. Rows of one rank stand in alphabetical order. What is known of the runs
beside their configs (host, commit) comes behind, in the same order.

Numbers are shown in as few digits as tell the values of their row apart.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from logstore.format import HISTOGRAM, TYPE_KEY
from tui.show import units
from tui.show.direction import Direction, direction
from tui.show.values import BRIEF, MOST, digits_apart, exact, loose, show, type_word

Kind = Literal["missing", "different", "type", "equal"]
Section = Literal["config", "run"]

MISSING_TEXT = f"{units.ABSENT} missing"

# The last part of a key that names something people tune, so that its change most likely explains a result.
_TUNED: Final = frozenset(
    (
        *("lr", "learning_rate", "max_lr", "base_lr", "peak_lr", "min_lr", "batch_size", "bs", "micro_batch_size"),
        *("global_batch_size", "weight_decay", "wd", "dropout", "warmup", "warmup_steps", "momentum", "beta1", "beta2"),
        *(
            "epochs",
            "max_steps",
            "steps",
            "depth",
            "width",
            "layers",
            "n_layers",
            "num_layers",
            "hidden",
            "hidden_size",
        ),
        *("dim", "d_model", "heads", "n_heads", "num_heads", "temperature", "gamma", "alpha", "clip", "grad_clip"),
    )
)
_BARE_KEY = re.compile(r'[^."\[\]\s]+')


def flatten(config: Mapping[str, object]) -> dict[str, object]:
    """The values of a nested config by their dotted keys, in the order in which the config holds them."""
    flat: dict[str, object] = {}
    stack: list[tuple[str, object]] = [(_key_part(key), value) for key, value in reversed(list(config.items()))]
    while stack:
        key, value = stack.pop()
        if isinstance(value, Mapping) and value:
            stack.extend((f"{key}.{_key_part(inner)}", item) for inner, item in reversed(list(value.items())))
        else:
            flat[key] = value
    return flat


def _key_part(key: object) -> str:
    if not isinstance(key, str):
        return f"[{key}]"
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """One run's value in a row."""

    text: str
    """The value as shown, or ``MISSING_TEXT``: different from the text of every other value in its row."""
    value: object = None
    """The value itself; None also where it is missing."""
    missing: bool = False
    """Whether the run does not have the key."""
    word: str = ""
    """The type in a word, where only the type tells this cell from the first one with the same value."""
    changed: bool = False
    """Whether the cell is not exactly what the baseline run has."""


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One key with the values of all runs."""

    section: Section
    key: str
    cells: tuple[Cell, ...]
    kind: Kind
    rank: int
    """Place in the order of rows: the smaller, the more telling."""

    def matches(self, needle: str) -> bool:
        """Whether ``needle`` (in any case) is part of the key or of a shown value."""
        wanted = needle.casefold()
        return wanted in self.key.casefold() or any(wanted in cell.text.casefold() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ConfigDiff:
    """The configs of N runs, one row per key, in the order described above."""

    rows: tuple[DiffRow, ...]

    @classmethod
    def of(
        cls,
        configs: Sequence[Mapping[str, object]],
        facts: Sequence[Mapping[str, object]] = (),
        baseline: int = 0,
    ) -> ConfigDiff:
        """Compare configs with that of the run at ``baseline``.

        ``facts`` are what else is known of each run (commit, host), in rows of section ``run``: where there are any
        there is one mapping for each config, in the same order.
        """
        rows = _rows("config", [flatten(config) for config in configs], baseline)
        rows += _rows("run", [flatten(fact) for fact in facts], baseline)
        return cls(tuple(sorted(rows, key=lambda row: (row.section, row.rank, row.key.casefold(), row.key))))

    @property
    def differing(self) -> int:
        """How many rows are not equal in all runs."""
        return sum(row.kind != "equal" for row in self.rows)

    def select(self, *, identical: bool = True, needle: str = "") -> list[DiffRow]:
        """The rows to show: with or without the identical ones, and only those that hold ``needle``."""
        return [row for row in self.rows if (identical or row.kind != "equal") and row.matches(needle)]


def _rows(section: Section, flats: Sequence[Mapping[str, object]], baseline: int) -> list[DiffRow]:
    keys = dict.fromkeys(key for flat in flats for key in flat)
    return [_row(section, key, flats, baseline) for key in keys]


def _row(section: Section, key: str, flats: Sequence[Mapping[str, object]], baseline: int) -> DiffRow:
    identities = [exact(flat[key]) if key in flat else None for flat in flats]
    values = {identity: flat[key] for identity, flat in zip(identities, flats, strict=True) if identity is not None}
    kind = _kind(None in identities, values)
    words = _words(values) if len(values) > 1 else {}
    digits = digits_apart(values.values()) if len(values) > 1 else BRIEF
    shared = {
        identity: Cell(
            show(value, digits), value, word=words.get(identity, ""), changed=identity != identities[baseline]
        )
        for identity, value in values.items()
    }
    missing = Cell(MISSING_TEXT, missing=True, changed=identities[baseline] is not None)
    cells = tuple(missing if identity is None else shared[identity] for identity in identities)
    return DiffRow(section, key, cells, kind, _rank(section, key, kind, values.values()))


def _kind(missing: bool, values: Mapping[Hashable, object]) -> Kind:
    """The kind of a row, from its distinct values by their identity."""
    if missing:
        return "missing"
    if len(values) == 1:
        return "equal"
    return "type" if len({loose(value) for value in values.values()}) == 1 else "different"


def _words(values: Mapping[Hashable, object]) -> dict[Hashable, str]:
    """The type of every value that is the same as an earlier one but for its type."""
    first: dict[Hashable, Hashable] = {}
    retyped = [identity for identity, value in values.items() if first.setdefault(loose(value), identity) != identity]
    return {identity: type_word(values[identity]) for identity in retyped}


def _rank(section: Section, key: str, kind: Kind, present: Iterable[object]) -> int:
    if kind == "equal":
        return 5
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in present)
    if section == "config" and kind == "different" and numeric:
        return 0 if key.rpartition(".")[2].lower() in _TUNED else 1
    return {"different": 2, "missing": 3, "type": 4}[kind]


# ---------------------------------------------------------------------------------------------------------------
# Summaries


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One summary value of all runs, for example the minimum of ``val/loss``."""

    metric: str
    kind: str
    """Which value of the metric: ``last``, ``min``, ``max``, ``mean``, ``first``; empty for a value set by hand."""
    values: tuple[object, ...]
    """One value per run, None where it has none."""
    direction: Direction | None = None
    digits: int = units.DIGITS
    """In how many digits its numbers are shown."""

    @property
    def label(self) -> str:
        """``val/loss min``; a value that is neither an extreme nor a mean goes by the name of its metric."""
        return f"{self.metric} {self.kind}".rstrip()

    @property
    def best(self) -> frozenset[int]:
        """The runs with the best finite value, empty where there is no better and worse."""
        finite = {i: number for i, value in enumerate(self.values) if (number := _finite(value)) is not None}
        if self.direction is None or len(set(finite.values())) < 2:
            return frozenset()
        top = (min if self.direction == "min" else max)(finite.values())
        return frozenset(i for i, number in finite.items() if number == top)

    @property
    def identical(self) -> bool:
        """Whether every run has the same value."""
        return len({exact(value) for value in self.values}) == 1

    def text(self, run: int) -> str:
        """The value of the run at that place, as shown."""
        return summary_text(self.values[run], self.digits)

    def deltas(self, baseline: int = 0) -> tuple[float | None, ...]:
        """How far each run is from the baseline run; None where either has no finite value."""
        base = _finite(self.values[baseline])
        numbers = [_finite(value) for value in self.values]
        return tuple(None if base is None or number is None else number - base for number in numbers)


def summary_text(value: object, digits: int = units.DIGITS) -> str:
    """A summary value as shown: a number in so many digits, anything else as config values are shown."""
    if isinstance(value, Mapping):
        return _histogram_text(value) or show(value, max(digits, BRIEF))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return units.ABSENT if value is None else show(value, max(digits, BRIEF))
    if isinstance(value, int):
        return units.count(value) if digits == units.DIGITS else str(value)
    return units.value(value, digits)


def _histogram_text(value: Mapping[str, object]) -> str:
    """``400 values from -2.969 to 2.688`` of a histogram as docs/format.md has it; empty where it is none."""
    bins, counts = value.get("bins"), value.get("counts")
    if value.get(TYPE_KEY) != HISTOGRAM or not isinstance(bins, Sequence) or not isinstance(counts, Sequence):
        return ""
    edges = [_finite(edge) for edge in (*bins[:1], *bins[-1:])]
    if len(edges) != 2 or None in edges or not all(isinstance(count, int) for count in counts):
        return ""
    low, high = (units.value(edge) for edge in edges if edge is not None)
    return f"{sum(counts):,} value{'s' * (sum(counts) != 1)} from {low} to {high}"


def _summary_digits(values: Sequence[object]) -> int:
    """The fewest digits in which different values look different; a number's type makes no difference here."""
    different = {value if _is_number(value) else exact(value): value for value in values}.values()
    for digits in range(units.DIGITS, MOST + 1):
        if len({summary_text(value, digits) for value in different}) == len(different):
            return digits
    return MOST + 1


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


@dataclass(frozen=True, slots=True)
class SummaryDiff:
    """The summaries of N runs: metrics with a better and a worse first, then the others, each by name."""

    rows: tuple[SummaryRow, ...]

    @classmethod
    def of(
        cls,
        summaries: Sequence[Mapping[tuple[str, str], object]],
        kinds: Callable[[str], Iterable[str]] = lambda _metric: (),
        order: Callable[[Iterable[str]], Iterable[str]] | None = None,
    ) -> SummaryDiff:
        """Compare summaries: each a mapping of (metric, kind of value) to the value.

        ``kinds`` gives the summaries that ``define_metric`` asked for, by the metric's name; ``order`` puts the names
        of metrics into the order that a person wants to see them in (None: that of the alphabet).
        """
        keys = dict.fromkeys(key for summary in summaries for key in summary)
        rows = [_summary_row(*key, [summary.get(key) for summary in summaries], _judge(*key, kinds)) for key in keys]
        ordered = order({metric for metric, _ in keys}) if order is not None else ()
        places = {metric: place for place, metric in enumerate(ordered)}
        return cls(tuple(sorted(rows, key=lambda row: _summary_order(row, places))))

    def select(self, *, identical: bool = True, needle: str = "") -> list[SummaryRow]:
        """The rows to show: with or without the identical ones, and only those whose label holds ``needle``."""
        wanted = needle.casefold()
        return [row for row in self.rows if (identical or not row.identical) and wanted in row.label.casefold()]


def _summary_row(metric: str, kind: str, values: Sequence[object], better: Direction | None) -> SummaryRow:
    return SummaryRow(metric, kind, tuple(values), better, _summary_digits(values))


def _judge(metric: str, kind: str, kinds: Callable[[str], Iterable[str]]) -> Direction | None:
    """The minimum of a loss has a best; its maximum, of which less says nothing, has none."""
    better = direction(metric, kinds(metric))
    return None if better and kind in {"min", "max"} and kind != better else better


def _summary_order(row: SummaryRow, places: Mapping[str, int]) -> tuple[object, ...]:
    place = {"min": 0, "max": 0, "last": 1}.get(row.kind, 2)
    return (row.direction is None, place, places.get(row.metric, 0), row.metric.casefold(), row.metric, row.kind)
