"""From runs to charts: which metrics there are, and the lines of each. Arrays are shared, never copied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from logstore.model.runs import Run
from logstore.model.series import Series
from tui.charts.line import ChartSpec, Kind, Line
from tui.show.palette import MARKERS, SLOTS, Swatch
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


def system_charts(run: Run, swatch: Swatch, now: float) -> list[ChartSpec]:
    """Telemetry over the run's whole life: one chart for each quantity, one line for each device that has it."""
    devices: dict[str, dict[str, Series]] = {}
    for name, series in run.system.items():
        quantity, device = _split_device(name)
        if quantity == _WHOSE or quantity.endswith(_CONSTANT):
            continue
        devices.setdefault(quantity, {})[device] = series
    return [_system_chart(run, quantity, found, swatch, now) for quantity, found in sorted(devices.items())]


def _split_device(name: str) -> tuple[str, str]:
    """``gpu/0/util`` is ``gpu/util`` of device ``0``; what has no device in its name is the host's."""
    parts = name.split("/")
    if len(parts) == 3 and parts[0] == "gpu":
        return f"gpu/{parts[2]}", parts[1]
    return name, ""


def _system_chart(run: Run, quantity: str, found: Mapping[str, Series], swatch: Swatch, now: float) -> ChartSpec:
    percent = quantity.endswith(_PERCENT)
    kind: Kind = "line" if not percent else "percent" if len(found) == 1 else "heat"
    scale, unit = (1.0, " %") if percent else _measure(quantity)
    lines = []
    for place, (device, series) in enumerate(sorted(found.items(), key=lambda item: (len(item[0]), item[0]))):
        own = swatch if len(found) == 1 else Swatch(place % SLOTS, MARKERS[place // SLOTS % len(MARKERS)])
        base = line(run, series, own, now)
        named = replace(base, key=f"{run.key}:{device}", name=f"gpu {device}" if device else run.name)
        lines.append(named if scale == 1.0 else replace(named, y=named.y * scale))
    return ChartSpec(quantity, lines, kind=kind, unit=unit)


def _measure(quantity: str) -> tuple[float, str]:
    """What a quantity is multiplied with to be in the unit that people read it in, and that unit."""
    return next((measure for ends, measure in _MEASURES.items() if quantity.endswith(ends)), (1.0, ""))


_WHOSE = "gpu/own"
"""Whose a device is: what the run's hours are counted by, no curve."""
_CONSTANT = ("/total", "/memory_total", "/power_limit", "/ports", "/inodes_total", "cpu/count", "cpu/limit")
"""What does not change while a run lasts: no curve either."""
_MEASURES: Mapping[tuple[str, ...], tuple[float, str]] = {
    ("/memory_used", "/used", "/free", "/rss"): (1 / (1 << 30), " GiB"),
    ("net/rx", "net/tx", "disk/read", "disk/write", "ib/rx", "ib/tx"): (1 / (1 << 20), " MiB/s"),
    ("/power",): (1.0, " W"),
    ("/temperature",): (1.0, "°"),
    ("_clock",): (1.0, " MHz"),
}
"""By how a quantity's name ends: what bytes and bytes a second are divided by, and units."""
_PERCENT = ("/util", "/percent", "/iowait", "/busiest", "/busy", "/sm_active", "/tensor", "/dram_bw", "/mem_util")


def touched(runs: Iterable[Run], changed: Iterable[str]) -> set[str]:
    """The metrics of those of ``runs`` that are among the ``changed`` keys."""
    keys = frozenset(changed)
    return {name for run in runs if run.key in keys for name in run.metrics}
