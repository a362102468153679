"""The machine's last minutes as charts: one for each quantity, one line for each device that has it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.charts.line import ChartSpec, Kind, Line
from tui.machine.telemetry import Gpu, Ring, Telemetry
from tui.show.palette import MARKERS, SLOTS, Swatch

_GIB = float(1 << 30)
_MIB = float(1 << 20)
_MOST_LINES = 4
"""Lines that can be told apart where most of them do the same."""


@dataclass(frozen=True, slots=True)
class _Quantity:
    """What is drawn, and how it is made from the columns of a history."""

    name: str
    keys: tuple[str, ...]
    scale: float = 1.0
    unit: str = ""
    percent: bool = False
    whole: str = ""
    """The column that it is a share of: lines of many devices lie over each other, shares below each other do not."""
    titles: tuple[str, ...] = ()
    """Names of the lines where one device has several."""


_DEVICE = (
    _Quantity("gpu/util", ("util",), percent=True),
    _Quantity("gpu/memory", ("memory_used",), 1 / _GIB, " GiB", whole="memory_total"),
    _Quantity("gpu/power", ("power",), unit=" W", whole="power_limit"),
    _Quantity("gpu/temperature", ("temperature",), unit="°"),
    _Quantity("gpu/sm active", ("sm_active",), percent=True),
    _Quantity("gpu/tensor active", ("tensor_active",), percent=True),
    _Quantity("gpu/dram active", ("dram_active",), percent=True),
    _Quantity("gpu/clock", ("sm_clock",), unit=" MHz"),
)
_HOST = (
    _Quantity("host/cpu", ("cpu/percent",), percent=True),
    _Quantity("host/memory", ("memory/used",), 1 / _GIB, " GiB"),
    _Quantity("host/network", ("net/rx", "net/tx"), 1 / _MIB, " MiB/s", titles=("in", "out")),
    _Quantity("host/disk", ("disk/read", "disk/write"), 1 / _MIB, " MiB/s", titles=("read", "write")),
    _Quantity("host/infiniband", ("ib/rx", "ib/tx"), 1 / _MIB, " MiB/s", titles=("in", "out")),
    _Quantity("host/pressure", ("psi/cpu", "psi/memory", "psi/io"), unit=" %", titles=("cpu", "memory", "io")),
)


def machine_charts(telemetry: Telemetry) -> list[ChartSpec]:
    """A chart for each quantity that this machine has."""
    gpus = telemetry.gpus
    charts = [_device_chart(quantity, gpus) for quantity in _DEVICE]
    charts += [_host_chart(quantity, telemetry.host_history) for quantity in _HOST]
    return [chart for chart in charts if chart.lines]


def _device_chart(quantity: _Quantity, gpus: Sequence[Gpu]) -> ChartSpec:
    (key,) = quantity.keys
    shown = [(place, gpu) for place, gpu in enumerate(gpus) if key in gpu.history]
    if len(shown) > _MOST_LINES and all(quantity.whole in gpu.history for _, gpu in shown):
        quantity = replace(quantity, scale=100.0, unit="", percent=True)
    else:
        quantity = replace(quantity, whole="")
    lines = [_line(gpu.uuid, f"gpu {gpu.label}", gpu.history, key, quantity, place) for place, gpu in shown]
    title = f"{quantity.name} of {quantity.whole.rpartition('_')[2]}" if quantity.whole else ""
    return ChartSpec(quantity.name, lines, kind=_kind(quantity, lines), unit=quantity.unit, title=title)


def _host_chart(quantity: _Quantity, ring: Ring) -> ChartSpec:
    titles = quantity.titles or (quantity.name.partition("/")[2],)
    lines = [
        _line(key, title, ring, key, quantity, place)
        for place, (key, title) in enumerate(zip(quantity.keys, titles, strict=True))
        if key in ring
    ]
    return ChartSpec(quantity.name, lines, kind=_kind(quantity, lines), unit=quantity.unit)


def _kind(quantity: _Quantity, lines: Sequence[Line]) -> Kind:
    if not quantity.percent:
        return "line"
    return "percent" if len(lines) == 1 else "heat"


def _line(key: str, name: str, ring: Ring, column: str, quantity: _Quantity, place: int) -> Line:
    """A column of a history as a curve over time. Its arrays are copies: the ring writes over what falls out of it."""
    values: npt.NDArray[np.float64] = ring.values(column) * quantity.scale
    if quantity.whole:
        whole = ring.values(quantity.whole)
        values = values / np.where(whole > 0, whole, np.nan)
    times = ring.times.copy()
    known = ~np.isnan(values)
    return Line(
        key=key,
        name=name,
        x=times[known],
        y=values[known],
        version=ring.total,
        # A full ring loses its oldest point with each new one, and then nothing is as it was.
        generation=max(0, ring.total - ring.capacity),
        swatch=Swatch(place % SLOTS, MARKERS[place // SLOTS % len(MARKERS)]),
        times=times[known],
        live=True,
    )
