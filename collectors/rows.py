"""A sample as one flat row of numbers, sections separated by ``/``. Pure.

``gpu/<label>/<metric>`` for each device (``0``, or ``0:1`` for a MIG instance), ``process/`` and ``workers/`` for the
run's processes, and the host's values under their own names. A device that is lost has ``gpu/0/lost`` = 1; one that
heat or power slows has ``gpu/0/throttled`` = 1; an XID error is ``gpu/0/xid`` in the row of its tick.
``gpu/0/own`` is 1 while the device is the run's and 0 while it is not, and absent while that is not known.
"""

from __future__ import annotations

from collectors.processes import summary
from collectors.samples import Sample

SLOWED = frozenset({"hw_slowdown", "sw_thermal", "hw_thermal", "hw_power_brake"})
"""Reasons that mean trouble; a power cap is usual on a loaded device."""


def flat(sample: Sample) -> dict[str, float]:
    """The numbers of a sample by key; what is not known has no key."""
    row = {"_timestamp": sample.time, **sample.host}
    labels = {gpu.uuid: gpu.label for gpu in sample.gpus}
    for gpu in sample.gpus:
        row.update({f"gpu/{gpu.label}/{metric}": value for metric, value in gpu.values.items()})
        if gpu.status != "ok":
            row[f"gpu/{gpu.label}/lost"] = 1
        else:
            row[f"gpu/{gpu.label}/throttled"] = int(not SLOWED.isdisjoint(gpu.reasons))
        if gpu.uuid in sample.own:
            row[f"gpu/{gpu.label}/own"] = int(sample.own[gpu.uuid])
    for event in sample.events:
        if event.uuid in labels and event.kind == "xid":  # an ECC error has no code, and its counter says it
            row[f"gpu/{labels[event.uuid]}/xid"] = event.code
    return row | summary(sample.processes)
