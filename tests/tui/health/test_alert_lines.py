"""``tui.health.alert_lines``: what is wrong before what was, each told once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.store import NOW, Told, model
from tui.health.alert import Alert, Change
from tui.health.alert_lines import detail_lines, entries, entry_line
from tui.show.spans import cells, plain

RUNS = model(Told("otter"), Told("heron")).runs
STALL = Alert("stall", "project/otter", "WARN", NOW - 90, None, "no step for 1m30s", "usually 0.8 s", raised=NOW - 80)
NAN = Alert("nonfinite", "project/heron", "ERROR", NOW - 50, None, "loss is nan", "since 8100", raised=NOW - 50)
CRASH = Alert("crashed", "project/heron", "ERROR", NOW - 30, None, "run crashed", "killed?", raised=NOW - 30)
ROLES = {"project/otter": "series-3"}


def test_what_lasts_comes_before_what_is_over_and_the_newest_first() -> None:
    over = replace(STALL, cleared=NOW - 10)
    found = entries([NAN, CRASH], [Change("raised", STALL, NOW - 80), Change("cleared", over, NOW - 10)], RUNS, ROLES)
    assert [(entry.alert.rule, entry.over is None) for entry in found] == [
        ("crashed", True),
        ("nonfinite", True),
        ("stall", False),
    ]


def test_what_happened_at_one_moment_is_over_when_it_lasts_no_more() -> None:
    found = entries([], [Change("raised", CRASH, NOW - 30)], RUNS, ROLES)
    assert [(entry.alert.rule, entry.over) for entry in found] == [("crashed", NOW - 30)]


def test_the_line_says_when_how_long_who_and_what() -> None:
    (entry,) = entries([STALL], [], RUNS, ROLES)
    line = entry_line(entry, NOW, 80)
    assert plain(line).split() == ["⚠", *plain(line).split()[1:2], "1m30s", "otter", "no", "step", "for", "1m30s"]
    assert [span.role for span in line if "otter" in span.text] == ["series-3"]
    assert cells(line) == 80


def test_an_alert_of_the_machine_or_of_a_run_that_is_gone_says_so() -> None:
    found = entries([replace(STALL, run=None), replace(NAN, run="gone/run")], [], RUNS, ROLES)
    assert {entry.who for entry in found} == {"machine", "gone/run"}


@pytest.mark.parametrize("width", [20, 40, 100])
def test_the_detail_holds_the_whole_text_in_lines_of_the_width(width: int) -> None:
    (entry,) = entries([STALL], [], RUNS, ROLES)
    lines = detail_lines(entry, width, 9)
    assert {cells(line) for line in lines} == {width}
    assert " ".join(" ".join(map(plain, lines[1:])).split()) == STALL.text
    assert plain(lines[0]).split() == ["stall", "otter"]
