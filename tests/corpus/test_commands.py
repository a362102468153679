"""The plain output, the colours and the JSON of every subcommand against every payload."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from tests.corpus.commands import OTHERS, call, complaints, of_change, of_run, of_store, of_text
from tests.corpus.hostile import LEGAL_NAMES, PAYLOADS, everywhere, in_turn, write_run
from tests.corpus.test_exports import FORMULA
from tui.cli import COMMANDS
from tui.plain import output

STEP = 12


def as_typed(text: str) -> str:
    """``text`` as a shell hands it over."""
    return os.fsdecode(text.encode("utf-8", "surrogatepass").replace(b"\x00", b""))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run for each payload, which has it everywhere."""
    root = tmp_path_factory.mktemp("hostile") / "runs"
    for number, text in enumerate(PAYLOADS.values()):
        write_run(root, number, everywhere(text))
    return root


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few runs with all payloads in some place each."""
    root = tmp_path_factory.mktemp("mixed") / "runs"
    for start in range(0, len(PAYLOADS), STEP):
        write_run(root, start, in_turn(start))
    return root


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of anybody's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("LOGSTORE_DIR", raising=False)


def test_what_is_said_of_a_store(store: Path) -> None:
    for arguments in of_store(store):
        result = call(arguments)
        assert complaints(arguments, result) == []
        assert result.exit_code == 0 or arguments[0] in {"doctor", "rm", "wait"}, (arguments, result.output)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), STEP))
def test_what_is_said_of_a_run(mixed: Path, start: int) -> None:
    for arguments in of_run(mixed, f"demo/run{start}", "demo/run0" if start else f"demo/run{STEP}"):
        result = call(arguments)
        assert complaints(arguments, result) == []
        assert result.exit_code == 0, (arguments, result.output)


def test_what_is_said_in_colours(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "colours", lambda *_: True)
    monkeypatch.setattr(output, "terminal_width", lambda *_: 100)
    for arguments in [*of_store(mixed), *of_run(mixed, "demo/run0", f"demo/run{STEP}")]:
        if "--json" not in arguments:
            assert complaints(arguments, call(arguments), colours=True) == []


@pytest.mark.parametrize("what", PAYLOADS)
def test_what_is_said_of_a_change(tmp_path: Path, what: str) -> None:
    text = as_typed(PAYLOADS[what])
    write_run(tmp_path / "runs", 0, everywhere(PAYLOADS[what]))
    for arguments in of_change(tmp_path / "runs", "demo/run0", text, tmp_path):
        assert complaints(arguments, call(arguments)) == []
    with (tmp_path / "all.csv").open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert len(cells) > 100
    assert not any(FORMULA.match(cell) for cell in cells)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.csv", "all.jsonl", "all.parquet", "runs"]


def test_every_command_is_judged() -> None:
    places = (Path("runs"), "demo/run0", "demo/run1")
    asked = [*of_store(places[0]), *of_run(*places), *of_text(places[0], "x"), *of_change(*places[:2], "x", Path())]
    assert {arguments[0] for arguments in asked} | OTHERS.keys() == set(COMMANDS)


def test_json_says_exactly_what_was_in_the_files(store: Path) -> None:
    runs = json.loads(call(["ls", str(store), "--json"]).stdout)["runs"]
    told = {run["key"]: run for run in runs}
    for number, text in enumerate(PAYLOADS.values()):
        run = told[f"demo/run{number}"]
        assert (run["group"], run["job_type"], run["config"]["text"]) == (text, text, text)
        assert run["summary"][text] == text or text in {"", "loss"}


@pytest.mark.parametrize("what", PAYLOADS)
def test_what_is_said_of_a_text_that_was_typed(mixed: Path, what: str) -> None:
    text = as_typed(PAYLOADS[what])
    for arguments in of_text(mixed, text):
        assert complaints(arguments, call(arguments)) == []


def test_names_of_files_and_directories(tmp_path: Path) -> None:
    for name in LEGAL_NAMES.values():
        run = tmp_path / "runs" / name / name
        (run / "files" / name).mkdir(parents=True)
        (run / "run.json").write_text("{}")
        (run / f"system.{name}.jsonl").write_text('{"_timestamp": 1790000000, "cpu/percent": 1}\n')
        (run / "files" / name / name).touch()
        (tmp_path / "runs" / f"{name}.jsonl").write_text('{"loss": 1}\n')
    for arguments in of_store(tmp_path / "runs"):
        assert complaints(arguments, call(arguments)) == []
    for name in LEGAL_NAMES.values():
        arguments = ["show", "--dir", str(tmp_path / "runs"), "--", f"{name}/{name}"]
        result = call(arguments)
        assert complaints(arguments, result) == []
        assert result.exit_code == 0, result.output
