"""What a run used: GPU-hours, how many of them idle, energy, and money where an hour has a price. Pure.

All of it is read off the run's own telemetry (``gpu/<device>/util``, ``…/power``, ``…/energy`` of each host): time that
nobody sampled is not counted, and ``coverage`` says how much of the run was. The rows hold every device of a host and
do not say whose it is; unless the caller knows, a device counts as the run's from the moment that it first worked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from logstore.model.delta import F64
from logstore.model.runs import Run
from logstore.model.series import Series

IDLE_PERCENT = 5.0
"""Use up to which a device is idle."""
WORKED_PERCENT = 20.0
"""Use from which a device has worked."""
LONGEST_GAP = 60.0
GAP_FACTOR = 10.0
"""Seconds, and usual intervals, between two samples beyond which nobody looked."""
HOUR = 3600.0
JOULES_PER_KWH = 3.6e6
AGAIN = 30.0
"""Seconds after which the account of a run that goes on is drawn up anew."""

Curves = Mapping[str, Series]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Account:
    """What a run used, as far as its telemetry saw; what that does not tell is None."""

    gpus: int
    """Devices that are counted."""
    gpu_hours: float
    idle_gpu_hours: float
    """Those of ``gpu_hours`` in which a device was used ``IDLE_PERCENT`` at most."""
    lost_gpu_hours: float = 0.0
    """Those of ``gpu_hours`` that went into steps which a later attempt did again."""
    kwh: float | None = None
    """Energy of the devices, from their counters where they have one, else from their power."""
    cost: float | None = None
    """``gpu_hours`` times the price of one."""
    coverage: float | None = None
    """Share of the run's time that was sampled, 0 to 1; None where its time is not known."""


def account(
    run: Run, price: float | None = None, devices: Mapping[str, Collection[str]] | None = None
) -> Account | None:
    """The account of ``run``; None where its telemetry knows no GPU of it.

    Args:
        run: the run; only its telemetry and its times are looked at.
        price: of one GPU-hour, in any currency.
        devices: labels of the run's devices by host, where that is known; else those that have worked.
    """
    uses = [
        use
        for host, curves in run.hosts.items()
        for use in _uses(curves, None if devices is None else devices.get(host, ()), run.replaced)
    ]
    if not uses:
        return None
    hours = sum(use.seconds for use in uses) / HOUR
    energies = [use.joules for use in uses if use.joules is not None]
    return Account(
        gpus=len(uses),
        gpu_hours=hours,
        idle_gpu_hours=sum(use.idle for use in uses) / HOUR,
        lost_gpu_hours=sum(use.lost for use in uses) / HOUR,
        kwh=sum(energies) / JOULES_PER_KWH if energies else None,
        cost=None if price is None else hours * price,
        coverage=_coverage(uses, run),
    )


@dataclass(frozen=True, slots=True)
class _Use:
    """What one device did, in seconds and joules."""

    seconds: float
    idle: float
    lost: float
    joules: float | None


def _uses(curves: Curves, labels: Collection[str] | None, replaced: Sequence[Span]) -> Iterator[_Use]:
    """The use of each device of one host that is the run's."""
    for key, util in curves.items():
        section, _, rest = key.partition("/")
        label, _, metric = rest.rpartition("/")
        if section != "gpu" or metric != "util" or not len(util):
            continue
        begin = 0 if labels is not None else _began(util)
        if begin is not None and (labels is None or label in labels):
            yield _use(curves, label, util, begin, replaced)


def _began(util: Series) -> int | None:
    """Where a device first worked; None where it never did."""
    if (util.maximum or 0.0) < WORKED_PERCENT:
        return None
    return int((util.values >= WORKED_PERCENT).argmax())


def _use(curves: Curves, label: str, util: Series, begin: int, replaced: Sequence[Span]) -> _Use:
    times, values = util.times[begin:], util.values[begin:]
    spans = _spans(times)
    since = float(times[0]) if len(times) else np.inf
    idle = float(spans[values[1:] <= IDLE_PERCENT].sum())
    lost = float(spans[_within(times, replaced)].sum())
    return _Use(float(spans.sum()), idle, lost, _joules(curves, label, since))


def _within(times: F64, spans: Sequence[Span]) -> npt.NDArray[np.bool_]:
    """Which of the intervals between neighbouring samples lie in one of ``spans``, by their middle."""
    middles = (times[1:] + times[:-1]) / 2
    inside = np.zeros(len(middles), np.bool_)
    for begin, end in spans:
        inside |= (middles >= begin) & (middles <= end)
    return inside


def _spans(times: F64) -> F64:
    """Seconds between neighbouring samples; 0 where nobody looked in between."""
    spans = np.diff(times)
    known = spans[np.isfinite(spans) & (spans > 0)]
    if not len(known):
        return np.zeros(len(spans))
    bound = max(LONGEST_GAP, GAP_FACTOR * float(np.median(known)))
    return np.where((spans > 0) & (spans <= bound), spans, 0.0)


def _joules(curves: Curves, label: str, since: float) -> float | None:
    """Energy from the counter, whose falls are new beginnings; else power over time, by the trapezoidal rule."""
    for metric in ("energy", "power"):
        series = curves.get(f"gpu/{label}/{metric}")
        if series is None:
            continue
        later = series.times >= since
        times, values = series.times[later], series.values[later]
        spans = _spans(times)
        with np.errstate(invalid="ignore", over="ignore"):  # what is no number is left out below
            steps = np.diff(values) if metric == "energy" else spans * (values[1:] + values[:-1]) / 2
        counted = steps[(spans > 0) & np.isfinite(steps) & (steps > 0)]
        if len(times) > 1:
            return float(counted.sum())
    return None


def _coverage(uses: list[_Use], run: Run) -> float | None:
    """How much of the run's time the most closely sampled device was sampled."""
    runtime = run.runtime
    return min(1.0, max(use.seconds for use in uses) / runtime) if runtime else None


class Accounts:
    """Accounts that are drawn up only when something changed, and of a run that goes on every ``AGAIN`` seconds."""

    def __init__(self, price: float | None = None) -> None:
        self._price = price
        self._known: dict[str, tuple[int, float, Account | None]] = {}

    def of(self, run: Run, now: float) -> Account | None:
        """The account of ``run`` at ``now`` (seconds), at most ``AGAIN`` seconds old."""
        version, due, known = self._known.get(run.key, (-1, 0.0, None))
        if version == run.version or now < due:
            return known
        fresh = account(run, self._price)
        self._known[run.key] = (run.version, now + AGAIN, fresh)
        return fresh
