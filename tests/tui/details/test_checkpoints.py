"""The last checkpoint in a run's directory, whatever it is called, and nothing outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.details import checkpoints
from tui.details.checkpoints import last_checkpoint


def put(path: Path, time: float, size: int = 10) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (time, time))
    return path


@pytest.mark.parametrize(
    "name", ["last.ckpt", "files/model.pt", "a/b/c/best.pth", "w.safetensors", "model.pth.tar", "out/MODEL.H5"]
)
def test_files_with_the_usual_names(tmp_path: Path, name: str) -> None:
    put(tmp_path / "metrics.jsonl", 999)
    put(tmp_path / "older.ckpt", 5)
    put(tmp_path / name, 10)
    found = last_checkpoint(tmp_path)
    assert found is not None
    assert (found.name, found.size, found.time) == (name, 10, 10.0)


@pytest.mark.parametrize("name", ["checkpoint-500", "global_step12", "epoch=3", "files/step_900"])
def test_a_directory_of_a_step_is_one_checkpoint(tmp_path: Path, name: str) -> None:
    put(tmp_path / name / "weights.bin", 5)
    os.utime(tmp_path / name, (50, 50))
    found = last_checkpoint(tmp_path)
    assert found is not None
    assert (found.name, found.size, found.time) == (name, 0, 50.0)


def test_none_is_none(tmp_path: Path) -> None:
    put(tmp_path / "config.json", 5)
    put(tmp_path / ".hidden" / "x.ckpt", 5)
    put(tmp_path / "a" / "b" / "c" / "d" / "e" / "too-deep.ckpt", 5)
    assert last_checkpoint(tmp_path) is None
    assert last_checkpoint(tmp_path / "gone") is None


def test_links_lead_nowhere(tmp_path: Path) -> None:
    put(tmp_path / "outside" / "secret.ckpt", 5)
    run = tmp_path / "run"
    run.mkdir()
    (run / "link").symlink_to(tmp_path / "outside")
    (run / "file.ckpt").symlink_to(tmp_path / "outside" / "secret.ckpt")
    (run / "loop").symlink_to(run)
    os.mkfifo(run / "pipe.ckpt")
    assert last_checkpoint(run) is None


def test_it_does_not_look_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "MOST_ENTRIES", 3)
    for i in range(10):
        put(tmp_path / f"d{i}" / "x.ckpt", i)
    assert last_checkpoint(tmp_path) is None
