"""The processes of the runs, and who else is on the devices."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.backend import GpuProcess
from collectors.samples import ProcessSample
from logstore.model.runs import Run
from tests.tui.fake_machine import GIB, gpu, machine, process, run, swatches, uuid
from tui.machine.process_lines import Row, process_lines, process_rows
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
    return [plain(line).rstrip() for line in process_lines(rows(telemetry), width)]


def test_ranks_have_rows_and_workers_share_one() -> None:
    assert drawn(MEMBERS, 130) == [
        " processes",
        "     pid  run          role    rank  gpu     cpu       ram   gpu mem  threads  state            command",
        "     100  brave-otter  main       0    0    98 %  12.0 GiB  70.0 GiB       24  running          python",
        "     101  brave-otter  rank       1    1    98 %  12.0 GiB  70.0 GiB       24  running          python",
        "     300  dim-heron    main            2     1 %  12.0 GiB  70.0 GiB       24  running          python",
        "     8 ×  dim-heron    worker               24 %  96.0 GiB                     3 wait for disk  loader",
        "     777  no run                       2                    70.0 GiB                            python",
    ]


def test_workers_that_wait_for_a_disk_are_told_as_a_warning() -> None:
    telemetry = machine([], processes=MEMBERS)
    lines = process_lines(rows(telemetry), 130)
    assert Span("3 wait for disk", "warn") in lines[5]


def test_on_a_narrow_terminal_what_holds_a_run_up_stays() -> None:
    titles = drawn(MEMBERS, 80)[1].split()
    assert titles == ["pid", "run", "role", "rank", "gpu", "cpu", "ram", "state"]


def test_without_processes_that_is_said() -> None:
    assert [plain(line).rstrip() for line in process_lines([], 60)] == [" processes  no run has one here"]


def test_a_stranger_on_two_devices_is_told_once_with_both() -> None:
    both = (GpuProcess(777, 2 * GIB, name="blender", user="ann"),)
    telemetry = machine([gpu(0, processes=both), gpu(1, processes=both)])
    (row,) = rows(telemetry)
    assert (row.pid, row.head, row.role, row.name, row.gpus, row.memory) == (
        *("777", None, "ann", "blender"),
        *(("0", "1"), 4.0 * GIB),
    )


def test_a_stranger_that_is_not_seen_from_here_has_no_name() -> None:
    (row,) = rows(machine([gpu(0, processes=(GpuProcess(777),))]))
    assert (row.name, row.memory) == ("not seen from here", None)


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
