"""``tui rm``, ``trash``, ``mv``, ``tag`` and ``note``: one run at once, more only on purpose, none that is written."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from tests.tui.commands.store_files import HOSTILE, Invoke, Writer, harmless


def keys(invoke: Invoke, store: Path) -> list[str]:
    return sorted(run["key"] for run in json.loads(invoke("ls", store, "--json").stdout)["runs"])


def labels(store: Path, run_id: str) -> dict[str, object]:
    found = json.loads((store / "demo" / run_id / "labels.json").read_text())
    assert isinstance(found, dict)
    return found


@pytest.fixture
def live(writer: Writer) -> Path:
    """A run that this very process writes."""
    return writer.run("live4", [{"loss": 1.0}], host=socket.gethostname(), pid=os.getpid(), name="live-lynx")


def test_one_run_is_removed_at_once_and_comes_back(invoke: Invoke, store: Path) -> None:
    result = invoke("rm", "brave-otter", "--dir", store)
    back = f"tui rm --restore demo/otter1 --dir {store}"
    assert result.output == f"demo/otter1 is in the trash; '{back}' brings it back\n"
    assert keys(invoke, store) == ["demo/evil3", "demo/ibis2"]
    listed = invoke("trash", "--dir", store).stdout
    assert "demo/otter1" in listed
    assert "brave-otter" in listed
    result = invoke("rm", "--restore", "brave-otter", "--dir", store)
    assert result.output == f"demo/otter1 is back in {store}/demo/otter1\n"
    assert len(keys(invoke, store)) == 3
    assert invoke("trash", "--dir", store).stderr == "the trash is empty\n"


def test_several_runs_are_only_listed_until_it_is_meant(invoke: Invoke, store: Path) -> None:
    result = invoke("rm", "brave-otter", "fond-ibis", "--dir", store)
    assert result.exit_code == 0
    assert "demo/otter1" in result.stdout
    assert "✖ failed" in result.stdout
    assert result.stderr == "tui: nothing was done; --yes removes these 2 runs\n"
    assert len(keys(invoke, store)) == 3
    assert invoke("rm", "brave-otter", "fond-ibis", "--dir", store, "--yes").exit_code == 0
    assert keys(invoke, store) == ["demo/evil3"]


def test_a_filter_chooses(invoke: Invoke, store: Path) -> None:
    result = invoke("rm", "--filter", "state=failed", "--dir", store, "--json")
    answer = json.loads(result.stdout)
    assert (answer["dry_run"], answer["refused"]) == (False, [])
    assert [run["key"] for run in answer["runs"]] == ["demo/ibis2"]
    assert Path(answer["runs"][0]["trash"]).is_dir()
    result = invoke("rm", "--filter", "step>=0", "--dir", store, "--json")
    assert json.loads(result.stdout)["dry_run"]
    assert len(keys(invoke, store)) == 2


def test_a_live_run_is_left_alone(invoke: Invoke, store: Path, live: Path) -> None:
    result = invoke("rm", "live-lynx", "fond-ibis", "--yes", "--dir", store)
    assert result.exit_code == 1
    assert result.stderr.startswith(
        f"tui: demo/live4 was left alone: it is running: process {os.getpid()} is alive; --f"
    )
    assert "demo/live4" in keys(invoke, store)
    assert "demo/ibis2" not in keys(invoke, store)
    assert invoke("mv", "live-lynx", "done/", "--dir", store).exit_code == 1
    assert live.is_dir()
    assert invoke("rm", "live-lynx", "--force", "--dir", store).exit_code == 0
    assert "demo/live4" not in keys(invoke, store)


def test_a_live_run_may_be_labelled_and_renamed(invoke: Invoke, store: Path, live: Path) -> None:
    record = (live / "run.json").read_bytes()
    assert invoke("tag", "live-lynx", "-a", "base", "--dir", store).stdout == "demo/live4: base\n"
    assert invoke("note", "live-lynx", "-m", "good", "--dir", store).stdout == "demo/live4: good\n"
    assert invoke("mv", "live-lynx", "best", "--dir", store).stdout == "demo/live4 is best\n"
    assert labels(store, "live4") == {"name": "best", "notes": "good", "tags_added": ["base"]}
    assert (live / "run.json").read_bytes() == record
    shown = json.loads(invoke("show", "best", "--dir", store, "--json").stdout)
    assert (shown["name"], shown["tags"], shown["record"]["notes"]) == ("best", ["base"], "good")


def test_tags_are_added_and_taken_away(invoke: Invoke, store: Path) -> None:
    assert invoke("tag", "brave-otter", "--dir", store).stdout == "demo/otter1: base\n"
    result = invoke("tag", "brave-otter", "-a", "x", "-a", "y", "-r", "base", "--dir", store)
    assert result.stdout == "demo/otter1: x, y\n"
    assert json.loads(invoke("tag", "brave-otter", "--dir", store, "--json").stdout)["runs"][0]["tags"] == ["x", "y"]
    assert invoke("tag", "brave-otter", "-r", "x", "-r", "y", "--dir", store).stdout == "demo/otter1: no tags\n"
    assert invoke("ls", store, "--filter", "tag:base").stdout.count("otter") == 0


def test_several_runs_are_tagged_only_on_purpose(invoke: Invoke, store: Path) -> None:
    result = invoke("tag", "--filter", "step>=0", "-a", "all", "--dir", store)
    assert result.stderr == "tui: nothing was done; --yes tags these 3 runs\n"
    assert not (store / "demo" / "otter1" / "labels.json").exists()
    assert invoke("tag", "--filter", "step>=0", "-a", "all", "--yes", "--dir", store).exit_code == 0
    assert labels(store, "evil3") == {"tags_added": ["all"]}


def test_notes_are_set_added_to_printed_and_cleared(invoke: Invoke, store: Path) -> None:
    assert invoke("note", "brave-otter", "--dir", store).stdout == "demo/otter1: no notes\n"
    invoke("note", "brave-otter", "-m", "one", "--dir", store)
    invoke("note", "brave-otter", "-m", "two", "--append", "--dir", store)
    assert invoke("note", "brave-otter", "--dir", store).stdout == "demo/otter1: one\ndemo/otter1: two\n"
    assert json.loads(invoke("note", "otter1", "--dir", store, "--json").stdout)["runs"][0]["notes"] == "one\ntwo"
    invoke("note", "brave-otter", "-m", "", "--dir", store)
    assert invoke("note", "brave-otter", "--dir", store).stdout == "demo/otter1: no notes\n"


def test_a_run_is_renamed_moved_and_both(invoke: Invoke, store: Path) -> None:
    assert invoke("mv", "brave-otter", "best", "--dir", store).stdout == "demo/otter1 is best\n"
    assert invoke("mv", "best", "fond-ibis", "done/", "--yes", "--dir", store).exit_code == 0
    assert keys(invoke, store) == ["demo/evil3", "done/ibis2", "done/otter1"]
    assert invoke("mv", "best", "paper/first", "--dir", store).exit_code == 0
    shown = json.loads(invoke("show", "first", "--dir", store, "--json").stdout)
    assert (shown["key"], shown["project"], shown["name"]) == ("paper/otter1", "paper", "first")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rm"], "name runs, or choose them with --filter"),
        (["rm", "otter1", "--filter", "a=1"], "name runs, or choose them with --filter"),
        (["rm", "--filter", "a="], "a value after ="),
        (["rm", "--restore"], "name what to bring back"),
        (["mv", "otter1", "fond-ibis", "same"], "2 runs cannot all be called 'same'"),
        (["mv", "otter1", "/"], "'/' is neither a name"),
        (["mv", "otter1", " "], "neither a name, nor PROJECT/"),
        (["tag", "otter1", "-a", " "], "a tag is a word, not nothing"),
        (["tag", "otter1", "-a", "x", "-r", "x"], "a tag cannot be added and removed at once"),
        (["trash", "--older", "soon"], "'soon' is no span of time"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_two(
    invoke: Invoke, store: Path, arguments: list[str], message: str
) -> None:
    result = invoke(*arguments, "--dir", store)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rm", "--filter", "lr>99"], "no run in "),
        (["rm", "nobody"], "no run 'nobody' among the 3"),
        (["rm", "--restore", "nobody"], "nothing called 'nobody' is in the trash"),
        (["mv", "otter1", "../../out/"], "project '../../out' must not contain /"),
        (["mv", "otter1", ".trash/"], "project '.trash' must not begin with a dot"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_one(
    invoke: Invoke, store: Path, arguments: list[str], message: str
) -> None:
    result = invoke(*arguments, "--dir", store)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert len(keys(invoke, store)) == 3


def test_the_trash_is_emptied_only_on_purpose(invoke: Invoke, store: Path) -> None:
    invoke("rm", "brave-otter", "fond-ibis", "--yes", "--dir", store)
    result = invoke("trash", "--empty", "--dir", store)
    assert result.stderr == "tui: nothing was deleted; --yes deletes these 2 runs for good\n"
    assert invoke("trash", "--empty", "--older", "1d", "--yes", "--dir", store).stdout == "deleted 0 runs for good\n"
    answer = json.loads(invoke("trash", "--dir", store, "--json").stdout)
    assert answer["deleted"] == 0
    assert {each["from"] for each in answer["trash"]} == {"demo/otter1", "demo/ibis2"}
    assert all(each["bytes"] > 0 for each in answer["trash"])
    assert invoke("trash", "--empty", "--yes", "--dir", store).stdout == "deleted 2 runs for good\n"
    assert invoke("trash", "--dir", store).stderr == "the trash is empty\n"


def test_hostile_names_are_removed_and_listed_harmlessly(invoke: Invoke, store: Path) -> None:
    outputs = [
        invoke("tag", "evil3", "-a", HOSTILE, "--dir", store),
        invoke("note", "evil3", "-m", HOSTILE, "--dir", store),
        invoke("mv", "evil3", HOSTILE.replace("/", ""), "--dir", store),
        invoke("rm", "evil3", "--dir", store),
        invoke("trash", "--dir", store),
        invoke("trash", "--dir", store, "--json"),
        invoke("rm", "--restore", "evil3", "--dir", store),
        invoke("rm", "--filter", "step>=0", "--dir", store),
    ]
    for result in outputs:
        assert result.exit_code == 0, result.output
        assert harmless(result.output)


def test_a_foreign_log_can_be_removed_but_has_no_labels(invoke: Invoke, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a.jsonl").write_text('{"loss":1}\n')
    os.utime(logs / "a.jsonl", (1, 1))
    result = invoke("tag", "a", "-a", "x", "--dir", logs)
    assert (result.exit_code, result.stderr) == (
        1,
        "tui: a was left alone: it is a log without a directory of its own\n",
    )
    assert invoke("rm", "a", "--dir", logs).exit_code == 0
    assert not (logs / "a.jsonl").exists()


def test_the_run_itself_is_no_store(invoke: Invoke, store: Path) -> None:
    result = invoke("rm", "otter1", "--dir", store / "demo" / "otter1")
    assert result.exit_code == 1
    assert "does not lie in" in result.stderr
