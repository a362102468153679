"""``tui.charts.readings``: what a chart says in numbers, at its cursor or last."""

from __future__ import annotations

from tests.tui.charts.made import chart, line
from tui.charts.line import Look, XAxis
from tui.charts.readings import Reading, readings, tsv

SPEC = chart(
    line([3.0, 2.0, 1.0], [0.0, 10.0, 20.0], key="otter"),
    line([5.0, 4.0], [0.0, 10.0], key="lynx"),
    line([], [], key="empty"),
    metric="val/loss",
)


def test_without_a_cursor_it_is_the_last_point_of_each_line() -> None:
    assert readings(SPEC, Look(), 1.0) == [Reading("otter", 20.0, 1.0), Reading("lynx", 10.0, 4.0)]


def test_at_the_cursor_it_is_the_point_nearest_to_it() -> None:
    assert readings(SPEC, Look(cursor=11.0), 2.0) == [Reading("otter", 10.0, 2.0), Reading("lynx", 10.0, 4.0)]
    assert readings(SPEC, Look(cursor=19.0), 2.0) == [Reading("otter", 20.0, 1.0)]


def test_as_text_it_has_a_line_for_each_run_and_no_formula() -> None:
    spec = chart(line([1.5], [3.0], key="=cmd()"), metric="loss")
    assert tsv(spec, Look(), 1.0) == "run\tstep\tloss\n'=cmd()\t3\t1.5\n"


def test_the_column_of_x_is_called_by_its_axis() -> None:
    assert tsv(SPEC, Look(xaxis=XAxis("metric", "tokens")), 1.0).splitlines()[0] == "run\ttokens\tval/loss"
