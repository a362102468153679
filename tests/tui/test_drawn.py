"""``tui.drawn``: which runs are drawn, and when as groups."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.store import Told, curve, model
from tui.charts.line import XAxis
from tui.drawn import MOST_GROUPED, Drawn, group_key
from tui.show.palette import Swatch

TOLD = [Told(f"run{place}", metrics={"loss": curve(4, place + 1, 50)}) for place in range(6)]
KEYS = [told.key for told in TOLD]
MODEL = model(*TOLD)
SWATCHES = {"even": Swatch(3, "━"), "odd": Swatch(7, "━")}


def parity(key: str) -> str:
    return ("even", "odd")[int(key[-1]) % 2]


def drawn(most: int = 3) -> Drawn:
    return Drawn(MODEL, most)


def grouped(most: int = 3) -> Drawn:
    found = drawn(most)
    found.group("config.parity", parity, SWATCHES)
    found.choose((), KEYS, None)
    return found


def test_marked_runs_are_drawn_else_the_first_and_the_one_under_the_cursor() -> None:
    found = drawn()
    assert found.choose((), KEYS, KEYS[1])
    assert found.keys == KEYS[:3]
    assert found.choose((), KEYS, KEYS[5])
    assert found.keys == [*KEYS[:2], KEYS[5]]
    assert found.choose(KEYS[3:], KEYS, KEYS[0])
    assert found.keys == KEYS[3:]
    assert not found.choose(KEYS[3:], KEYS, KEYS[1])


def test_runs_that_are_gone_are_not_drawn() -> None:
    found = drawn()
    found.choose(("project/gone", KEYS[0]), KEYS, None)
    assert found.keys == [KEYS[0]]


def test_groups_are_drawn_as_the_mean_of_all_their_runs_in_their_own_colours() -> None:
    (chart,) = grouped().charts()
    assert [(line.key, line.name, line.swatch.slot) for line in chart.lines] == [
        ("group:even", "even (3)", 3),
        ("group:odd", "odd (3)", 7),
    ]
    ends = [MODEL.runs[key].metrics["loss"].last or 0.0 for key in KEYS if parity(key) == "even"]
    assert chart.lines[0].y[-1] == pytest.approx(np.mean(ends))


def test_the_band_is_of_extremes_or_of_the_deviation() -> None:
    found = grouped()
    low, high = found.charts()[0].lines[0].band or (np.empty(0), np.empty(0))
    found.mode = "std"
    found.group("config.parity", parity, SWATCHES)
    narrow_low, narrow_high = found.charts()[0].lines[0].band or (np.empty(0), np.empty(0))
    assert (high - low)[-1] > (narrow_high - narrow_low)[-1] > 0


def test_every_run_for_itself_is_a_way_too() -> None:
    found = grouped()
    found.mode = "runs"
    found.choose((), KEYS, None)
    assert len(found.charts()[0].lines) == 3
    assert not found.grouped


def test_marks_choose_the_runs_of_groups_too() -> None:
    found = grouped()
    found.choose(KEYS[:2], KEYS, None)
    assert [line.name for line in found.charts()[0].lines] == ["even (1)", "odd (1)"]


def test_the_highlight_is_the_group_of_the_run_or_the_group_itself() -> None:
    found = grouped()
    assert found.highlight(KEYS[1]) == "group:odd"
    assert found.highlight(group_key("even")) == "group:even"
    assert found.highlight(None) is None
    assert drawn().highlight(KEYS[1]) == KEYS[1]


def test_groups_follow_the_x_axis() -> None:
    (chart,) = grouped().charts(XAxis("relative"))
    assert chart.lines[0].times is not None
    assert chart.lines[0].times[-1] > 60.0


def test_no_more_groups_and_runs_are_drawn_than_can_be_told_apart() -> None:
    found = drawn(2)
    found.group("config.seed", lambda key: key, {})
    found.choose((), KEYS * 100, None)
    assert len(found.runs) <= MOST_GROUPED
    assert len(found.charts()[0].lines) == 2
