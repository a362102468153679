"""run.json as a record: whatever the file holds."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from logstore.model.liveness import Process
from logstore.model.records import Attempt, Git, Hardware, MetricRule, RunRecord

FULL: dict[str, object] = {
    "format": 1,
    "id": "a1b2",
    "name": "brisk-fox",
    "project": "demo",
    "tags": ["base", "v2"],
    "created": 1_700_000_000,
    "host": "box",
    "pid": 42,
    "boot_id": "b",
    "process_start": 123456,
    "pid_namespace": 4026531836,
    "command": ["python", "train.py"],
    "git": {"commit": "abc", "branch": "main", "dirty": True},
    "hardware": {"cpu": "EPYC", "cores": 8, "memory": 1e9, "gpus": [{"name": "H100"}, "A100", 3.5]},
    "metrics": [{"name": "val/*", "summary": ["min"]}, {"name": "lr", "hidden": True}, {"no": "name"}, 7],
    "attempts": [
        {"started": 1_700_000_100, "pid": 43, "step": 50},
        {"started": 1_700_000_000, "pid": 42, "state": "killed"},
        {"pid": 9},
        "x",
    ],
    "state": "failed",
    "exit_code": 1,
    "error": "boom",
    "colour": "teal",
}


def test_every_field_is_typed() -> None:
    record = RunRecord.from_json(FULL)
    assert (record.id, record.created, record.pid, record.tags) == ("a1b2", 1.7e9, 42, ("base", "v2"))
    assert record.git == Git("abc", "main", None, dirty=True)
    assert record.hardware == Hardware("EPYC", 8, 1e9, ("H100", "A100", "3.5"))
    assert record.metrics == (MetricRule("val/*", summary=("min",)), MetricRule("lr", hidden=True))
    assert record.attempts == (Attempt(1.7e9, Process(42), state="killed"), Attempt(1.7e9 + 100, Process(43), 50))
    assert record.process == Process(43)
    assert record.extra == {"colour": "teal"}
    assert record.notes is None


def test_the_process_is_the_runs_own_without_attempts() -> None:
    record = RunRecord.from_json({**FULL, "attempts": []})
    assert record.process == Process(42, 123456, "b", "box", 4026531836)


def test_resumes_are_later_attempts() -> None:
    assert [attempt.started for attempt in RunRecord.from_json(FULL).resumes] == [1.7e9 + 100]
    assert RunRecord.from_json({"attempts": [{"started": 5}, {"started": 9}]}).resumes == (Attempt(9),)
    assert RunRecord().resumes == ()
    assert RunRecord.from_json(FULL).starts == (1.7e9 + 100,)


def test_the_wrong_type_is_absent_and_kept_aside() -> None:
    wrong: dict[str, object] = {"pid": "42", "tags": 3, "created": "today", "git": [], "exit_code": 1.5, "state": None}
    record = RunRecord.from_json(wrong)
    assert (record.pid, record.tags, record.created, record.git, record.exit_code) == (None, (), None, None, None)
    assert record.extra == wrong


def test_numbers_stand_in_for_text_but_not_the_other_way() -> None:
    record = RunRecord.from_json({"id": 7, "name": 1.5, "signal": 9, "pid": 3.0, "created": math.inf, "cwd": True})
    assert (record.id, record.name, record.signal, record.pid) == ("7", "1.5", "9", 3)
    assert (record.created, record.cwd) == (None, None)


def test_rules_match_a_name_or_a_beginning() -> None:
    assert MetricRule("val/*").matches("val/loss")
    assert MetricRule("*").matches("anything")
    assert not MetricRule("val/loss").matches("val/loss2")


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from([*FULL, "rank", "total_steps", "heartbeat", "signal", "x"])
parts = st.dictionaries(st.sampled_from(["name", "started", "pid", "summary", "gpus", "commit", "cores"]), anything)


@given(st.dictionaries(keys, anything | parts | st.lists(parts, max_size=3)))
def test_no_content_raises(raw: dict[str, object]) -> None:
    record = RunRecord.from_json(raw)
    assert record.process is not None
    assert len(record.resumes) <= len(record.attempts)
    hash(record)
    assert RunRecord.from_row(record.to_row()) == record
