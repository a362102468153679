"""Removing and moving runs: one rename, nothing outside the store, nothing under a live writer by mistake."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from logstore.editing import confined, move, why_busy
from logstore.errors import BadNameError, StorageError, UsageError
from logstore.model.runs import Run
from logstore.store import Store
from logstore.trash import ORIGIN, TRASH, discard, empty, restore, trashed
from tests.logstore.written import Writing, record_of, rows_of, values_of

NOW = 1_790_000_000.0


@pytest.fixture
def run(writing: Writing) -> Run:
    """A finished run with a row."""
    with writing.init(id="r", name="one") as made:
        made.log({"a": 1})
    return Store(writing.root).find("r")


def keys(root: Path) -> list[str]:
    return sorted(Store(root).runs())


def test_what_is_removed_is_gone_whole_and_comes_back_whole(writing: Writing, run: Run) -> None:
    put = discard(writing.root, run, NOW)
    assert keys(writing.root) == []
    assert rows_of(put.content) != []
    (found,) = trashed(writing.root)
    assert found == put
    assert (found.key, found.name, found.time, found.origin) == ("p/r", "one", NOW, "p/r")
    assert restore(writing.root, found) == writing.root / "p" / "r"
    assert keys(writing.root) == ["p/r"]
    assert (trashed(writing.root), list((writing.root / TRASH).iterdir())) == ([], [])


def test_the_trash_is_emptied_for_good(writing: Writing, run: Run) -> None:
    discard(writing.root, run, NOW)
    assert empty(writing.root, trashed(writing.root)) == 1
    assert list((writing.root / TRASH).iterdir()) == []


def test_one_name_may_be_removed_more_than_once(writing: Writing, run: Run) -> None:
    discard(writing.root, run, NOW)
    writing.init(id="r").finish()
    discard(writing.root, Store(writing.root).find("r"), NOW + 1)
    latest, earlier = trashed(writing.root)
    assert (latest.time, earlier.time) == (NOW + 1, NOW)
    restore(writing.root, earlier)
    with pytest.raises(StorageError, match="is there already"):
        restore(writing.root, latest)
    assert len(trashed(writing.root)) == 1
    assert values_of(writing.root / "p" / "r") == {0: {"a": 1}}


def test_a_project_that_is_gone_is_made_again(writing: Writing, run: Run) -> None:
    put = discard(writing.root, run, NOW)
    (writing.root / "p").rmdir()
    assert restore(writing.root, put).is_dir()


def test_a_writer_goes_on_in_the_trash(writing: Writing) -> None:
    live = writing.init(id="r")
    live.log({"a": 1})
    put = discard(writing.root, Store(writing.root).find("r"), NOW)
    live.log({"a": 2})
    live.finish()
    assert not (writing.root / "p" / "r").exists()
    assert values_of(put.content) == {0: {"a": 1}, 1: {"a": 2}}
    assert record_of(put.content)["state"] == "finished"


def test_a_run_that_is_written_is_busy(writing: Writing, run: Run) -> None:
    assert why_busy(run, time.time()) is None
    live = writing.init(id="live")
    busy = why_busy(Store(writing.root).find("live"), time.time())
    assert busy is not None
    assert busy.startswith("it is running: process ")
    (live.path / "run.json").write_text('{"state": "finished"}')
    assert why_busy(Store(writing.root).find("live"), time.time()) == "a live process is writing it"


def test_a_foreign_log_is_removed_alone(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    root.mkdir()
    for name in ("a", "b"):
        (root / f"{name}.jsonl").write_text('{"loss":1}\n')
    os.utime(root / "a.jsonl", (1, 1))
    put = discard(root, Store(root).find("a"), NOW)
    assert keys(root) == ["b"]
    assert put.content.name == "a.jsonl"
    assert restore(root, put) == root / "a.jsonl"


def test_a_name_that_is_no_unicode_comes_back(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    name = os.fsdecode(b"p\xff\x1b[2J")
    (root / "p" / name).mkdir(parents=True)
    (root / "p" / name / "run.json").write_text("{}")
    put = discard(root, Store(root).runs()[f"p/{name}"], NOW)
    assert trashed(root) == [put]
    assert restore(root, put).name == name


def test_nothing_outside_the_store_is_touched(writing: Writing, run: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for root in (outside, run.path, run.path.parent / "r"):
        with pytest.raises(StorageError, match="does not lie in"):
            discard(root, run, NOW)
    assert run.path.is_dir()


def test_a_trash_that_is_a_link_is_refused(writing: Writing, run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "precious").mkdir(parents=True)
    (home / "precious" / ORIGIN).write_text('{"from": "p/x"}')
    (writing.root / TRASH).symlink_to(home)
    for act in (
        lambda: discard(writing.root, run, NOW),
        lambda: trashed(writing.root),
        lambda: empty(writing.root, []),
    ):
        with pytest.raises(StorageError, match="is a symbolic link"):
            act()
    assert (home / "precious").is_dir()
    assert run.path.is_dir()


@pytest.mark.parametrize(
    "origin", ["/etc/evil", "../evil", "p/../../evil", "", ".", "link/evil", "a/link/evil", 7, None, ["x"]]
)
def test_a_made_up_origin_leads_nowhere(writing: Writing, run: Run, tmp_path: Path, origin: object) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (writing.root / "a").mkdir()
    for link in (writing.root / "link", writing.root / "a" / "link"):
        link.symlink_to(outside)
    put = discard(writing.root, run, NOW)
    (put.path / "evil").mkdir()
    (put.path / ORIGIN).write_text(json.dumps({"from": origin}))
    for found in trashed(writing.root):
        with pytest.raises(StorageError):
            restore(writing.root, found)
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"from":' + b"[" * 100_000])
def test_what_was_not_put_there_by_us_is_left_alone(writing: Writing, run: Run, content: bytes) -> None:
    discard(writing.root, run, NOW)
    strange = writing.root / TRASH / "strange"
    strange.mkdir()
    (strange / ORIGIN).write_bytes(content)
    (writing.root / TRASH / "file").touch()
    assert len(trashed(writing.root)) == 1
    assert empty(writing.root, trashed(writing.root)) == 1
    assert strange.is_dir()


def test_links_in_the_trash_are_not_followed(writing: Writing, run: Run, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (run.path / "files").mkdir()
    (run.path / "files" / "link").symlink_to(precious)
    discard(writing.root, run, NOW)
    assert empty(writing.root, trashed(writing.root)) == 1
    assert (precious / "file").exists()


def test_a_store_that_cannot_be_written_keeps_the_run(writing: Writing, run: Run) -> None:
    (writing.root / TRASH).write_text("in the way")
    with pytest.raises(StorageError, match="cannot make the trash"):
        discard(writing.root, run, NOW)
    assert run.path.is_dir()


def test_a_run_moves_to_another_project(writing: Writing, run: Run) -> None:
    path = move(writing.root, run, "done")
    assert path == writing.root / "done" / "r"
    moved = Store(writing.root).find("r")
    assert (moved.key, moved.project, moved.name) == ("done/r", "done", "one")
    assert values_of(path) == {0: {"a": 1}}


@pytest.mark.parametrize("project", ["..", "a/b", "", ".trash", "a\nb", "x" * 200])
def test_a_project_is_one_directory(writing: Writing, run: Run, project: str) -> None:
    with pytest.raises(BadNameError):
        move(writing.root, run, project)
    assert run.path.is_dir()


def test_a_project_that_is_a_link_out_is_refused(writing: Writing, run: Run, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (writing.root / "out").symlink_to(tmp_path / "outside")
    with pytest.raises(StorageError, match="does not lie in"):
        move(writing.root, run, "out")
    assert run.path.is_dir()


def test_no_run_is_moved_over_another(writing: Writing, run: Run) -> None:
    (writing.root / "done" / "r").mkdir(parents=True)
    with pytest.raises(StorageError, match="is there already"):
        move(writing.root, run, "done")
    assert run.path.is_dir()


def test_a_foreign_log_has_no_project(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"loss":1}\n')
    with pytest.raises(UsageError, match="without a directory of its own"):
        move(tmp_path, Store(tmp_path).find("a"), "done")


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_no_name_no_place(tmp_path: Path, name: str) -> None:
    with pytest.raises(StorageError):
        confined(tmp_path, tmp_path / name if name else tmp_path)
