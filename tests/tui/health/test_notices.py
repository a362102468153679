"""``tui.health.notices``: alerts as screens show them."""

from __future__ import annotations

from dataclasses import replace

from tests.tui.store import NOW, Told, model
from tui.health.alert import Alert
from tui.health.notices import notices
from tui.widgets.alert_line import Notice

ALERT = Alert("stall", "project/otter", "WARN", NOW - 60, None, "no step for 1m00s", "median 0.8 s", raised=NOW - 5)


def test_a_notice_has_the_name_of_its_run() -> None:
    runs = model(Told("otter")).runs
    assert notices([ALERT], runs) == (
        Notice("WARN", "otter", "no step for 1m00s: median 0.8 s", NOW - 5, "project/otter"),
    )


def test_the_machine_and_a_run_that_is_gone_have_none() -> None:
    found = notices([replace(ALERT, run=None), ALERT], {})
    assert [(notice.run, notice.run_key) for notice in found] == [("", ""), ("", "")]
