"""The processes of the runs, and who else is on the devices."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.backend import GpuProcess
from collectors.samples import ProcessSample
from logstore.model.runs import Run
from tests.tui.fake_machine import GIB, START, gpu, machine, process, run, swatches, uuid
from tui.machine.process_lines import process_lines, ranges
from tui.machine.process_rows import Order, Row, process_rows
from tui.machine.telemetry import Telemetry
from tui.show.spans import Span, cells, plain

OTTER, HERON = run("p/brave-otter", 100), run("p/dim-heron", 300)
MEMBERS = (
    process(300, gpus=(uuid(2),), cpu=1.2),
    process(101, run=100, role="rank", rank=1, gpus=(uuid(1),)),
    process(100, rank=0, gpus=(uuid(0),)),
    *(
        process(400 + index, run=300, role="worker", name="loader", state="D" if index < 3 else "S", cpu=3.0)
        for index in range(8)
    ),
)


def rows(telemetry: Telemetry, runs: Sequence[Run] = (OTTER, HERON)) -> list[Row]:
    return process_rows(telemetry, telemetry.runs_by_pid({each.key: each for each in runs}), swatches(runs))


def drawn(members: Sequence[ProcessSample], width: int) -> list[str]:
    telemetry = machine([gpu(0, pids=[100]), gpu(1, pids=[101]), gpu(2, pids=[300, 777])], processes=members)
    return [plain(line).rstrip() for line in process_lines(rows(telemetry), width, START + 3900)]


def test_ranks_have_rows_and_workers_share_one() -> None:
    assert drawn(MEMBERS, 130) == [
        " processes",
        "     pid  run          role    rank  gpu   gpu mem     sm     cpu       ram  state            command",
        "     100  brave-otter  main       0    0  70.0 GiB   95 %    98 %  12.0 GiB                   python",
        "     101  brave-otter  rank       1    1  70.0 GiB   95 %    98 %  12.0 GiB                   python",
        "     300  dim-heron    main            2  70.0 GiB   95 %     1 %  12.0 GiB                   python",
        "     8 ×  dim-heron    worker                                24 %  96.0 GiB  3 wait for disk  loader",
        "     777  no run                       2  70.0 GiB   95 %                                     python",
    ]


def test_where_no_process_is_a_runs_its_command_takes_that_place_on_a_narrow_screen() -> None:
    theirs = GpuProcess(
        777, 2 * GIB, 12.0, user="ann", command="python train.py --lr 3e", started=START, cpu=33.0, rss=GIB
    )
    telemetry = machine([gpu(0, processes=(theirs,))])
    lines = [plain(line).rstrip() for line in process_lines(rows(telemetry), 80, START + 3900)]
    assert lines[1:] == [
        "     pid  user  gpu   gpu mem     sm     cpu    time  command",
        "     777  ann     0   2.0 GiB   12 %    33 %   1h05m  python train.py --lr 3e",
    ]


def test_who_it_is_since_when_and_what_it_was_called_with() -> None:
    command = "python train.py --config configs/llama-7b.yaml --lr 3e-4 --batch-size 64 --epochs 90"
    theirs = GpuProcess(777, 2 * GIB, 12.0, user="ann", command=command, started=START - 90_000, cpu=33.0, rss=GIB)
    ours = GpuProcess(100, 70 * GIB, 95.0, user="me", command="python main.py", started=START)
    members = [process(100, gpus=(uuid(0),), started=START, command="python main.py")]
    telemetry = machine([gpu(0, processes=(ours, theirs))], processes=members)
    lines = [plain(line).rstrip() for line in process_lines(rows(telemetry), 107, START + 3900)]
    assert lines[1:] == [
        "     pid  user  run          role  gpu   gpu mem     sm     cpu       ram    time  command",
        "     100  me    brave-otter  main    0  70.0 GiB   95 %    98 %  12.0 GiB   1h05m  python main.py",
        "     777  ann   no run               0   2.0 GiB   12 %    33 %   1.0 GiB   1d02h  python train.py --con…",
    ]


@pytest.mark.parametrize(
    ("order", "pids"),
    [
        ("run", ["100", "8 ×", "777"]),
        ("memory", ["777", "100", "8 ×"]),
        ("cpu", ["100", "8 ×", "777"]),
        ("ram", ["8 ×", "100", "777"]),
        ("time", ["777", "100", "8 ×"]),
        ("sm", ["777", "100", "8 ×"]),
    ],
)
def test_processes_are_ordered_by_what_they_take(order: Order, pids: list[str]) -> None:
    loaders = [process(400 + index, run=100, role="worker", cpu=3.0) for index in range(8)]
    members = [process(100, gpus=(uuid(0),), started=START, cpu=98.0), *loaders]
    theirs = GpuProcess(777, 75 * GIB, 99.0, started=START - 90_000, cpu=1.0)
    telemetry = machine([gpu(0, processes=(GpuProcess(100, 5 * GIB, 1.0), theirs))], processes=members)
    by_pid = telemetry.runs_by_pid({OTTER.key: OTTER})
    shown = process_rows(telemetry, by_pid, swatches([OTTER]), order)
    assert [row.pid for row in shown] == pids
    title = plain(process_lines(shown, 130, START, order)[0]).split()
    assert title == (["processes"] if order == "run" else ["processes", "by", *_words(order)])


def _words(order: Order) -> list[str]:
    return ["gpu", "mem"] if order == "memory" else [order]


def test_workers_that_wait_for_a_disk_are_told_as_a_warning() -> None:
    telemetry = machine([], processes=MEMBERS)
    lines = process_lines(rows(telemetry), 130)
    assert Span("3 wait for disk", "warn") in lines[5]


def test_on_a_narrow_terminal_what_holds_a_run_up_stays() -> None:
    titles = drawn(MEMBERS, 80)[1].split()
    assert titles == ["pid", "run", "role", "rank", "gpu", "gpu", "mem", "cpu", "state"]


def test_without_processes_that_is_said() -> None:
    assert [plain(line).rstrip() for line in process_lines([], 60)] == [" processes  no run has one here"]


def test_a_stranger_on_two_devices_is_told_once_with_both() -> None:
    both = (GpuProcess(777, 2 * GIB, name="blender", user="ann"),)
    telemetry = machine([gpu(0, processes=both), gpu(1, processes=both)])
    (row,) = rows(telemetry)
    assert (row.pid, row.head, row.role, row.command, row.gpus, row.memory) == (
        *("777", None, "", "blender"),
        *(("0", "1"), 4.0 * GIB),
    )


def test_a_stranger_that_is_not_seen_from_here_has_no_name() -> None:
    (row,) = rows(machine([gpu(0, processes=(GpuProcess(777),))]))
    assert (row.command, row.memory) == ("not seen from here", None)


def test_names_of_processes_are_cleaned() -> None:
    lines = process_lines(rows(machine([], processes=[process(100, name="py\x1b[31mthon\n")])), 130)
    assert "py␛[31mthon␊" in plain(lines[2])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12), st.integers(12, 300))
def test_every_line_has_exactly_the_width(count: int, width: int) -> None:
    members = [
        process(100, rank=0),
        *(process(500 + index, run=100, role="rank", rank=index) for index in range(count)),
    ]
    lines = process_lines(rows(machine([], processes=members)), width)
    assert {cells(line) for line in lines} == {width}
    assert len(lines) == count + 3


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ([], ""),
        (["3"], "3"),
        (["0", "1"], "0,1"),
        (["0", "1", "2", "3", "5", "7", "8", "9"], "0-3,5,7-9"),
        (["0:0", "0:1", "1", "2", "3"], "0:0,0:1,1-3"),
    ],
)
def test_devices_in_a_row_are_told_as_such(labels: list[str], told: str) -> None:
    assert ranges(labels) == told
