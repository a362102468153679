from __future__ import annotations

from collectors.backend import GpuEvent, GpuSample
from collectors.rows import flat
from collectors.samples import ProcessSample, Sample


def test_sections_of_a_row() -> None:
    sample = Sample(
        12.5,
        {"cpu/percent": 38.1, "memory/used": 7},
        gpus=(
            GpuSample(0, "GPU-0", "H100", values={"util": 97, "ecc_uncorrected": 2}, reasons=("sw_power_cap",)),
            GpuSample(0, "MIG-1", "H100 MIG", values={"memory_used": 5}, instance=1),
        ),
        processes=(ProcessSample(1, 0, "python", "R", 1, "main", rss=100),),
        events=(
            GpuEvent(12.0, "GPU-0", "xid", 79),
            GpuEvent(12.0, "GPU-0", "ecc uncorrected", 0),
            GpuEvent(1, "?", "xid", 1),
        ),
    )
    row = flat(sample)
    assert next(iter(row)) == "_timestamp"
    assert row == {
        "_timestamp": 12.5,
        "cpu/percent": 38.1,
        "memory/used": 7,
        "gpu/0/util": 97,
        "gpu/0/throttled": 0,
        "gpu/0:1/memory_used": 5,
        "gpu/0:1/throttled": 0,
        "gpu/0/xid": 79,
        "gpu/0/ecc_uncorrected": 2,
        "process/count": 1,
        "process/rss": 100,
        "workers/count": 0,
        "workers/waiting": 0,
    }


def test_lost_and_throttled_devices() -> None:
    gpus = (GpuSample(0, "a", "", "lost"), GpuSample(1, "b", "", reasons=("hw_thermal",)))
    assert flat(Sample(0.0, gpus=gpus)) == {"_timestamp": 0, "gpu/0/lost": 1, "gpu/1/throttled": 1}


def test_whose_a_device_is() -> None:
    gpus = tuple(GpuSample(index, uuid, "") for index, uuid in enumerate("abc"))
    row = flat(Sample(0.0, gpus=gpus, own={"a": True, "b": False, "gone": True}))
    assert {key: value for key, value in row.items() if key.endswith("/own")} == {"gpu/0/own": 1, "gpu/1/own": 0}
