"""Which x axes there are for charts, and how a person finds one among them. Pure.

A key goes round over the step, the two times and those metrics that measure progress (tokens, epoch); any other logged
metric is found by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from tui.charts import window as windows
from tui.charts.line import STEP, ChartSpec, Look, Points, XAxis

TIMES = (XAxis("relative"), XAxis("wall"))

_PROGRESS = re.compile(
    r"(?:^|[/_. -])(?:n|num|total)?_?(?:batch(?:es)?|bytes|epochs?|episodes?|examples?|flops?|frames?|games?|images?"
    r"|iters?|iterations?|rounds?|samples?|steps?|tokens?|updates?)(?:$|[/_. -])",
    re.IGNORECASE,
)
"""Names of what is counted while a run goes on."""
_LOOKS = 64
"""Values that are looked at to see whether a metric grows."""


def rounds(spec: ChartSpec) -> list[XAxis]:
    """The axes that one key goes round over: step and times, then the metrics that measure progress."""
    if spec.timed:
        return list(TIMES)
    found = {
        name
        for line in spec.lines
        for name, points in line.along.items()
        if _PROGRESS.search(name) and not name.startswith("_") and grows(points)
    }
    return [STEP, *TIMES, *(XAxis("metric", name) for name in sorted(found))]


def every(specs: Iterable[ChartSpec]) -> list[XAxis]:
    """All axes that any of the charts can have: step and times, progress, then the other metrics by name."""
    first: dict[XAxis, None] = {}
    names: set[str] = set()
    known: set[int] = set()
    for spec in specs:
        for line in () if spec.timed else spec.lines:
            if id(line.along) not in known:
                known.add(id(line.along))
                first |= dict.fromkeys(rounds(replace(spec, lines=[line])))
                names |= {name for name in line.along if not name.startswith("_")}
    axes = list(first) or list(TIMES)
    return [*axes, *(axis for axis in (XAxis("metric", name) for name in sorted(names)) if axis not in first)]


def matching(axes: Sequence[XAxis], text: str) -> list[XAxis]:
    """Those of ``axes`` in whose name ``text`` is found, in any case; names that begin with it first."""
    wanted = text.strip().casefold()
    found = [axis for axis in axes if wanted in axis.label.casefold()]
    return sorted(found, key=lambda axis: not axis.label.casefold().startswith(wanted))


def grows(points: Points) -> bool:
    """Whether a metric seems never to fall, and rises: judged by a few of its values."""
    values = points.values
    if len(values) < 2:
        return False
    some = values[np.linspace(0, len(values) - 1, min(len(values), _LOOKS)).astype(np.intp)]
    return bool(np.isfinite(some).all() and (np.diff(some) >= 0).all() and some[-1] > some[0])


def along(look: Look, axis: XAxis) -> Look:
    """The look along another axis, on which the window and the cursor of this one mean nothing."""
    return look._replace(xaxis=axis, window=windows.FULL, cursor=None, selection=None)
