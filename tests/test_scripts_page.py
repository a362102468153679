"""The page for scripts and agents: its examples do what it says, in real shells, over real trainings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parent.parent / "docs" / "scripts.md").read_text("utf-8")
TRAIN, SCRIPT, LIBRARY = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
OBJECT = re.compile(r"^\{(?:[^\n]+|\n.*?^)\}$", re.MULTILINE | re.DOTALL)
"""A JSON object in what a shell printed."""
(SHELL,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with ``train.py`` in it."""
    place = tmp_path_factory.mktemp("afternoon")
    (place / "train.py").write_text(TRAIN)
    return place


def run(place: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """A program in ``place``, as a script starts it: nothing to read, ``python`` and ``tui`` on its path."""
    programs = place / "bin"
    programs.mkdir(exist_ok=True)
    for name, words in {"python": "", "tui": "-m tui"}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        (programs / name).chmod(0o755)
    local = {name: value for name, value in os.environ.items() if name.startswith("LC")}
    known = {"PYTHONPATH": str(Path.cwd()), "HOME": str(place), "LOGSTORE_SILENT": "1", **local}
    return subprocess.run(
        command,
        cwd=place,
        env={
            "PATH": f"{programs}:/usr/bin:/bin",
            **known,
            **{k: v for k, v in os.environ.items() if k.startswith("LC")},
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )


@pytest.fixture(scope="module")
def afternoon(place: Path) -> str:
    """What the commands of the page print, run by a shell that stops at the first that fails."""
    done = run(place, ["sh", "-eu", "-c", SHELL])
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_the_commands_of_the_page_answer_what_it_asks(afternoon: str) -> None:
    best, diff, shown, row, removed = map(json.loads, OBJECT.findall(afternoon))
    assert (best["best"], best["runs"][0]["name"]) == ({"metric": "val/loss", "better": "min"}, "good")
    assert best["runs"][0]["best"]["step"] == 49
    assert [entry["key"] for entry in diff["config"] if entry["section"] == "config"] == ["lr"]
    assert diff["runs"][0]["name"] == "good"
    assert [alert["rule"] for alert in shown["alerts"]] == ["nonfinite"]
    assert row.keys() == {"_step", "_timestamp", "_runtime", "val/loss"}
    assert [run["name"] for run in removed["runs"]] == ["wild"]
    lines = afternoon.splitlines()
    assert sorted(lines[:3]) == ["good  ■ finished", "slow  ■ finished", "wild  ■ finished"]
    assert "_run,_rank,_step,_timestamp,train/loss,val/loss" in lines


@pytest.mark.parametrize("code", [SCRIPT, LIBRARY], ids=["by command", "by library"])
def test_the_python_of_the_page_finds_the_best_run(afternoon: str, place: Path, code: str) -> None:
    done = run(place, ["python", "-c", code])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].startswith("good ")
