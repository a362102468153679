"""The trainings beside the check, with interpreters that cannot train."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.gpu_load import TrainingFailed, train, working
from benchmarks.gpu_training import complaint


def interpreter(directory: Path, *commands: str) -> str:
    """A program in the place of Python that does these commands of the shell."""
    python = directory / "python"
    python.write_text("\n".join(["#!/bin/sh", *commands, ""]))
    python.chmod(0o755)
    return str(python)


def test_a_load_that_ends_at_once_is_told_by_its_last_word(tmp_path: Path) -> None:
    with working(interpreter(tmp_path, "echo 'No module named numpy' >&2", "exit 1")) as load:
        assert load.where == "nothing: No module named numpy"
        assert load.pid is None


def test_a_load_is_there_when_it_says_so_and_ends_with_the_measuring(tmp_path: Path) -> None:
    with working(interpreter(tmp_path, "echo 'PyTorch on a GPU'", "exec sleep 600")) as load:
        assert load.where == "PyTorch on a GPU"
        assert load.pid is not None
        assert Path(f"/proc/{load.pid}").exists()
    assert not Path(f"/proc/{load.pid}").exists()


def test_a_training_that_fails_is_told_by_its_last_word(tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match=r"^No module named numpy$"):
        train(interpreter(tmp_path, "echo trouble >&2", "echo 'No module named numpy' >&2", "exit 1"), 1.0, 1)
    with pytest.raises(TrainingFailed, match=r"^it ended with 3$"):
        train(interpreter(tmp_path, "exit 3"), 1.0, 1)


def test_what_a_training_says_last_is_its_answer(tmp_path: Path) -> None:
    assert train(interpreter(tmp_path, "echo hello", """echo '{"ratios": [1.0]}'"""), 1.0, 1) == {"ratios": [1.0]}


def test_a_sampler_without_gpus_is_not_passed_over(tmp_path: Path) -> None:
    assert complaint(tmp_path) is None
    row = {"_timestamp": 1.0, "kind": "state", "gpu": "unavailable", "why": "nvidia-ml-py is not installed"}
    text = json.dumps(row, separators=(",", ":"))
    (tmp_path / "system.host.jsonl").write_text(f'{{"_timestamp":0.5,"cpu/percent":3}}\n{text}\n')
    assert complaint(tmp_path) == "unavailable: nvidia-ml-py is not installed"
