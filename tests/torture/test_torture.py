"""A few seconds of ``make torture``: the same trials, fewer of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.torture import disks, fuzz, giants, guided, kills, mounts
from tests.torture.trial import READY, SCENARIOS, SIZE, Counters


@pytest.mark.timeout(240)
def test_trainings_killed_at_a_random_moment_lose_nothing(tmp_path: Path) -> None:
    counts = kills.torture(tmp_path, len(kills.WAYS) * len(SCENARIOS), seed=1)
    assert counts.faults == []
    assert (counts.trials, counts.lost) == (35, 0)
    assert counts.rows > 1000
    assert counts.printed > 100


@pytest.mark.needs_cc
@pytest.mark.skipif(disks.compiler() is None, reason="no C compiler: disks cannot be made to fail")
def test_disks_that_fail_at_random_cost_what_is_counted_and_no_more() -> None:
    counts = disks.failing(25, 3)
    assert counts.faults == []
    assert counts.rounds == 25
    assert counts.logged == counts.kept + counts.lost


@pytest.mark.parametrize("kind", mounts.KINDS)
def test_a_real_file_system_that_fails(kind: str) -> None:
    """A full one, one that becomes read-only, one that dies, one to which two spellings are one name."""
    reason = mounts.why_not(kind)
    if reason is not None:
        pytest.skip(f"no file system that is {kind}: {reason}")
    counts = mounts.torture(kind, 3)
    assert counts.faults == []
    assert counts.kept > 0
    assert (counts.lost > 0) == (kind != "without case")


@pytest.mark.timeout(240)
def test_giant_files_take_no_giant_memory() -> None:
    readings = list(giants.read_all(giants.SMALL))
    assert [reading.fault for reading in readings if reading.fault is not None] == []
    assert all(reading.points > 0 for reading in readings if reading.name not in {"documents", "console"})


@pytest.mark.timeout(240)
def test_damaged_files_end_nothing(tmp_path: Path) -> None:
    fuzzer = fuzz.Fuzzer(tmp_path, 5)
    for _ in range(fuzz.FRAME_EVERY):
        fuzzer.step()
    assert fuzzer.counts.faults == []
    assert fuzzer.counts.rows > 0
    assert fuzzer.counts.frames > 0


def test_a_lost_row_would_be_noticed(tmp_path: Path) -> None:
    """The judge of kills, on a run from which somebody took a row, doubled one, and tore one."""
    spec = kills.Spec(tmp_path, "plain", "SIGKILL", 0.0, 1)
    spec.run.mkdir(parents=True)
    spec.counters.write_bytes(bytes(SIZE))
    counted = Counters(spec.counters)
    counted[0], counted[READY] = 5, 1
    rows = ['{"i":0}', '{"i":1}', '{"i":1}', '{"i"', '{"i":4}']
    (spec.run / "metrics.jsonl").write_text("".join(f"{row}\n" for row in rows))
    (spec.run / "run.json").write_text('{"state":"finished"}')
    counts = kills.Counts()
    kills.judge(spec, 9, {}, counts)
    told = "\n".join(counts.faults)
    assert "line 3 is no row" in told
    assert "2 of 5 rows are missing, the first is 2" in told
    assert "doubled or out of order" in told
    assert "the state is finished" in told
    assert counts.lost == 2


@pytest.mark.parametrize("parser", guided.PARSERS, ids=lambda parser: parser.__name__)
@given(text=st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_bytes_into_any_parser(parser: Callable[[bytes], None], text: bytes) -> None:
    parser(text)
