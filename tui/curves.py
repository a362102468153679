"""From runs to charts: which metrics there are, and the lines of each. Arrays are shared, never copied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from logstore.model.runs import Run
from logstore.model.series import Series
from tui.charts.line import ChartSpec, Line
from tui.show.palette import Swatch
from tui.table.columns import main_metric


def line(run: Run, series: Series, swatch: Swatch, now: float) -> Line:
    """The curve of one metric of ``run``."""
    return Line(
        key=run.key,
        name=run.name,
        x=series.steps,
        y=series.values,
        version=series.version,
        swatch=swatch,
        generation=series.generation,
        times=series.times,
        start=run.created,
        along=run.metrics,
        live=run.state(now).name == "running",
    )


def metrics_of(runs: Iterable[Run]) -> list[str]:
    """The metrics that any of ``runs`` has and does not hide, the telling ones first; ``_step`` and such are none."""
    names: set[str] = set()
    for run in runs:
        hidden = [rule for rule in run.record.metrics if rule.hidden]
        for name in run.metrics:
            if not name.startswith("_") and not any(rule.matches(name) for rule in hidden):
                names.add(name)
    return by_relevance(names)


_SECTIONS = ("val", "valid", "validation", "eval", "train", "test", "")
_TELLING = ("loss", "reward", "acc", "accuracy", "perplexity", "ppl")
"""Last words of names that people look at first, in this order."""


def by_relevance(names: Iterable[str]) -> list[str]:
    """``names`` as a person wants to see them: the main metric's section first, then validation, training, the rest.

    Inside a section the main metric comes first, then losses and accuracies, then the others by name.
    """
    known = list(names)
    main = main_metric(known)
    first = _section(main) if main is not None else None
    places = {name: place for place, name in enumerate(_SECTIONS)}

    def rank(name: str) -> tuple[object, ...]:
        section = _section(name)
        word = re.split(r"[/_.]", name.lower())[-1]
        telling = _TELLING.index(word) if word in _TELLING else len(_TELLING)
        return (section != first, places.get(section, len(places)), section, name != main, telling, name)

    return sorted(known, key=rank)


def _section(name: str) -> str:
    head, slash, _ = name.partition("/")
    return head if slash else ""


def charts(
    runs: Sequence[Run], swatches: Mapping[str, Swatch], now: float, only: Collection[str] | None = None
) -> list[ChartSpec]:
    """One chart for each metric, or each of ``only``, with the curves of the ``runs`` that have it, in their order.

    A run by itself also shows what later attempts replaced.
    """
    names = metrics_of(runs) if only is None else only
    return [
        ChartSpec(
            name,
            [line(run, run.metrics[name], swatches[run.key], now) for run in runs if name in run.metrics],
            ghosts=ghosts(runs[0], name, swatches[runs[0].key]) if len(runs) == 1 else (),
        )
        for name in names
    ]


def ghosts(run: Run, metric: str, swatch: Swatch) -> tuple[Line, ...]:
    """A faint line for what each later attempt replaced of the one before it."""
    series = run.metrics.get(metric)
    steps, values = series.ghost if series is not None else (np.empty(0), np.empty(0))
    if not len(steps):
        return ()
    cuts = [0, *(np.flatnonzero(np.diff(steps) <= 0) + 1).tolist(), len(steps)]
    return tuple(
        Line(f"{run.key} ghost {number}", run.name, steps[low:high], values[low:high], high - low, swatch)
        for number, (low, high) in enumerate(pairwise(cuts))
    )


def touched(runs: Iterable[Run], changed: Iterable[str]) -> set[str]:
    """The metrics of those of ``runs`` that are among the ``changed`` keys."""
    keys = frozenset(changed)
    return {name for run in runs if run.key in keys for name in run.metrics}
