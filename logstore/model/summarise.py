"""The summary of a run, derived from its points: one value per metric, by default the last one logged.

``define_metric(..., summary="min,max")`` turns the value of a metric into a dict of what was asked for
(``{"min": 0.2, "max": 3.0}``); several rules for one name merge, a rule for the very name beats a glob. Values set by
hand stand until the same key is logged again. ``_step``, ``_timestamp`` and ``_runtime`` are part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from logstore.model.records import MetricRule
from logstore.model.series import Series


def derive_summary(
    metrics: Mapping[str, Series],
    rules: Sequence[MetricRule] = (),
    known: Mapping[str, object] | None = None,
    texts: Mapping[str, object] | None = None,
    manual: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """One value per key.

    Args:
        metrics: The curves.
        rules: What ``define_metric`` was told.
        known: Values known without the points, which the points overrule.
        texts: Latest values that are no numbers.
        manual: Values set by hand and not logged since.
    """
    summary: dict[str, object] = {**(known or {})}
    for name, series in metrics.items():
        value = summary_value(series, summary_modes(name, rules))
        if value is not None:
            summary[name] = value
        else:
            summary.pop(name, None)
    return {**summary, **(texts or {}), **(manual or {})}


def summary_modes(metric: str, rules: Sequence[MetricRule]) -> tuple[str, ...]:
    """What ``define_metric`` asks to keep of ``metric``; empty when nobody asked for anything."""
    exact = [rule for rule in rules if rule.name == metric]
    found = exact or [rule for rule in rules if rule.matches(metric)]
    return tuple(dict.fromkeys(mode for rule in found for mode in rule.summary))


def summary_value(series: Series, modes: Iterable[str]) -> object:
    """The value of one metric: a number, a dict by mode, or None when there is nothing to say."""
    wanted = set(modes)
    if "none" in wanted:
        return None
    if not wanted or wanted == {"copy"}:
        return series.last
    wanted |= {"last"} if "copy" in wanted else set()
    found = {mode: _one(series, mode) for mode in ("min", "max", "mean", "first", "last") if mode in wanted}
    return {mode: value for mode, value in found.items() if value is not None} or None


def _one(series: Series, mode: str) -> float | None:
    match mode:
        case "min":
            return series.minimum
        case "max":
            return series.maximum
        case "mean":
            return series.mean
        case "first":
            return series.first
        case _:
            return series.last
