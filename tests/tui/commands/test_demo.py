import json
import subprocess
import sys
from pathlib import Path

from tests.tui.commands.store_files import Invoke


def test_json_says_what_became_of_the_trainings(invoke: Invoke, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    result = invoke("demo", "--json", "--seconds", "5", "--dir", place)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["dir"] == str(place)
    assert {run["name"] for run in answer["runs"]} >= {"waves-baseline", "spirals-overfit", "letters-long"}
    assert all(run["summary"] for run in answer["runs"])
    assert len(list(place.glob("demo/*/run.json"))) == 6, "what --dir names is kept"


def test_without_a_terminal_the_last_frame_is_printed_and_nothing_is_left(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "demo", "--seconds", "4"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"},
        cwd=Path.cwd(),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 45
    assert "letters-long" in done.stdout
    assert "\x1b" not in done.stdout
    assert list(tmp_path.glob("runwatch-demo-*")) == []


def test_trainings_that_cannot_log_are_one_line(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "demo").touch()
    result = invoke("demo", "--json", "--seconds", "3", "--dir", tmp_path / "store")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("tui: no training has logged anything: ")
    assert result.stderr.count("\n") == 1


def test_a_time_that_makes_no_sense_is_refused(invoke: Invoke) -> None:
    assert invoke("demo", "--seconds", "0").exit_code == 2
