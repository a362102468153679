from dataclasses import replace
from typing import Any

import pytest

from collectors.backend import Gap, GpuInfo, GpuProcess, GpuSample
from collectors.samples import Hello, Sample
from tests.tui.fake_machine import run
from tui.machine.gpu_words import reason_words
from tui.machine.machine_report import as_json, gpu_table, host_line, process_table
from tui.machine.telemetry import Telemetry
from tui.plain.output import Cell, table

GIB = 1 << 30
NOW = 1_785_672_000.0
ANN = GpuProcess(
    4711, 71 * GIB, 95.0, name="python", user="ann", command="python train.py", started=NOW - 3900, cpu=101, rss=8 * GIB
)
BUSY = {
    "util": 97.0,
    "memory_used": 71.2 * GIB,
    "memory_total": 80.0 * GIB,
    "power": 612.0,
    "power_limit": 700.0,
    "temperature": 64.0,
    "sm_clock": 1980.0,
}


def machine(*gpus: GpuSample, host: dict[str, float] | None = None, gaps: tuple[Gap, ...] = ()) -> Telemetry:
    telemetry = Telemetry()
    telemetry.apply(Hello(1.0, "box", 1, tuple(GpuInfo(gpu.index, gpu.uuid, gpu.name) for gpu in gpus)))
    telemetry.apply(Sample(2.0, host or {}, gpus=gpus, gaps=gaps))
    return telemetry


def devices(telemetry: Telemetry, by: str = "gpu") -> list[Any]:
    shown: Any = as_json(telemetry, by)["gpus"]
    return list(shown)


def lines(*gpus: GpuSample) -> list[list[str]]:
    return [line.split() for line in table(*gpu_table(machine(*gpus).gpus))]


def test_each_device_has_a_line() -> None:
    gpu = GpuSample(0, "GPU-0", "H100", values=BUSY, reasons=("sw_power_cap",))
    assert lines(gpu) == [
        ["gpu", "name", "util", "memory", "power", "temp", "clock", "condition"],
        ["0", "H100", "97", "%", "71.2/80", "GiB", "612/700", "W", "64", "°C", "1980", "MHz", "power", "cap"],
    ]


def test_what_a_device_does_not_tell_is_a_dash_and_never_a_zero() -> None:
    assert lines(GpuSample(1, "GPU-1", "T4"))[1] == ["1", "T4", "–", "–", "–", "–", "–", "ok"]


def test_activity_of_the_cores_is_shown_where_any_device_has_it() -> None:
    gpus = [GpuSample(0, "GPU-0", "A"), GpuSample(1, "GPU-1", "B", values={**BUSY, "tensor_active": 41.0})]
    titles, first, second = lines(*gpus)
    assert "tensor" in titles
    assert "41" in second
    assert "41" not in first


def test_trouble_is_coloured_and_said() -> None:
    _, rows = gpu_table(machine(GpuSample(0, "a", "A", "lost"), GpuSample(1, "b", "B", reasons=("hw_thermal",))).gpus)
    assert [row[-1] for row in rows] == [Cell("lost", "red"), Cell(reason_words(["hw_thermal"])[0], "yellow")]


def test_each_process_has_a_line() -> None:
    rows = table(*process_table(machine(GpuSample(0, "a", "A", processes=(ANN, GpuProcess(12)))).gpus, NOW))
    assert [row.split() for row in rows] == [
        ["gpu", "pid", "user", "gpu", "mem", "sm", "cpu", "ram", "time", "command"],
        [*"0 4711 ann 71.0 GiB 95 % 101 % 8.0 GiB 1h05m python train.py".split()],
        ["0", "12", "–", "–", "–", "–", "–", "–", "–"],
    ]


@pytest.mark.parametrize(
    ("by", "pids"),
    [("gpu", [12, 4711, 13]), ("memory", [4711, 13, 12]), ("cpu", [13, 4711, 12]), ("time", [4711, 13, 12])],
)
def test_processes_are_sorted_by_what_they_take_and_by_who_came_first(by: str, pids: list[int]) -> None:
    later = replace(ANN, pid=13, memory=GIB, cpu=900.0, started=NOW)
    gpus = (GpuSample(0, "a", "A", processes=(GpuProcess(12), ANN)), GpuSample(1, "b", "B", processes=(later,)))
    assert [int(str(row[1])) for row in process_table(machine(*gpus).gpus, NOW, by)[1]] == pids
    one = machine(GpuSample(0, "a", "A", processes=(GpuProcess(12), ANN, later)))
    assert [process["pid"] for process in devices(one, by)[0]["processes"]] == pids


