"""``tui.details.live_events``: alerts seen while watching stand among a run's events, each once."""

from __future__ import annotations

from dataclasses import replace

from logstore.model.delta import Event
from tests.tui.store import NOW
from tui.details.live_events import live_events
from tui.health.alert import Alert, Change
from tui.health.history import row

STALL = Alert("stall", "p/otter", "WARN", NOW - 90, None, "no step for 1m30s", "usually 0.8 s", raised=NOW - 80)
RAISED = Change("raised", STALL, NOW - 80)
NOTE = Event(NOW - 500, "note", "try lr 1e-4")


def test_what_was_raised_and_cleared_stands_behind_what_was_logged() -> None:
    cleared = Change("cleared", replace(STALL, cleared=NOW), NOW)
    found = live_events([NOTE], [RAISED, cleared], "p/otter")
    assert [(event.kind, event.level) for event in found] == [("note", "INFO"), ("alert", "WARN"), ("alert", "INFO")]
    assert (found[1].title, found[1].text, found[1].time) == ("no step for 1m30s", "usually 0.8 s", NOW - 80)


def test_alerts_of_other_runs_and_the_trainings_own_are_left_out() -> None:
    own = Change("raised", replace(STALL, rule="logged"), NOW)
    assert live_events([NOTE], [RAISED, own], "p/heron") == [NOTE]
    assert live_events([NOTE], [own], "p/otter") == [NOTE]


def test_what_another_watcher_wrote_down_is_not_told_twice() -> None:
    written = Event(NOW - 78, "alert", STALL.title, STALL.evidence, "WARN", row(RAISED))
    assert live_events([written], [RAISED], "p/otter") == [written]
    earlier = replace(written, time=NOW - 4000)
    assert len(live_events([earlier], [RAISED], "p/otter")) == 2
