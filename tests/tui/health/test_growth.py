"""``tui.health.growth``: real directories that grow, shrink, are huge, or are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from logstore.model.runs import Run
from tui.health.growth import AGAIN, MOST_ENTRIES, Growth, places


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "lab" / "otter"
    (path / "files" / "step_100").mkdir(parents=True)
    (path / "console.log").write_text("begin\n")
    return path


def look(growth: Growth, run: Path, tick: int) -> float | None:
    return growth.look({"lab/otter": run}, tick * AGAIN).get("lab/otter")


def test_a_first_look_says_nothing(run: Path) -> None:
    assert look(Growth(), run, 1) is None


@pytest.mark.parametrize("name", ["console.log", "files/step_100/model.bin", "files/new.bin"])
def test_what_grows_is_seen(run: Path, name: str) -> None:
    growth = Growth()
    look(growth, run, 1)
    with (run / name).open("a") as file:
        file.write("x" * 100)
    assert look(growth, run, 2) == 2 * AGAIN
    assert look(growth, run, 3) == 2 * AGAIN


@pytest.mark.parametrize("name", ["metrics.jsonl", "metrics.rank3.jsonl", "system.gpu01.jsonl", "events.jsonl"])
def test_rows_telemetry_and_our_own_lines_do_not_count(run: Path, name: str) -> None:
    growth = Growth()
    look(growth, run, 1)
    (run / name).write_text("{}\n")
    assert look(growth, run, 2) is None


def test_what_shrinks_does_not_grow(run: Path) -> None:
    growth = Growth()
    look(growth, run, 1)
    (run / "console.log").write_text("")
    assert look(growth, run, 2) is None


def test_a_directory_is_looked_at_only_now_and_then(run: Path) -> None:
    growth = Growth()
    look(growth, run, 1)
    (run / "files" / "new.bin").write_text("x")
    assert growth.look({"lab/otter": run}, AGAIN + 1.0) == {}
    assert look(growth, run, 2) == 2 * AGAIN


def test_a_run_that_is_not_asked_about_is_forgotten(run: Path) -> None:
    growth = Growth()
    look(growth, run, 1)
    growth.look({}, 2 * AGAIN)
    (run / "files" / "new.bin").write_text("x")
    assert look(growth, run, 3) is None


def test_a_directory_that_is_gone_or_huge_is_no_trouble(tmp_path: Path, run: Path) -> None:
    growth = Growth()
    assert growth.look({"gone": tmp_path / "gone"}, 0.0) == {}
    for number in range(MOST_ENTRIES + 10):
        (run / "files" / str(number)).touch()
    assert look(growth, run, 1) is None


def test_links_are_not_followed(run: Path) -> None:
    (run / "files" / "loop").symlink_to(run)
    (run / "files" / "away").symlink_to("/usr")
    growth = Growth()
    look(growth, run, 1)
    assert look(growth, run, 2) is None


def test_a_foreign_run_is_looked_for_where_its_log_lies() -> None:
    ours, foreign = Run("lab/a", Path("/s/lab/a")), Run("x/log", Path("/s/x/log.jsonl"), foreign=True)
    runs = {run.key: run for run in (ours, foreign)}
    assert places(runs, ["lab/a", "x/log", "gone"]) == {"lab/a": Path("/s/lab/a"), "x/log": Path("/s/x")}
