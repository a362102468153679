"""A run's identity card, from a wide terminal to a small one."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logstore.model.delta import RunDelta
from logstore.model.ranks import Rank
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from tests.tui.store import NOW, Told, model
from tui.details.identity_lines import gone_lines, identity_lines, left_out
from tui.details.run_facts import identity
from tui.show.spans import cells, plain

RECORD = {
    "group": "sweep-3",
    "tags": ["base"],
    "host": "gpu01",
    "command": ["python", "train.py", "--lr", "3e-4"],
    "python": "3.11.4",
    "notes": "a baseline",
    "git": {"commit": "1f3a9c2d0055", "branch": "main"},
}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def otter(**record: object) -> Run:
    told = Told("otter", metrics={"loss": [1.0, 2.0]}, record={**RECORD, **record})
    return model(told).runs[told.key]


def drawn(run: Run, width: int, height: int | None = None) -> list[str]:
    return [plain(line).rstrip() for line in identity_lines(run, NOW, width, height)]


def test_facts_stand_in_columns_of_one_width() -> None:
    assert drawn(otter(), 80) == [
        " otter  ● running  process 100 is alive · for 10m00s",
        " project   project                       step      1",
        " id        otter                         host      gpu01",
        " group     sweep-3                       pid       100",
        " tags      base                          python    3.11.4",
        " started   2026-08-02 11:51:58           git       1f3a9c2d0 main",
        " duration  10m00s",
        " command   python train.py --lr 3e-4",
        " notes     a baseline",
    ]


def test_with_few_lines_the_most_wanted_facts_follow_one_another() -> None:
    assert drawn(otter(), 80, 3) == [
        " otter  ● running  process 100 is alive · for 10m00s",
        " step 1   duration 10m00s   started 2026-08-02 11:51:58   host gpu01   tags base",
        " git 1f3a9c2d0 main   group sweep-3   notes a baseline   project project",
    ]
    assert drawn(otter(), 80, 1) == [" otter  ● running  process 100 is alive · for 10m00s"]


def test_what_went_wrong_is_told_first_and_in_its_colour() -> None:
    failed = otter(state="failed", exit_code=1, error="ValueError: no")
    lines = identity_lines(failed, NOW, 40, 2)
    assert plain(lines[0]).endswith("…"), "the state has no room for it"
    assert plain(lines[1]).startswith(" error ValueError: no   step 1")
    assert any(span.role == "bad" and "ValueError" in span.text for span in lines[1])
    assert lines[0][3].role == "state-failed strong"


def test_what_the_state_says_whole_is_not_said_again() -> None:
    failed = otter(state="failed", exit_code=1, error="ValueError: no")
    assert "ValueError: no" in drawn(failed, 100, 2)[0]
    assert "ValueError: no" not in "".join(drawn(failed, 100)[1:])
    assert "error" not in [fact.name for fact in left_out(failed, NOW, 100, 2)]


def test_what_has_no_room_is_left_out_and_nothing_else() -> None:
    run = otter()
    assert left_out(run, NOW, 80, 20) == []
    told = "".join(drawn(run, 80, 2))
    left = left_out(run, NOW, 80, 2)
    assert [fact.name for fact in left] == [
        "project",
        "id",
        "group",
        "pid",
        "python",
        "git",
        "command",
        "notes",
    ]
    assert [fact.name for fact in identity(run) if f"{fact.name} {fact.text}" in told] == [
        *("tags", "started", "duration", "step", "host"),
    ]


def test_a_fact_that_is_cut_counts_as_left_out() -> None:
    run = otter(notes="a very long note " * 20)
    assert "notes" in [fact.name for fact in left_out(run, NOW, 80, 5)]


def test_a_run_that_is_gone_says_so() -> None:
    (line,) = gone_lines("ot\x1bter", 100)
    assert plain(line).startswith(" ot␛ter  ✖ deleted  its files are gone")


def test_a_rank_that_died_while_rank_0_lives_is_told_before_anything_else() -> None:
    run = otter()
    lost = Rank(RunRecord(state="failed", error="out of\x1bmemory"))
    run.apply(RunDelta(run.key, run.path, liveness=run.liveness, processes={3: lost}))
    assert drawn(run, 80, 1) == [" otter  ● running  rank 3 failed: out of␛memory, while process 100 is alive · f…"]


def test_names_and_facts_are_cleaned() -> None:
    lines = drawn(otter(name="ot\x1b[2Jter", notes="two\nlines"), 80)
    assert lines[0].startswith(" ot␛[2Jter  ● running")
    assert lines[-1] == " notes     two␊lines"


@settings(max_examples=50, deadline=None)
@given(st.integers(20, 300), st.none() | st.integers(1, 20))
def test_every_line_has_exactly_the_width_and_there_are_no_more_than_asked_for(width: int, height: int | None) -> None:
    lines = identity_lines(otter(), NOW, width, height)
    assert {cells(line) for line in lines} == {width}
    assert height is None or len(lines) <= height


def test_a_long_name_gives_way_to_the_word_for_the_state() -> None:
    told = Told("llama3-70b-sft-ultrachat-lr0.0003-bs128-warmup0.03-cosine-with-restarts-seed0")
    line = plain(identity_lines(model(told).runs[told.key], NOW, 60, 2)[0])
    assert line.rstrip() == " llama3-70b-sft-ultrachat…ine-with-restarts-seed0  ● running"


def test_a_short_fact_fills_the_line_that_a_long_one_left() -> None:
    lines = drawn(otter(git={"commit": "1f3a9c2d0055", "branch": "feature/a-branch-with-a-long-name"}), 60, 3)
    assert lines[1:] == [
        " step 1   duration 10m00s   started 2026-08-02 11:51:58",
        " host gpu01   group sweep-3   tags base   notes a baseline",
    ]
