"""What a run used: GPU-hours, how many of them idle, energy, and money where an hour has a price. Pure.

All of it is read off the run's own telemetry (``gpu/<device>/util``, ``…/power``, ``…/energy`` of each host): time that
nobody sampled is not counted, and ``coverage`` says how much of the run was. The rows hold every device of a host;
``gpu/<device>/own`` says when one is the run's. Where they do not know, and the caller does not either, a device
counts from the moment that it first worked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from logstore.model.delta import F64
from logstore.model.fixed import fixed
from logstore.model.runs import Run
from logstore.model.series import Series

IDLE_PERCENT = 5.0
"""Use up to which a device is idle."""
OWN = "own"
"""The metric of a device that is 1 while it is the run's and 0 while it is not."""
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


@fixed
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
        devices: labels of the run's devices by host, where the caller knows; else what the rows know.
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


@fixed
class _Use:
    """What one device did, in seconds and joules."""

    seconds: float
    idle: float
    lost: float
    joules: float | None


def _uses(curves: Curves, labels: Collection[str] | None, replaced: Sequence[Span]) -> Iterator[_Use]:
    """The use of each device of one host that is the run's."""
    for label in _labels(curves):
        if labels is None or label in labels:
            hold = EVERYTHING if labels is not None else _hold(curves, label)
            use = _use(curves, label, hold, replaced) if hold is not None else None
            if use is not None:
                yield use


def _labels(curves: Curves) -> list[str]:
    """The devices whose use is known, or whose they are."""
    found = (key.split("/") for key in curves if key.startswith("gpu/") and key.endswith(("/util", f"/{OWN}")))
    return list(dict.fromkeys("/".join(parts[1:-1]) for parts in found))


@fixed
class _Hold:
    """When a device was the run's: as its rows tell, else from the moment that it first worked.

    One that is another's as soon as anything is known was not the run's before either.
    """

    since: float
    told: Series | None = None

    def of(self, times: F64) -> npt.NDArray[np.bool_]:
        """Which of the intervals between neighbouring ``times`` were the run's: each is judged by its end."""
        ends = times[1:]
        worked = times[:-1] >= self.since
        if self.told is None or not len(self.told):
            return worked
        last = self.told.times.searchsorted(ends, side="right") - 1
        known = (last >= 0) & (ends - self.told.times[last] <= _bound(self.told.times))
        another_s_first = (last < 0) & (self.told.values[0] <= 0)
        return np.where(known, self.told.values[last] > 0, worked & ~another_s_first)


EVERYTHING = _Hold(-np.inf)


def _hold(curves: Curves, label: str) -> _Hold | None:
    """When the run had a device; None where it never did, as far as that is known."""
    told, util = curves.get(f"gpu/{label}/{OWN}"), curves.get(f"gpu/{label}/util")
    worked = util is not None and (util.maximum or 0.0) >= WORKED_PERCENT
    since = float(util.times[(util.values >= WORKED_PERCENT).argmax()]) if util is not None and worked else np.inf
    mine = told is not None and (told.maximum or 0.0) > 0
    return _Hold(since, told) if mine or worked else None


def _use(curves: Curves, label: str, hold: _Hold, replaced: Sequence[Span]) -> _Use | None:
    """What a device did while it was the run's; None where it was not. An instance of MIG tells no ``util``."""
    known = (curves.get(f"gpu/{label}/{metric}") for metric in ("util", "sm_active", OWN))
    clock = next((series for series in known if series is not None and len(series)), None)
    if clock is None:
        return None
    times = clock.times
    held, spans = hold.of(times), _spans(times)
    if not held.any():
        return None
    does_idle = clock.values[1:] <= IDLE_PERCENT if clock is not hold.told else np.False_
    idle, lost = spans[held & does_idle], spans[held & _within(times, replaced)]
    return _Use(float(spans[held].sum()), float(idle.sum()), float(lost.sum()), _joules(curves, label, hold))


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
    return np.where((spans > 0) & (spans <= _bound(times)), spans, 0.0)


def _bound(times: F64) -> float:
    """Seconds between two samples beyond which nobody looked."""
    spans = np.diff(times)
    known = spans[np.isfinite(spans) & (spans > 0)]
    return max(LONGEST_GAP, GAP_FACTOR * float(np.median(known))) if len(known) else LONGEST_GAP


def _joules(curves: Curves, label: str, hold: _Hold) -> float | None:
    """Energy from the counter, whose falls are new beginnings; else power over time, by the trapezoidal rule."""
    for metric in ("energy", "power"):
        series = curves.get(f"gpu/{label}/{metric}")
        if series is None or len(series) < 2:
            continue
        times, values = series.times, series.values
        spans = np.where(hold.of(times), _spans(times), 0.0)
        with np.errstate(invalid="ignore", over="ignore"):  # what is no number is left out below
            steps = np.diff(values) if metric == "energy" else spans * (values[1:] + values[:-1]) / 2
        counted = steps[(spans > 0) & np.isfinite(steps) & (steps > 0)]
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
