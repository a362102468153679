"""``tui.health.board``: raised once, cleared once, with how long it lasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.health.alert import Alert, Change, Finding
from tui.health.board import LONGEST, Board, Found


def found(title: str = "hot", level: str = "WARN", hold: float = 0.0, **finding: object) -> Found:
    return Found("thermal", Finding(title, "because", level, **finding), hold)  # type: ignore[arg-type]


def told(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    return [(change.what, change.alert.level) for change in changes]


def test_it_is_raised_once_and_cleared_once_with_its_duration() -> None:
    board = Board(release=30)
    assert told(board.update([found(since=90.0)], 100.0)) == [("raised", "WARN")]
    for now in range(101, 160):
        assert board.update([found()], float(now)) == ()
    for now in range(160, 189):
        assert board.update([], float(now)) == ()
    (change,) = board.update([], 189.0)
    assert change.what == "cleared"
    assert change.text == "cleared after 1m09s: hot"
    assert (change.alert.since, change.alert.cleared) == (90.0, 159.0)
    assert board.alerts == []
    assert board.update([], 300.0) == ()


def test_a_short_gap_does_not_clear_it() -> None:
    board = Board(release=30)
    board.update([found()], 0.0)
    for now in range(1, 300):
        assert board.update([found()] if now % 20 == 0 else [], float(now)) == ()


def test_it_is_held_back_until_it_lasts() -> None:
    board = Board()
    assert board.update([found(hold=3.0)], 0.0) == ()
    assert board.update([], 1.0) == ()
    assert board.update([found(hold=3.0)], 2.0) == ()
    assert board.update([found(hold=3.0)], 4.0) == ()
    assert board.alerts == []
    (change,) = board.update([found(hold=3.0)], 5.0)
    assert (change.what, change.alert.since, change.alert.raised) == ("raised", 2.0, 5.0)


def test_it_is_told_again_only_where_it_became_worse() -> None:
    board = Board()
    steps = ["INFO", "WARN", "INFO", "WARN", "ERROR", "WARN", "ERROR"]
    changes = [told(board.update([found(level=level)], float(now))) for now, level in enumerate(steps)]
    assert changes == [[("raised", "INFO")], [("worse", "WARN")], [], [], [("worse", "ERROR")], [], []]
    assert board.alerts[0].level == "ERROR"


def test_evidence_is_that_of_the_last_look_while_the_beginning_stays() -> None:
    board = Board()
    board.update([found("no step for 1m", since=10.0)], 70.0)
    board.update([found("no step for 2m", since=12.0)], 130.0)
    (alert,) = board.alerts
    assert (alert.title, alert.since, alert.raised) == ("no step for 2m", 10.0, 70.0)


def test_what_happened_at_a_moment_goes_without_a_word() -> None:
    board = Board(release=5)
    assert told(board.update([found(event=True)], 0.0)) == [("raised", "WARN")]
    assert board.update([], 100.0) == ()
    assert board.alerts == []


def test_the_end_of_its_run_ends_it_at_once() -> None:
    board = Board(release=30)
    board.update([found(run="p/a"), found(run="p/b")], 0.0)
    (change,) = board.update([found(run="p/b")], 10.0, over={"p/a"})
    assert change.text == "over with the run after 10s: hot"
    assert [alert.run for alert in board.alerts] == ["p/b"]


def test_what_was_over_before_its_run_ended_lasted_no_longer() -> None:
    board = Board(release=30)
    board.update([found(run="p/a")], 0.0)
    board.update([found(run="p/a")], 10.0)
    assert board.update([], 11.0) == ()
    (change,) = board.update([], 25.0, over={"p/a"})
    assert change.text == "cleared after 10s: hot"


def test_what_cannot_be_looked_at_stays_as_it_is() -> None:
    board = Board(release=5)
    board.update([found(run="p/a")], 0.0)
    for now in range(1, 100):
        assert board.update([], float(now), unread={"p/a"}) == ()
    assert board.update([], 103.0) == ()
    assert told(board.update([], 110.0)) == [("cleared", "WARN")]


def test_subjects_and_runs_are_alerts_of_their_own_newest_last() -> None:
    board = Board()
    board.update([found(subject="1")], 0.0)
    board.update([found(subject="1"), found(subject="0"), found(run="p/a", subject="0")], 1.0)
    assert [(alert.run, alert.subject) for alert in board.alerts] == [(None, "1"), (None, "0"), ("p/a", "0")]


def test_a_clock_that_is_set_back_neither_raises_nor_clears() -> None:
    board = Board(release=30)
    board.update([found()], 1000.0)
    assert board.update([], 500.0) == ()
    assert board.update([found()], 501.0) == ()
    assert board.update([], 520.0) == ()
    assert told(board.update([], 531.0)) == [("cleared", "WARN")]


def test_a_restored_alert_is_not_told_again_but_its_end_is() -> None:
    board = Board(release=5)
    board.restore(Alert("thermal", None, "WARN", 10.0, None, "hot", "", "", 12.0), 90.0)
    assert board.update([found()], 100.0) == ()
    (change,) = board.update([], 200.0)
    assert (change.what, change.alert.since) == ("cleared", 10.0)


def test_text_of_files_is_cleaned_and_bounded() -> None:
    board = Board()
    board.update([found("a\x1b[2J\n" + "x" * 1000, subject="b\x07")], 0.0)
    (alert,) = board.alerts
    assert alert.title.startswith("a␛[2J␊xxx")
    assert len(alert.title) == LONGEST
    assert alert.subject == "b·"


@given(st.lists(st.tuples(st.floats(0.1, 60), st.booleans(), st.sampled_from(["INFO", "WARN", "ERROR"])), max_size=40))
def test_raised_and_cleared_alternate(ticks: list[tuple[float, bool, str]]) -> None:
    board, now, steps = Board(release=20), 0.0, []
    for pause, wrong, level in ticks:
        now += pause
        changes = board.update([found(level=level, hold=2.0)] if wrong else [], now)
        steps += [change.what for change in changes if change.what != "worse"]
        assert len(board.alerts) == steps.count("raised") - steps.count("cleared")
    assert steps == ["raised", "cleared"] * (len(steps) // 2) + ["raised"] * (len(steps) % 2)


def test_seconds_of_an_alert_are_never_negative() -> None:
    alert = Alert("thermal", None, "WARN", 100.0, None, "hot", "")
    assert alert.seconds(50.0) == 0.0
    assert alert.seconds(160.0) == pytest.approx(60.0)
