"""The index of a store: what it remembers, what it forgets, and what it does not believe."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from logstore.caches.entry import Entry
from logstore.caches.index import StoreIndex
from logstore.model.records import RunRecord
from logstore.reading.discovery import Found
from logstore.reading.tail import Look, look

RAW: dict[str, object] = {
    "id": "a1",
    "name": "fox",
    "tags": ["x"],
    "created": 5,
    "git": {"commit": "abc"},
    "hardware": {"cpu": "EPYC", "gpus": ["H100"]},
    "metrics": [{"name": "val/*", "summary": ["min"]}],
    "attempts": [{"started": 5, "pid": 7}],
    "state": "finished",
    "colour": "teal",
}


def entry(name: str = "fox") -> Entry:
    return Entry(
        7,
        {"run.json": Look(1, 2, 3, 4), "metrics.jsonl": Look(1, 3, 500, 8_000_000_000)},
        RunRecord.from_json({**RAW, "name": name}),
        {"lr": 0.1, "nested": {"odd": [math.inf]}},
        None,
        {"loss": {"min": 0.5}, "bad": -math.inf, "_step": 9},
        is_exact=True,
    )


@pytest.fixture
def index(tmp_path: Path) -> StoreIndex:
    return StoreIndex(tmp_path / "cache", tmp_path / "runs")


def again(index: StoreIndex, root: str = "runs") -> StoreIndex:
    return StoreIndex(index.path.parent, index.path.parent.parent / root)


def test_what_was_saved_is_there_for_the_next(index: StoreIndex) -> None:
    index.put("demo/a1", entry())
    assert index.get("demo/a1") == entry()
    changed = [index.is_changed]
    index.save({"demo/a1"})
    assert [*changed, index.is_changed] == [True, False]
    found = again(index).get("demo/a1")
    assert found == entry()
    assert found is not None
    assert found.record is not None
    assert found.record.extra == {"colour": "teal"}
    assert len(again(index)) == 1


def test_stores_do_not_see_each_others_runs(index: StoreIndex) -> None:
    index.put("demo/a1", entry())
    index.save({"demo/a1"})
    assert again(index, "other").get("demo/a1") is None


def test_only_runs_that_are_still_there_are_kept(index: StoreIndex) -> None:
    for key in ("a", "b", "c"):
        index.put(key, entry(key))
    index.save({"a", "b", "c"})
    index.put("d", entry("d"))
    index.save({"b", "d"})
    assert [key for key in "abcd" if again(index).get(key) is not None] == ["b", "d"]


def test_nothing_new_is_nothing_to_save(index: StoreIndex) -> None:
    index.put("a", entry())
    index.save({"a"})
    index.put("a", entry())
    assert not index.is_changed
    index.put("a", entry("owl"))
    assert index.is_changed


def test_what_cannot_be_written_is_left_out(index: StoreIndex) -> None:
    index.put("bad\udcff", entry())
    index.put("worse", Entry(1, {}, config={"x": "\udcff"}))
    index.put("good", entry())
    index.save({"bad\udcff", "worse", "good"})
    assert len(again(index)) == 1


def test_a_damaged_entry_is_forgotten_and_the_others_stand(index: StoreIndex) -> None:
    for key in ("a", "b"):
        index.put(key, entry(key))
    index.save({"a", "b"})
    text = index.path.read_bytes()
    index.path.write_bytes(text[:-5] + bytes([text[-5] ^ 1]) + text[-4:])
    assert again(index).get("a") == entry("a")
    assert again(index).get("b") is None


@pytest.mark.parametrize("damage", ["cut", "longer", "empty", "header", "version", "counts", "folder", "noise"])
def test_a_damaged_file_is_no_index(index: StoreIndex, damage: str) -> None:
    index.put("a", entry())
    index.save({"a"})
    header, body = index.path.read_bytes().split(b"\n", 1)
    told = orjson.loads(header)
    texts = {
        "cut": header + b"\n" + body[:-1],
        "longer": header + b"\n" + body + b"x",
        "empty": b"",
        "header": header[:-3] + b"\n" + body,
        "version": orjson.dumps({**told, "runwatch index": 99}) + b"\n" + body,
        "counts": orjson.dumps({**told, "checks": []}) + b"\n" + body,
        "folder": None,
        "noise": bytes(range(256)) * 9,
    }
    text = texts[damage]
    index.path.unlink()
    if text is None:
        index.path.mkdir()
    else:
        index.path.write_bytes(text)
    assert again(index).get("a") is None
    assert len(again(index)) == 0


def test_an_index_of_somebody_else_is_none(index: StoreIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index.put("p/a", entry())
    index.save({"p/a"})
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    assert again(index).get("p/a") is None


def test_a_run_is_told_from_its_entry_alone() -> None:
    delta = entry().to_delta(Found("demo/a1", "/runs/demo/a1"))
    assert (delta.key, delta.path, delta.record) == ("demo/a1", "/runs/demo/a1", entry().record)
    assert (delta.bytes_left, delta.last_write, delta.foreign) == (500, 8.0, False)
    assert delta.headline == entry().headline


def test_an_entry_is_true_while_directory_and_rows_are_the_same(tmp_path: Path) -> None:
    rows = tmp_path / "metrics.jsonl"
    rows.write_text("{}\n")
    found, seen = Found("demo/a1", str(tmp_path)), look(rows)
    assert seen is not None
    known = Entry(tmp_path.stat().st_mtime_ns, {"metrics.jsonl": seen})
    assert known.is_true(found)
    with rows.open("a") as file:
        file.write("{}\n")
    assert not known.is_true(found)
    now = look(rows)
    assert now is not None
    known = Entry(tmp_path.stat().st_mtime_ns, {"metrics.jsonl": now})
    assert known.is_true(found)
    (tmp_path / "config.json").write_text("{}")
    assert not known.is_true(found)
    assert not known.is_true(Found("demo/a1", str(tmp_path / "gone")))


def test_an_entry_of_one_file_is_true_while_all_it_has_is_the_same(tmp_path: Path) -> None:
    rows, config = tmp_path / "log.jsonl", tmp_path / "config.yaml"
    rows.write_text("{}\n")
    config.write_text("lr: 1\n")
    looks = {path.name: seen for path in (rows, config) if (seen := look(path)) is not None}
    found = Found("log", str(rows), is_file=True)
    assert Entry(-1, looks).is_true(found)
    (tmp_path / "other.jsonl").write_text("")
    assert Entry(-1, looks).is_true(found)
    config.write_text("lr: 22\n")
    assert not Entry(-1, looks).is_true(found)


def test_the_hint_of_what_is_in_the_file_and_none_of_what_is_not(index: StoreIndex) -> None:
    index.put("a", replace(entry(), listed_ns=1_795_165_692_778_645_354))
    index.put("b", replace(entry(), listed_ns=7))
    assert index.listed_ns("a") is None
    index.save({"a", "b"})
    assert [index.listed_ns(key) for key in "abc"] == [1_795_165_692_778_645_354, 7, None]
