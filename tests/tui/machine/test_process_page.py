"""One process whole, as lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.backend import GpuProcess
from tests.tui.fake_machine import GIB, START, gpu, machine, process, run, swatches, uuid
from tui.machine.process_facts import Facts, Kin
from tui.machine.process_page import fact_lines, kin_line
from tui.machine.process_rows import Row, process_row
from tui.machine.telemetry import Telemetry
from tui.show.spans import Span, cells, plain
from tui.show.text import clean

OTTER = run("p/brave-otter", 100)
FIRST = Kin(1, 1, 0, "init", "S", "root", ("/sbin/init",))
OWN = Kin(100, 50, 1, "python", "R", "ann", ("/usr/bin/python", "train.py", "--lr", "3e-4"), 1)
WORKER = Kin(101, 60, 100, "python", "D", "ann", ("/usr/bin/python", "train.py"), 2)
FACTS = Facts(OWN, (FIRST, OWN, WORKER), 24, START - 3900, "/home/ann/exp")


def telemetry() -> Telemetry:
    on = [gpu(index, processes=(GpuProcess(100, (index + 1) * GIB, 90.0, user="ann"),)) for index in range(2)]
    members = [process(100, rank=0, gpus=(uuid(0), uuid(1)), read=1024.0, write=0.0)]
    return machine(on, processes=members)


def row() -> Row:
    known = telemetry()
    return process_row(known, known.runs_by_pid({OTTER.key: OTTER}), swatches([OTTER]), 100)


def drawn(facts: Facts | None, told: Row, total: int = 90, missing: str = "it has ended") -> list[str]:
    return [plain(line).rstrip() for line in fact_lines(facts, told, telemetry().gpus, missing, START, total, UTC)]


def test_all_that_is_known_has_a_line() -> None:
    assert drawn(FACTS, row()) == [
        " command  /usr/bin/python train.py --lr 3e-4",
        " in       /home/ann/exp",
        " user     ann  running, 24 threads",
        " started  2026-08-02 10:55:00  1h05m ago",
        " run      brave-otter  main, rank 0",
        " takes    cpu 98 %  ram 12.0 GiB  read 1.0 KiB/s  write 0 B/s",
        " gpu      0   1.0 GiB  sm  90 %   1   2.0 GiB  sm  90 %",
    ]


def test_devices_stand_beside_each_other_as_many_as_fit() -> None:
    on = machine([gpu(index, processes=(GpuProcess(100, 70 * GIB, 90.0),)) for index in range(5)]).gpus
    lines = [plain(line).split() for line in fact_lines(None, row(), on, "", START, 70)[-3:]]
    assert [[words[place] for place in range(0, len(words), 6)] for words in (lines[0][1:], *lines[1:])] == [
        ["0", "1"],
        ["2", "3"],
        ["4"],
    ]
    (line,) = fact_lines(None, row(), on[:1], "", START, 70)[-1:]
    assert plain(line).split() == ["gpu", "0", "70.0", "GiB", "sm", "90", "%", "NVIDIA", "H200"]


def test_what_was_known_of_one_that_has_ended_stays() -> None:
    lines = drawn(None, row())
    assert lines[:3] == [" command  python", "          it has ended", " run      brave-otter  main, rank 0"]
    assert fact_lines(None, row(), [], "gone\x1b", START, 60)[1][2] == Span("gone␛", "warn")


def test_what_is_not_known_has_no_line() -> None:
    bare = Facts(replace(OWN, pid=7, user="", words=()), (OWN,), 1, None, None)
    assert drawn(bare, Row((7,), None, "", "")) == [" command  python", " user     running, 1 thread"]


def test_a_long_command_is_wrapped_and_a_very_long_one_cut() -> None:
    long = replace(FACTS, own=replace(OWN, words=("python", *(f"--option-{number}=1" for number in range(200)))))
    lines = drawn(long, row(), 60)
    assert lines[0].startswith(" command  python --option-0=1")
    assert lines[5].endswith("…")
    assert lines[6].split()[0] == "in"


def test_a_family_is_a_tree_and_its_own_process_is_strong() -> None:
    lines = [kin_line(kin, 100, 60) for kin in FACTS.family]
    assert [plain(line).rstrip() for line in lines] == [
        "       1 root      init",
        "     100 ann         python train.py --lr 3e-4",
        "     101 ann           python train.py  waits for disk",
    ]
    assert Span("python train.py --lr 3e-4", "strong") in lines[1]
    assert Span("  waits for disk", "warn") in lines[2]


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(max_size=12), st.integers(0, 40), st.integers(12, 200))
def test_every_line_has_exactly_the_width_and_is_clean(command: str, user: str, depth: int, total: int) -> None:
    own = replace(OWN, words=(command,), user=user, depth=depth)
    lines = [*fact_lines(replace(FACTS, own=own), row(), telemetry().gpus, "", START, total), kin_line(own, 100, total)]
    assert {cells(line) for line in lines} == {total}
    assert all(clean(plain(line)) == plain(line) for line in lines)