def test_memory_that_nobody_holds_is_told() -> None:
    gpus = (
        GpuSample(0, "a", "A", values={"memory_used": 33.0 * GIB}, processes=()),
        GpuSample(1, "b", "B", values={"memory_used": 0.2 * GIB}, processes=()),
        GpuSample(2, "c", "C", values={"memory_used": 33.0 * GIB}, processes=(ANN,)),
    )
    made = machine(*gpus)
    _, rows = gpu_table(made.gpus, made.owners({}))
    assert [row[-1] for row in rows] == [Cell("held by no visible process", "yellow"), Cell("ok"), Cell("ok")]
    assert [each["held_by"] for each in devices(made)] == ["hidden", "free", "other"]


def test_the_host_in_one_line_says_what_it_knows() -> None:
    host = {
        "cpu/percent": 38.0,
        "cpu/limit": 16.0,
        "load/1": 3.25,
        "memory/used": 12.0 * GIB,
        "memory/total": 64.0 * GIB,
    }
    assert host_line(machine(host=host)) == "box   cpu 38 % of 16 cores   load 3.2   memory 12.0/64 GiB"
    assert host_line(machine()) == "box"


def test_json_leaves_out_what_is_not_there() -> None:
    gap = Gap("GPU-0", "fan", "NotSupported")
    plain = as_json(machine(GpuSample(0, "GPU-0", "H100", values={"util": 97.0}), gaps=(gap,)))
    assert plain["gpus"] == [
        {
            "index": 0,
            "instance": None,
            "uuid": "GPU-0",
            "name": "H100",
            "status": "ok",
            "values": {"util": 97.0},
            "reasons": [],
            "held_by": "unknown",
            "runs": [],
            "processes": None,
        }
    ]
    assert plain["gaps"] == [{"uuid": "GPU-0", "metric": "fan", "why": "NotSupported"}]
    assert (plain["time"], plain["gpu_state"], plain["why"]) == (2.0, "ok", None)


def test_fan_and_performance_state_are_told_where_a_device_has_them() -> None:
    gpus = [GpuSample(0, "GPU-0", "RTX", values={**BUSY, "fan": 45.0, "pstate": 2.0}), GpuSample(1, "GPU-1", "H100")]
    titles, first, second = lines(*gpus)
    assert titles[-3:] == ["perf", "fan", "condition"]
    assert first[-4:] == ["P2", "45", "%", "ok"]
    assert second[-3:] == ["–", "–", "ok"]


def test_memory_errors_that_were_not_corrected_are_a_condition() -> None:
    found = [GpuSample(each, str(each), "H100", values={"ecc_uncorrected": float(each)}) for each in range(3)]
    _, rows = gpu_table(machine(*found).gpus)
    assert [row[-1] for row in rows] == [
        Cell("ok"),
        Cell("1 uncorrected ECC error", "yellow"),
        Cell("2 uncorrected ECC errors", "yellow"),
    ]


OTTER = run("p/brave-otter", 4711, host="box")
RUNS = {OTTER.key: OTTER}
THEIRS = replace(ANN, pid=12, user="bob")


def shared() -> Telemetry:
    """A device with a process of a run and one of somebody else, and a free one."""
    return machine(
        GpuSample(0, "a", "A", processes=(ANN, THEIRS)), GpuSample(1, "b", "B", values={"util": 0.0}, processes=())
    )


def test_the_run_on_a_device_and_of_a_process_is_named() -> None:
    made = shared()
    headings, rows = gpu_table(made.gpus, made.owners(RUNS))
    place = [heading.title for heading in headings].index("run")
    assert [row[place] for row in rows] == ["brave-otter", "–"]
    headings, rows = process_table(made.gpus, NOW, "gpu", made.runs_by_pid(RUNS))
    assert [heading.title for heading in headings][:5] == ["gpu", "pid", "user", "run", "gpu mem"]
    assert [row[1:4] for row in rows] == [["4711", "ann", "brave-otter"], ["12", "bob", "–"]]


def test_where_no_run_is_there_it_has_no_column() -> None:
    made = shared()
    for headings, _ in (gpu_table(made.gpus, made.owners({})), process_table(made.gpus)):
        assert "run" not in [heading.title for heading in headings]


def test_json_has_the_keys_of_the_runs() -> None:
    shown: Any = as_json(shared(), "gpu", RUNS)["gpus"]
    assert [(each["held_by"], each["runs"]) for each in shown] == [("run", ["p/brave-otter"]), ("free", [])]
    assert [process["run"] for process in shown[0]["processes"]] == ["p/brave-otter", None]
