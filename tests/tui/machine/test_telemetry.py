"""The sampler's lines as a bounded history, and whose devices are whose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.backend import Gap, GpuInfo, GpuProcess
from collectors.protocol import decode, encode
from collectors.samples import Hello, Sample, StateLine
from logstore.model.delta import RunDelta
from logstore.model.liveness import Liveness
from logstore.model.ranks import Rank
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from tests.tui.fake_machine import GIB, HOST, START, gpu, info, machine, process, run, uuid
from tui.machine.telemetry import HISTORY, Owner, Ring, Telemetry

ROWS = st.lists(st.dictionaries(st.sampled_from("abc"), st.floats(allow_nan=False, width=32)), max_size=40)


def owners_of(telemetry: Telemetry, *runs: Run) -> dict[str, Owner]:
    return telemetry.owners({each.key: each for each in runs})


@given(ROWS, st.integers(1, 9))
def test_a_ring_holds_exactly_the_last_samples(rows: list[dict[str, float]], capacity: int) -> None:
    ring = Ring(capacity)
    for time, row in enumerate(rows):
        ring.append(float(time), row)
    kept = rows[-capacity:]
    assert len(ring) == len(kept)
    assert ring.times.tolist() == [float(time) for time in range(len(rows))][-capacity:]
    for key in "abc":
        expected = [row.get(key, np.nan) for row in kept]
        np.testing.assert_array_equal(ring.values(key), expected)


def test_a_ring_shows_its_columns_without_copying_and_read_only() -> None:
    ring = Ring(4)
    for time in range(6):
        ring.append(time, {"a": time})
    view = ring.values("a")
    assert view.base is not None
    assert view.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 7
    assert ("a" in ring, "b" in ring, ring.keys) == (True, False, ["a"])


def test_nothing_is_known_before_the_first_line() -> None:
    telemetry = Telemetry()
    assert telemetry.gpus == []
    assert telemetry.time is None
    assert (telemetry.gpu_state, telemetry.why, telemetry.notice) == ("waiting", "waiting for the first sample", "")
    assert owners_of(telemetry, run("p/a", 7)) == {}


def test_samples_become_latest_values_and_histories() -> None:
    telemetry = machine([gpu(1, 20.0), gpu(0, 97.0)], ticks=3)
    assert [each.index for each in telemetry.gpus] == [0, 1]
    first = telemetry.gpus[0]
    assert first.values["util"] == 97.0
    assert first.history.values("util").tolist() == [97.0] * 3
    assert first.history.times.tolist() == [START, START + 1, START + 2]
    assert telemetry.host["cpu/percent"] == HOST["cpu/percent"]
    assert telemetry.host_name == "gpu01"
    assert telemetry.gpu(uuid(1)) is telemetry.gpus[1]


def test_history_is_bounded() -> None:
    telemetry = machine([gpu(0)], ticks=HISTORY + 50)
    assert len(telemetry.host_history) == len(telemetry.gpus[0].history) == HISTORY
    assert telemetry.host_history.times[-1] == START + HISTORY + 49


def test_an_absent_value_is_absent_and_never_zero() -> None:
    telemetry = machine([gpu(0, None)], host={})
    (device,) = telemetry.gpus
    assert "util" not in device.values
    assert np.isnan(device.history.values("util")).all()
    assert telemetry.host == {}


def test_a_value_that_vanishes_leaves_a_gap_in_the_history() -> None:
    telemetry = machine([gpu(0)])
    telemetry.apply(Sample(START + 1, {}, gpus=(gpu(0, None),)))
    np.testing.assert_array_equal(telemetry.gpus[0].history.values("util"), [97.0, np.nan])


def test_a_lost_device_stays_in_its_place_and_the_others_go_on() -> None:
    telemetry = machine([gpu(0), gpu(1, status="lost", values={}), gpu(2)])
    assert [each.status for each in telemetry.gpus] == ["ok", "lost", "ok"]
    assert telemetry.gpus[1].values == {}


def test_a_driver_that_went_away_takes_its_devices_with_it_and_says_why() -> None:
    telemetry = machine([gpu(0)])
    telemetry.apply(StateLine(START + 1, "unavailable", "Driver Not Loaded"))
    assert (telemetry.gpus, telemetry.why) == ([], "Driver Not Loaded")
    telemetry.apply(Sample(START + 2, HOST))
    assert (telemetry.gpus, telemetry.why, telemetry.time) == ([], "Driver Not Loaded", START + 2)
    telemetry.apply(Hello(START + 3, "gpu01", 1, (info(0),)))
    telemetry.apply(Sample(START + 3, HOST, gpus=(gpu(0),)))
    assert (len(telemetry.gpus), telemetry.gpu_state, telemetry.notice) == (1, "ok", "")


def test_devices_that_fall_silent_show_nothing_old_as_new() -> None:
    telemetry = machine([gpu(0, pids=[1], reasons=("hw_thermal",))], ticks=2)
    telemetry.apply(StateLine(START + 2, "stalled", "the driver does not answer"))
    telemetry.apply(Sample(START + 2, HOST))
    (device,) = telemetry.gpus
    assert (device.values, device.reasons, device.processes) == ({}, (), None)
    assert len(device.history) == 3
    assert telemetry.notice == "GPUs stalled: the driver does not answer"
    telemetry.apply(Sample(START + 3, HOST, gpus=(gpu(0),)))
    assert telemetry.notice == ""


def test_a_hello_with_other_devices_replaces_them_and_keeps_the_history_of_those_that_stay() -> None:
    telemetry = machine([gpu(0), gpu(1)], ticks=5)
    telemetry.apply(Hello(START + 9, "gpu01", 2, (GpuInfo(3, uuid(1), "NVIDIA H200"), info(7))))
    assert [(each.index, each.uuid, len(each.history)) for each in telemetry.gpus] == [(3, uuid(1), 5), (7, uuid(7), 0)]


def test_gaps_say_why_a_metric_is_absent() -> None:
    telemetry = Telemetry()
    telemetry.apply(Sample(START, gpus=(gpu(0),), gaps=(Gap(uuid(0), "fan", "NotSupported"),)))
    assert telemetry.gaps == {(uuid(0), "fan"): "NotSupported"}


def test_lines_that_went_through_the_protocol_say_the_same() -> None:
    telemetry = Telemetry()
    sent = Sample(START, HOST, (1.0, 99.0), (gpu(0, pids=[7], reasons=("sw_power_cap",)),), (process(7),))
    received = decode(encode(sent))
    assert received is not None
    telemetry.apply(received)
    assert telemetry.gpus[0].reasons == ("sw_power_cap",)
    assert telemetry.gpus[0].processes == (GpuProcess(7, 70 * GIB, 95.0, name="python"),)
    assert telemetry.cores == (1.0, 99.0)


# ---------------------------------------------------------------------------------------------------------------
# Whose


def test_a_run_owns_the_devices_its_own_process_is_on() -> None:
    telemetry = machine([gpu(0, pids=[100]), gpu(1, pids=[])])
    owners = owners_of(telemetry, run("p/otter", 100))
    assert owners == {uuid(0): Owner("run", ("p/otter",), ("otter",)), uuid(1): Owner("hidden")}


def test_a_run_owns_the_devices_of_its_descendants() -> None:
    members = [process(100, gpus=()), process(101, run=100, ppid=100, gpus=(uuid(0),))]
    telemetry = machine([gpu(0, pids=[101])], processes=members)
    assert owners_of(telemetry, run("p/otter", 100)) == {uuid(0): Owner("run", ("p/otter",), ("otter",))}


def test_a_device_of_two_runs_and_a_stranger_names_all() -> None:
    telemetry = machine([gpu(0, pids=[100, 200, 300])])
    owners = owners_of(telemetry, run("p/otter", 100), run("p/lynx", 200))
    assert owners[uuid(0)] == Owner("run", ("p/otter", "p/lynx"), ("otter", "lynx"), others=1)


def test_in_a_container_the_devices_that_are_held_open_decide() -> None:
    members = [process(100, gpus=(uuid(0),), via="device file")]
    telemetry = machine([gpu(0, pids=[40_100])], processes=members)
    assert owners_of(telemetry, run("p/otter", 100)) == {uuid(0): Owner("run", ("p/otter",), ("otter",))}


def test_a_followed_process_of_no_run_is_somebody_else() -> None:
    telemetry = machine([gpu(0, pids=[100])], processes=[process(100, gpus=(uuid(0),))])
    assert owners_of(telemetry)[uuid(0)].kind == "other"


def test_a_free_device_is_free_and_one_that_does_not_say_is_unknown() -> None:
    idle = {"util": 0.0, "memory_used": 0.1 * GIB}
    telemetry = machine([gpu(0, values=idle, pids=[]), gpu(1, values=idle, pids=None)])
    assert [owner.kind for owner in owners_of(telemetry).values()] == ["free", "unknown"]


@pytest.mark.parametrize(
    "stale",
    [
        run("p/a", 100, host="elsewhere"),
        run("p/a", 100, state="finished"),
        run("p/a", None),
    ],
)
def test_a_pid_of_another_host_or_of_an_ended_run_owns_nothing(stale: Run) -> None:
    telemetry = machine([gpu(0, pids=[100])])
    assert owners_of(telemetry, stale)[uuid(0)].runs == ()


def test_a_run_in_a_container_owns_what_its_pid_out_here_does() -> None:
    telemetry = machine([gpu(0, pids=[100]), gpu(1, pids=[7])])
    contained = run("p/a", 7, host="3f1c0ffee")
    contained.liveness = Liveness("alive", 100, "gpu01")
    owners = owners_of(telemetry, contained)
    assert (owners[uuid(0)].runs, owners[uuid(1)].runs) == (("p/a",), ())


def test_a_reused_pid_owns_nothing() -> None:
    telemetry = machine([gpu(0, pids=[100])])
    gone = run("p/a", 100)
    gone.liveness = Liveness("reused", 100, "gpu01")
    assert owners_of(telemetry, gone)[uuid(0)].runs == ()


@pytest.mark.parametrize(
    ("liveness", "mine"),
    [
        (Liveness("alive", 101, "gpu01"), True),
        (Liveness("alive", 101), True),
        (Liveness("alive", 101, "gpu02"), False),
        (Liveness("gone", 101, "gpu01"), False),
        (Liveness("reused", 101, "gpu01"), False),
    ],
)
def test_a_sibling_rank_owns_its_devices_as_long_as_it_lives_here(liveness: Liveness, mine: bool) -> None:
    telemetry = machine([gpu(0, pids=[100]), gpu(1, pids=[101])], processes=[process(100), process(102, run=101)])
    job = run("p/otter", 100)
    job.apply(RunDelta(job.key, job.path, liveness=job.liveness, processes={1: Rank(RunRecord(pid=101), liveness)}))
    owners = owners_of(telemetry, job)
    assert owners[uuid(0)].runs == ("p/otter",)
    assert (owners[uuid(1)].runs == ("p/otter",)) is mine
    assert (102 in telemetry.runs_by_pid({job.key: job})) is mine
