"""The rows of runs as they were logged, for an export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from logstore.errors import StoreError
from logstore.model.runs import Run
from logstore.reading.points import metrics_of, portions

START = 1_700_000_000.0


def write(path: Path, rows: list[dict[str, object]], mode: str = "w") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode) as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")


def later(seconds: float = 100.0) -> float:
    """A time at which nobody is writing any more."""
    return 4e9 + seconds


def test_all_rows_of_all_ranks_come_in_file_order(tmp_path: Path) -> None:
    path = tmp_path / "p" / "a"
    write(path / "run.json", [{"id": "a"}])
    write(path / "metrics.jsonl", [{"_step": step, "loss": step / 2} for step in (0, 1, 2, 1, 2)])
    write(path / "metrics.rank3.jsonl", [{"_step": 7, "_timestamp": START, "gap": 1}])
    write(path / "system.box.jsonl", [{"_timestamp": START, "cpu/percent": 3.0}])
    found = list(portions(Run("p/a", path), later))
    steps = [(portion.run, portion.rank, portion.rows.steps.tolist()) for portion in found]
    assert steps == [("p/a", 0, [0, 1, 2, 1, 2]), ("p/a", 3, [7])]
    assert metrics_of(Run("p/a", path), later) == {"loss", "gap"}


def test_a_long_file_comes_in_portions(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    write(path, [{"_step": step, "loss": 1.0, "pad": "x" * 100} for step in range(12_000)])
    found = list(portions(Run("long", path, foreign=True), later))
    assert len(found) > 2
    assert [step for portion in found for step in portion.rows.steps.tolist()] == list(range(12_000))


def test_a_run_that_has_logged_nothing_has_no_portions(tmp_path: Path) -> None:
    write(tmp_path / "a" / "run.json", [{"id": "a"}])
    assert list(portions(Run("p/a", tmp_path / "a"), later)) == []


def test_a_file_that_is_replaced_meanwhile_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    rows: list[dict[str, object]] = [{"_step": step, "pad": "x" * 1000, "loss": 1.0} for step in range(1000)]
    write(path, rows)
    taken: Iterator[object] = portions(Run("long", path, foreign=True), later)
    next(taken)
    write(path.with_suffix(".new"), rows)
    path.with_suffix(".new").rename(path)
    with pytest.raises(StoreError, match=r"long\.jsonl: was replaced while it was read"):
        list(taken)


def test_lines_that_are_no_rows_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"_step":0,"loss":1}\nnonsense\n{"_step":1,"loss":2}\n')
    assert [portion.bad_lines for portion in portions(Run("log", path, foreign=True), later)] == [1]


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write(path / "run.json", [{"id": "a"}])
    (path / "metrics.jsonl").symlink_to("/etc/hostname")
    with pytest.raises(StoreError, match=r"a: metrics\.jsonl: .*symbolic link"):
        list(portions(Run("p/a", path), later))
