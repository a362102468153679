import json
import os
from pathlib import Path

from tests.tui.commands.store_files import Writer
from tui.checks.finding import Finding
from tui.checks.runs import check


def findings(path: Path) -> dict[str, Finding]:
    return {each.name: each for each in check(path)}


def test_runs_and_bytes_are_counted(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    own = {"pid": os.getpid(), "host": os.uname().nodename}
    for number in range(3):
        writer.run(f"r{number}", [{"loss": 1.0}], **(own if number == 0 else {"state": "finished"}))
    found = findings(tmp_path)
    assert found["runs"].what.startswith("3 (1 running), ")
    assert found["runs"].what.endswith("in 9 files")
    assert found["bad lines"] == Finding("store", "bad lines", "ok", "none")


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    found = findings(tmp_path)["runs"]
    assert (found.status, found.what) == ("ok", "none yet")
    assert "tui demo" in (found.advice or "")


def test_bad_lines_are_a_warning_that_names_the_run(tmp_path: Path) -> None:
    path = Writer(tmp_path).run("r", [{"loss": 1.0}], state="finished")
    with (path / "metrics.jsonl").open("a") as file:
        file.write("garbage\n" * 3 + json.dumps({"_step": 9, "loss": 2.0}) + "\n")
    found = findings(tmp_path)["bad lines"]
    assert (found.status, found.what) == ("warn", "3 in 1 runs: demo/r (3)")


def test_what_cannot_be_read_is_a_warning(tmp_path: Path) -> None:
    Writer(tmp_path).run("r", [{"loss": 1.0}])
    (tmp_path / "demo" / "loop").symlink_to(tmp_path)
    found = findings(tmp_path)["problem"]
    assert found.status == "warn"
    assert "symbolic links are not followed" in found.what


def test_no_time_is_an_answer_too(tmp_path: Path) -> None:
    Writer(tmp_path).run("r", [{"loss": 1.0}] * 100, state="finished")
    found = {each.name: each for each in check(tmp_path, seconds=0.0)}
    assert found["runs"].status == "ok"
