"""Runs that are named by where they are."""

import os
from pathlib import Path

import pytest

from tui.plain.run_paths import complaint, home_of, is_path, run_at


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of ours, as it lies in a store."""
    path = tmp_path / "runs" / "mine" / "k3x9"
    path.mkdir(parents=True)
    for name in ("run.json", "metrics.jsonl", "metrics.rank3.jsonl", "weights.bin"):
        (path / name).touch()
    (tmp_path / "runs" / "notes.txt").touch()
    return path


@pytest.mark.parametrize("name", ["", "run.json", "metrics.jsonl", "metrics.rank3.jsonl", "weights.bin"])
def test_the_directory_of_a_run_and_its_files_are_the_run(run: Path, name: str) -> None:
    assert run_at(str(run / name)) == run


def test_a_path_may_be_relative_and_go_through_links(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(run.parent)
    monkeypatch.chdir(run)
    assert run_at(".") == run_at("../k3x9/") == run_at(str(tmp_path / "link" / "k3x9")) == run
    monkeypatch.chdir(run.parent)
    assert run_at("k3x9") == run_at("k3x9/metrics.jsonl") == run


def test_somebody_elses_log_is_a_run_and_so_is_a_directory_with_one(tmp_path: Path) -> None:
    (tmp_path / "exp").mkdir()
    (tmp_path / "exp" / "log.jsonl").touch()
    assert (
        run_at(str(tmp_path / "exp" / "log.jsonl")) == run_at(str(tmp_path / "exp")) == tmp_path / "exp" / "log.jsonl"
    )
    (tmp_path / "exp" / "other.jsonl").touch()
    assert run_at(str(tmp_path / "exp")) is None
    (tmp_path / "exp" / "metrics.jsonl").touch()
    assert run_at(str(tmp_path / "exp")) == tmp_path / "exp" / "metrics.jsonl"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere", "there is no such file or directory"),
        ("runs/mine", "is a directory, and no run: it has no run.json"),
        ("runs/notes.txt", "is no run: neither a directory with run.json nor a log"),
        ("nul\0", "there is no such file or directory"),
    ],
)
def test_what_is_no_run_is_none_and_the_complaint_says_why(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_at(name) is None
    assert why in complaint(name)
    assert name in complaint(name)


def test_a_pipe_is_no_run(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert run_at(str(tmp_path / "pipe.jsonl")) is None


@pytest.mark.parametrize("text", [".", "..", "/x", "./x", "../x"])
def test_what_can_be_nothing_but_a_path(text: str) -> None:
    assert is_path(text)


@pytest.mark.parametrize("text", ["", "otter", "mine/k3x9", ".hidden", "~/x"])
def test_what_may_be_a_name(text: str) -> None:
    assert not is_path(text)


def test_the_store_of_a_run_is_two_levels_up_and_that_of_a_log_its_directory(run: Path) -> None:
    assert home_of(run) == run.parent.parent
    assert home_of(run / "metrics.jsonl") == run
