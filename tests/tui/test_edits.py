"""What a person changes about runs, told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from logstore.model.runs import Run
from logstore.store import Store
from logstore.trash import trashed
from tests.tui.commands.store_files import START, Writer
from tui import edits

NOW = START + 1000


@pytest.fixture
def store(tmp_path: Path) -> Path:
    writer = Writer(tmp_path / "runs")
    for name in ("otter", "lynx"):
        writer.run(name, [{"loss": 1.0}], name=name, state="finished", tags=["old"])
    return writer.root


def runs(store: Path) -> dict[str, Run]:
    return {run.name: run for run in Store(store).runs().values()}


def test_one_and_more_runs_are_told(store: Path) -> None:
    found = runs(store)
    assert edits.tag([found["otter"]], "base -old") == "tagged otter"
    assert edits.tag(list(found.values()), "all") == "tagged 2 runs"
    assert edits.note(list(found.values()), "n") == "noted 2 runs"
    assert edits.rename(found["lynx"], " best ") == "renamed lynx"
    after = runs(store)
    assert (after["otter"].record.tags, after["otter"].record.notes) == (("base", "all"), "n")
    assert after["best"].record.tags == ("old", "all")
    assert edits.remove([after["otter"]], store, NOW) == "otter is in the trash; 'tui rm --restore' brings back"


def test_what_is_left_alone_is_told_with_the_reason(store: Path, tmp_path: Path) -> None:
    found = runs(store)
    assert edits.rename(found["otter"], "  ") == "a run needs a name"
    (tmp_path / "a.jsonl").write_text('{"loss":1}\n')
    (bare,) = Store(tmp_path / "a.jsonl").runs().values()
    assert edits.tag([bare], "x") == "left alone: a: it is a log without a directory of its own"
    found["lynx"].path.rename(tmp_path / "away")
    told = edits.remove(list(found.values()), store, NOW)
    assert told.startswith("otter is in the trash")
    assert "left alone: lynx: cannot move to the trash:" in told
    assert "No such file or directory" in told


def test_of_several_stores_each_has_its_own_trash(store: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert "is in the trash" in edits.remove([runs(store)["otter"]], elsewhere, NOW)
    assert [each.name for each in trashed(store)] == ["otter"]
    assert list(elsewhere.iterdir()) == []
