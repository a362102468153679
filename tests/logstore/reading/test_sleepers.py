"""Ended runs that the index knows."""

from __future__ import annotations

from pathlib import Path

from logstore.caches.entry import Entry
from logstore.model.records import RunRecord
from logstore.reading.discovery import Found
from logstore.reading.sleepers import Sleepers
from logstore.reading.tail import Look, look


def lay(sleepers: Sleepers, key: str, size: int, *, plan: bool) -> Entry:
    entry = Entry(1, {"metrics.jsonl": Look(1, 2, size, 3)}, RunRecord(name=key, state="finished"))
    sleepers.lay(Found(key, f"/runs/{key}"), entry, plan=plan)
    return entry


def test_each_is_told_of_once() -> None:
    sleepers = Sleepers()
    lay(sleepers, "a", 10, plan=False)
    assert not sleepers.is_told("a")
    (told,) = sleepers.tell()
    assert (told.key, told.record, told.bytes_left) == ("a", RunRecord(name="a", state="finished"), 10)
    assert sleepers.is_told("a")
    assert list(sleepers.tell()) == []


def test_one_that_wakes_before_it_was_told_of_is_told_of_by_its_reader() -> None:
    sleepers = Sleepers()
    entry = lay(sleepers, "a", 10, plan=True)
    assert sleepers.wake("a") == (Found("a", "/runs/a"), entry)
    assert list(sleepers.tell()) == []
    assert sleepers.wake("a") is None


def test_what_is_planned_is_counted_until_it_wakes() -> None:
    sleepers = Sleepers()
    for key, plan in (("a", True), ("b", False), ("c", True)):
        lay(sleepers, key, 10, plan=plan)
    assert (sleepers.planned, sleepers.unread, sleepers.next()) == (2, 20, "a")
    sleepers.wake("a")
    assert sleepers.wake("b") == (Found("b", "/runs/b"), None)
    assert (sleepers.planned, sleepers.unread, sleepers.next()) == (1, 10, "c")
    assert ("a" in sleepers, "c" in sleepers) == (False, True)


def test_a_sleeper_is_the_same_until_its_rows_or_its_directory_change(tmp_path: Path) -> None:
    rows = tmp_path / "metrics.jsonl"
    rows.write_text("{}\n")
    sleepers = Sleepers()
    seen = look(rows)
    assert seen is not None
    sleepers.lay(Found("a", str(tmp_path)), Entry(tmp_path.stat().st_mtime_ns, {rows.name: seen}), plan=False)
    assert sleepers.is_same("a")
    assert not sleepers.is_same("b")
    rows.write_text("{}\n{}\n")
    assert not sleepers.is_same("a")
    sleepers.lay(Found("a", str(tmp_path)), Entry(0, {rows.name: look(rows) or seen}), plan=False)
    assert not sleepers.is_same("a")
