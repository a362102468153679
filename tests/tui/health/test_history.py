"""``tui.health.history``: the log of alerts, and the lines in a run's events."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from logstore.model.records import RunRecord
from logstore.model.runs import Run
from logstore.store import Store
from tests.tui.notify.messages import START, change
from tui.health.history import AlertLog, append, row, still_open


def stored(tmp_path: Path) -> Run:
    path = tmp_path / "lab" / "otter"
    path.mkdir(parents=True, exist_ok=True)
    (path / "run.json").write_text(json.dumps({"format": 1, "id": "otter", "project": "lab", "created": START}))
    (path / "metrics.jsonl").write_text(json.dumps({"_step": 0, "_timestamp": START, "loss": 2.0}) + "\n")
    return Store(tmp_path).find("otter")


def test_the_log_keeps_the_latest_steps() -> None:
    log = AlertLog(size=3)
    log.add([replace(change(), time=float(number)) for number in range(5)])
    assert [step.time for step in log.changes] == [2.0, 3.0, 4.0]
    assert len(log) == len(log.of("lab/otter")) == 3
    assert log.of("lab/lynx") == []


def test_a_step_is_an_event_as_the_format_has_it(tmp_path: Path) -> None:
    run = stored(tmp_path)
    assert append(run, change()) is None
    assert append(run, change("cleared")) is None
    raised, cleared = stored(tmp_path).events
    assert (raised.kind, raised.level, raised.title) == ("alert", "WARN", "no step for 1m12s")
    assert raised.fields["rule"] == "stall"
    assert (cleared.level, cleared.title) == ("INFO", "cleared after 1m12s: no step for 1m12s")
    assert cleared.fields["seconds"] == 72.0


def test_only_what_is_open_is_still_open(tmp_path: Path) -> None:
    run = stored(tmp_path)
    for step in (
        change(rule="stall"),
        change(rule="thermal", subject="0"),
        change("cleared", rule="stall"),
        change(rule="crashed"),
    ):
        append(run, step)
    (alert,) = still_open(stored(tmp_path))
    assert (alert.rule, alert.subject, alert.since, alert.level) == ("thermal", "0", START, "WARN")


@pytest.mark.parametrize(
    ("rule", "subject"),
    [("hardware", "0 xid 79"), ("hardware", "node7 0:1 xid 31"), ("host_memory", "oom"), ("host_memory", "node7 oom")],
)
def test_what_happened_at_one_moment_is_not_open(tmp_path: Path, rule: str, subject: str) -> None:
    """It is never cleared: a watcher that took it over would clear it hours later."""
    append(stored(tmp_path), change(rule=rule, subject=subject))
    assert still_open(stored(tmp_path)) == []


@pytest.mark.parametrize("subject", ["0", "node7 0", "0 recovery", "0 ecc"])
def test_a_device_that_is_lost_is_open(tmp_path: Path, subject: str) -> None:
    append(stored(tmp_path), change(rule="hardware", subject=subject))
    assert [alert.subject for alert in still_open(stored(tmp_path))] == [subject]


def test_two_watchers_of_one_store_write_a_step_once(tmp_path: Path) -> None:
    run, step = stored(tmp_path), change(subject="0")
    later = replace(step, time=step.time + 2)
    for told in (
        step,
        change(subject="1"),
        later,
        change("cleared", subject="0"),
        later,
        replace(step, time=START + 900),
    ):
        assert append(run, told) is None
    found = [(event.fields["what"], event.fields["subject"]) for event in stored(tmp_path).events]
    assert found == [("raised", "0"), ("raised", "1"), ("cleared", "0"), ("raised", "0"), ("raised", "0")]


def test_what_the_training_logged_is_not_written_twice(tmp_path: Path) -> None:
    run = stored(tmp_path)
    assert append(run, change(rule="logged")) is None
    assert not (run.path / "events.jsonl").exists()


def test_a_foreign_run_has_no_events_file(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text('{"step": 1, "loss": 2.0}\n')
    (run,) = Store(tmp_path).runs().values()
    assert append(run, change()) is None
    assert [path.name for path in tmp_path.iterdir()] == ["train.jsonl"]


def test_a_link_is_not_followed_and_a_full_disk_is_told(tmp_path: Path) -> None:
    run = stored(tmp_path)
    (run.path / "events.jsonl").symlink_to(tmp_path / "elsewhere")
    problem = append(run, change())
    assert problem is not None
    assert str(run.path / "events.jsonl") in problem
    assert not (tmp_path / "elsewhere").exists()
    away = Run("lab/gone", tmp_path / "lab" / "gone")
    away.record = RunRecord()
    assert append(away, change()) == f"{tmp_path}/lab/gone/events.jsonl: No such file or directory"


def test_odd_events_of_somebody_else_break_nothing(tmp_path: Path) -> None:
    run = stored(tmp_path)
    odd = [{"kind": "alert", "rule": 3, "what": None, "since": "x", "level": "LOUD", "_timestamp": START}]
    (run.path / "events.jsonl").write_text("".join(json.dumps(each) + "\n" for each in odd))
    (alert,) = still_open(stored(tmp_path))
    assert (alert.rule, alert.level, alert.since) == ("3", "INFO", START)


def test_a_row_is_flat() -> None:
    assert all(isinstance(value, str | float) for value in row(change("cleared")).values())


def test_a_pipe_in_the_place_of_the_events_is_not_waited_for(tmp_path: Path) -> None:
    """A FIFO that nobody reads once made the guard wait for ever."""
    run = stored(tmp_path)
    os.mkfifo(run.path / "events.jsonl")
    assert append(run, change()) == f"{run.path}/events.jsonl: no regular file"


def test_a_text_that_is_no_unicode_is_an_event_in_words(tmp_path: Path) -> None:
    """A lone surrogate, which lenient JSON lets through, once ended the guard."""
    run = stored(tmp_path)
    assert append(run, change(title="a\ud800")) is None
    assert stored(tmp_path).events[0].title == "a\\ud800"
