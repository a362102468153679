"""Every command that takes a run takes its path: its directory or its rows, absolute or relative, store or none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tui.commands.store_files import Invoke

READING: Sequence[Sequence[str]] = (
    ("show", "{run}"),
    ("tail", "{run}"),
    ("wait", "{run}"),
    ("plot", "val/loss", "{run}"),
    ("tag", "{run}"),
    ("note", "{run}"),
    ("export", "{run}", "--format", "csv", "-o", "-"),
    ("diff", "{run}", "{other}"),
)
CHANGING: Sequence[Sequence[str]] = (
    ("tag", "{run}", "-a", "x"),
    ("note", "{run}", "-m", "x"),
    ("mv", "{run}", "renamed"),
)
FORMS = ("{store}/demo/otter1", "{store}/demo/otter1/", "{store}/demo/otter1/metrics.jsonl", "../runs/demo/otter1")


def called(command: Sequence[str], run: str, store: Path) -> list[str]:
    """A command line about ``run``; where it needs two, about ``ibis2`` too."""
    return [word.format(run=run.format(store=store), other=store / "demo" / "ibis2") for word in command]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("command", [*READING, *CHANGING], ids=" ".join)
def test_a_path_is_a_run_where_no_store_is_named(
    invoke: Invoke, store: Path, command: Sequence[str], form: str
) -> None:
    result = invoke(*called(command, form, store))
    assert (result.exit_code, result.stderr) == (0, "")
    assert any(word in result.stdout for word in ("otter", "renamed", "loss"))


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_path_is_a_run_also_beside_another_store(
    invoke: Invoke, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Sequence[str]
) -> None:
    (tmp_path / "other" / "p").mkdir(parents=True)
    monkeypatch.setenv("LOGSTORE_DIR", str(tmp_path / "other"))
    assert invoke(*called(command, "{store}/demo/otter1", store)).exit_code == 0
    assert invoke(*called(command, "{store}/demo/otter1", store), "--dir", tmp_path / "other").exit_code == 0


@pytest.mark.parametrize("form", [".", "metrics.jsonl", "./metrics.jsonl", "../otter1"])
def test_in_its_own_directory_a_run_is_a_dot(
    invoke: Invoke, store: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.chdir(store / "demo" / "otter1")
    assert json.loads(invoke("show", form, "--json").stdout)["key"] == "demo/otter1"


def test_a_name_in_the_store_comes_before_a_directory_of_that_name(
    invoke: Invoke, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(store / "demo" / "ibis2", tmp_path / "elsewhere" / "otter1")
    monkeypatch.setenv("LOGSTORE_DIR", str(store))
    assert json.loads(invoke("show", "otter1", "--json").stdout)["name"] == "brave-otter"
    assert json.loads(invoke("show", "./otter1", "--json").stdout)["name"] == "fond-ibis"


def test_two_runs_of_one_key_in_two_stores_are_two(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    shutil.copytree(store, tmp_path / "copy")
    (tmp_path / "copy" / "demo" / "otter1" / "config.json").write_text('{"lr": 1.0}')
    paths = [store / "demo" / "otter1", tmp_path / "copy" / "demo" / "otter1"]
    rows = json.loads(invoke("diff", *paths, "--json").stdout)["config"]
    assert [value["value"] for row in rows if row["key"] == "lr" for value in row["values"]] == [3e-4, 1.0]


def test_a_log_that_somebody_else_wrote_is_named_by_its_path(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"step": 1, "loss": 2.5}\n')
    shown = json.loads(invoke("show", tmp_path / "log.jsonl", "--json").stdout)
    assert (shown["foreign"], shown["summary"]["loss"]) == (True, 2.5)
    assert invoke("tail", "../log.jsonl").stdout.startswith("step 1")


def test_what_is_removed_by_its_path_comes_back_by_it(invoke: Invoke, store: Path) -> None:
    path = store / "demo" / "otter1"
    result = invoke("rm", path)
    assert result.exit_code == 0
    assert f"'tui rm --restore demo/otter1 --dir {store}' brings it back" in result.stdout
    assert not path.exists()
    assert list((store / ".trash").iterdir())
    assert invoke("rm", "--restore", path).output == f"demo/otter1 is back in {path}\n"
    assert path.is_dir()
    result = invoke("rm", "--restore", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing called" in result.stderr


def test_what_was_never_removed_has_no_trash_to_come_from(invoke: Invoke, store: Path) -> None:
    result = invoke("rm", "--restore", store / "demo" / "otter1")
    assert (result.exit_code, result.stderr) == (1, f"tui: no directory above {store}/demo/otter1 has a trash\n")


def test_a_run_is_moved_within_its_own_store(invoke: Invoke, store: Path) -> None:
    assert invoke("mv", store / "demo" / "otter1", "done/").exit_code == 0
    assert (store / "done" / "otter1" / "run.json").is_file()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("/nowhere/x", "no run /nowhere/x: there is no such file or directory"),
        ("./x", "no run ./x: there is no such file or directory"),
        (
            "{store}/demo",
            "{store}/demo is a directory, and no run: it has no run.json; name one of its runs, or say --dir",
        ),
        (
            "{store}/notes.txt",
            "{store}/notes.txt is no run: neither a directory with run.json",
        ),
    ],
)
def test_a_path_of_no_run_is_said_to_be_none(invoke: Invoke, store: Path, name: str, why: str) -> None:
    (store / "notes.txt").touch()
    for command in READING:
        result = invoke(*called(command, name, store))
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(f"tui: {why.format(store=store)}")
        assert result.stderr.count("\n") == 1
