"""What happened to a run, the latest first."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from logstore.model.delta import Event
from tests.tui.store import NOW
from tui.details.event_lines import event_lines, latest_first
from tui.show.spans import cells, plain

EVENTS = [
    Event(NOW - 90_000, "resume", "attempt 2", "after step 4000"),
    Event(NOW - 300, "alert", "val/loss is NaN", "first at step 8100", "ERROR"),
    Event(NOW - 100, "alert", "slow loader", level="WARN"),
    Event(NOW - 100, "note", "", "try a smaller lr"),
    Event(NOW, "artifact", fields={"name": "model:v3"}),
]


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_each_event_has_a_line_with_its_sign_time_and_kind() -> None:
    lines = event_lines(latest_first(EVENTS), NOW, 70)
    assert [plain(line).rstrip() for line in lines] == [
        " ◇     12:01:58  artifact  model:v3",
        " ✎     12:00:18  note        try a smaller lr",
        " ⚠     12:00:18  alert     slow loader",
        " ✖     11:56:58  alert     val/loss is NaN  first at step 8100",
        " ↻ Aug 01 11:01  resume    attempt 2  after step 4000",
    ]
    assert {cells(line) for line in lines} == {70}


def test_errors_and_warnings_have_their_colour() -> None:
    lines = event_lines(EVENTS[1:3], NOW, 60)
    assert [line[1].role for line in lines] == ["bad", "warn"]


def test_of_one_moment_the_later_event_comes_first() -> None:
    assert [event.kind for event in latest_first(EVENTS)] == ["artifact", "note", "alert", "alert", "resume"]


def test_texts_are_cleaned_and_cut() -> None:
    (line,) = event_lines([Event(NOW, "note", "a\x1b[2Jb\nc", "x" * 100)], NOW, 40)
    assert plain(line) == " ✎ 12:01:58  note  a␛[2Jb␊c  xxxxxxxxxx…"


def test_no_events_give_no_lines() -> None:
    assert event_lines([], NOW, 40) == []
