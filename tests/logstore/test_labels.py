"""What a person says of a run afterwards, laid over what its writer says."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from threading import Thread

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.editing import relabel
from logstore.errors import StorageError
from logstore.labels import LABELS_FILE, Labels
from logstore.model.records import RunRecord
from logstore.store import Store
from logstore.writing.writer import RunWriter
from tests.logstore.written import Writing, record_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
TAGS = st.lists(st.sampled_from("abcd"), max_size=3)


def seen(writing: Writing) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Name, notes and tags of the only run, as a reader has them."""
    record = Store(writing.root).find("r").record
    return record.name, record.notes, record.tags


@pytest.fixture
def run(writing: Writing) -> RunWriter:
    return writing.init(id="r", name="one", notes="first", tags=["a", "b"])


def test_labels_lie_over_the_record(writing: Writing, run: RunWriter) -> None:
    relabel(run.path, lambda labels: replace(labels, name="two", notes="second").tagged(["c"], ["a"]))
    assert seen(writing) == ("two", "second", ("b", "c"))
    assert record_of(run.path)["name"] == "one"


def test_what_the_training_says_later_still_counts(writing: Writing, run: RunWriter) -> None:
    relabel(run.path, lambda labels: labels.tagged(["c"], ["a"]))
    run.tags += ("d",)
    run.notes = "from the training"
    run.finish()
    assert seen(writing) == ("one", "from the training", ("b", "d", "c"))


def test_labels_stay_when_the_run_is_continued(writing: Writing, run: RunWriter) -> None:
    relabel(run.path, lambda labels: replace(labels, name="two").tagged(["c"]))
    run.finish()
    writing.init(id="r", resume="must", tags=["x"]).finish()
    assert seen(writing) == ("two", "first", ("x", "c"))


def test_a_follower_sees_a_label_without_a_new_record(writing: Writing, run: RunWriter) -> None:
    now = time.time()
    reader = Store(writing.root).reader()
    assert reader.read().runs[0].record is not None
    relabel(run.path, lambda labels: replace(labels, name="two"))
    reader._clock = lambda: now + 5
    (delta,) = reader.read().runs
    assert delta.record is not None
    assert delta.record.name == "two"
    (run.path / LABELS_FILE).unlink()
    reader._clock = lambda: now + 10
    (delta,) = reader.read().runs
    assert delta.record is not None
    assert delta.record.name == "one"


def test_the_last_word_about_a_tag_counts() -> None:
    labels = Labels().tagged(["a"]).tagged([], ["a"])
    assert (labels.tags_added, labels.tags_removed) == ((), ("a",))
    labels = labels.tagged(["a"])
    assert (labels.tags_added, labels.tags_removed) == (("a",), ())


@given(TAGS, st.lists(st.tuples(TAGS, TAGS), max_size=4))
def test_any_edits_give_the_tags_that_were_asked_for_last(
    first: list[str], edits: list[tuple[list[str], list[str]]]
) -> None:
    labels, wanted = Labels(), set(first)
    for add, remove in edits:
        less = set(remove) - set(add)
        labels = labels.tagged(add, less)
        wanted = (wanted | set(add)) - less
    record = RunRecord(tags=tuple(dict.fromkeys(first)))
    assert set(labels.over(record).tags) == wanted
    assert labels.over(labels.over(record)).tags == labels.over(record).tags


@given(st.dictionaries(st.sampled_from([*Labels().to_json(), "other"]), JSON))
def test_any_json_is_some_labels(raw: dict[str, object]) -> None:
    labels = Labels.from_json(raw)
    assert Labels.from_json(labels.to_json()) == labels
    assert isinstance(labels.over(RunRecord(name="n")).name, str)


def test_fields_that_are_not_ours_are_kept(run: RunWriter) -> None:
    (run.path / LABELS_FILE).write_text('{"colour": "red", "name": "two"}')
    relabel(run.path, lambda labels: replace(labels, name=None, notes="x"))
    assert record_of(run.path, LABELS_FILE) == {"colour": "red", "notes": "x"}


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b""])
def test_labels_that_cannot_be_read_are_not_overwritten(writing: Writing, run: RunWriter, content: bytes) -> None:
    (run.path / LABELS_FILE).write_bytes(content)
    with pytest.raises(StorageError, match=r"labels\.json .*not overwritten"):
        relabel(run.path, lambda labels: replace(labels, name="x"))
    assert (run.path / LABELS_FILE).read_bytes() == content
    found = Store(writing.root).find("r")
    assert found.name == "one"
    assert any("labels.json" in problem for problem in found.problems)


def test_a_run_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot open the run's directory"):
        relabel(tmp_path / "gone", lambda labels: labels)
    assert not (tmp_path / "gone").exists()


def test_a_text_that_is_no_unicode_is_kept_in_words(run: RunWriter) -> None:
    relabel(run.path, lambda labels: replace(labels, name=os.fsdecode(b"a\xff")))
    assert record_of(run.path, LABELS_FILE) == {"name": "a\\udcff"}


def test_edits_at_once_are_all_kept(run: RunWriter) -> None:
    def add(tag: str) -> None:
        relabel(run.path, lambda labels: labels.tagged([tag]))

    threads = [Thread(target=add, args=(f"t{i}",)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(orjson.loads((run.path / LABELS_FILE).read_bytes())["tags_added"]) == sorted(
        f"t{i}" for i in range(16)
    )
    assert not [path for path in run.path.iterdir() if path.name.endswith(".tmp")]
