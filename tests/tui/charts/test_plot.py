"""Charts as a person sees them: as text."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC
from textwrap import dedent, indent

import numpy as np
import pytest

from tests.tui.charts.made import BRAILLE, array, chart, draw, inks, line, plotted, text
from tui.charts.frame import Ink, band_ink, quiet_ink, series_ink
from tui.charts.line import F64, ChartSpec, Look, XAxis
from tui.charts.plot import Plot
from tui.charts.smoothing import Smoothing
from tui.charts.window import fixed, tail
from tui.show.palette import Swatch


def picture(block: str) -> str:
    return indent(dedent(block).strip("\n"), " ")


def test_a_falling_curve() -> None:
    assert text(draw(chart(line([8, 4, 2, 1, 0.5, 0.25, 0.1], name="otter")), 44, 9)) == picture(
        """
         loss  ━ otter 0.1000
               │⡄
               │⠈⠢⡀
               │  ⠈⠢⡀
             5 ┤┈┈┈┈⠈⠢⣀┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
               │       ⠉⠒⢄⡀
               │          ⠈⠑⠒⠢⠤⢄⣀
             0 ┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⠉⠉⠉⠑⠒⠒⠒⠢⠤⠤⠤⠤⠤⠤⠤⠤⢄⣀⣀
                0           2           4          6
        """
    )


@pytest.mark.parametrize(
    ("width", "height"), [(0, 0), (1, 1), (5, 1), (5, 2), (12, 3), (20, 4), (300, 90), (0, 5), (5, 0)]
)
def test_every_size_is_kept(width: int, height: int) -> None:
    frame = draw(chart(line([1, 2, 3])), width, height)
    assert [len(row.text) for row in frame.rows] == [width] * height


def test_the_band_is_dim_and_the_line_bright() -> None:
    noise = np.random.default_rng(0).standard_normal(5000)
    frame = draw(chart(line(noise.tolist(), swatch=Swatch(3, "━"))), 60, 14, smoothing=Smoothing(0.99))
    seen = {ink for row in range(1, 13) for ink in inks(frame, row)}
    assert {series_ink(3), band_ink(3)} <= seen


def test_the_band_can_be_left_out_for_slow_links() -> None:
    noise = np.random.default_rng(0).standard_normal(5000)
    frame = draw(chart(line(noise.tolist())), 60, 14, smoothing=Smoothing(0.99), band=False)
    assert band_ink(0) not in {ink for row in range(1, 13) for ink in inks(frame, row)}


def test_far_outliers_are_marked_and_do_not_squeeze_the_rest() -> None:
    values = (1 + 0.1 * np.sin(np.arange(2000))).tolist()
    values[700], values[1500] = 900.0, -900.0
    frame = draw(chart(line(values)), 60, 12)
    cells = plotted(frame)
    assert frame.span[1] < 2.0
    assert cells[0].count("▴") == 1
    assert cells[-1].count("▾") == 1
    assert frame.column_of(700.0) == frame.area.left + cells[0].index("▴")
    full = draw(chart(line(values)), 60, 12, full_range=True)
    assert full.span[1] >= 900.0
    assert "▴" not in text(full)
    assert "full range" in full.rows[0].text


def test_what_a_machine_reads_of_itself_is_never_an_outlier() -> None:
    values = (1 + 0.1 * np.sin(np.arange(2000))).tolist()
    values[700] = 900.0
    stamps = 1.7e9 + np.arange(2000.0)
    frame = draw(chart(line(values, x=stamps.tolist(), times=stamps)), 60, 12)
    assert frame.span[1] >= 900.0
    assert "full range" not in frame.rows[0].text


def test_nan_and_infinity_are_marked_at_their_step_and_named_in_the_title() -> None:
    values = [1.0 + 0.01 * step for step in range(100)]
    values[20], values[50], values[70] = math.nan, math.inf, -math.inf
    frame = draw(chart(line(values)), 90, 12)
    cells = plotted(frame)
    for step, row, mark in ((20, -1, "✖"), (50, 0, "∞"), (70, -1, "∞")):
        column = frame.column_of(float(step))
        assert column is not None
        assert cells[row][column - frame.area.left] == mark
    assert "✖ nan 20, inf 50, -inf 70" in frame.rows[0].text


def test_a_run_that_diverged_trails_off() -> None:
    frame = draw(chart(line([3.0, 2.0] * 50 + [math.nan] * 100)), 60, 8)
    bottom = plotted(frame)[-1]
    assert bottom.count("✖") == 1
    assert bottom.endswith("✖" + "╌" * 25)
    assert "nan ✖ 100 nan from 100" in frame.rows[0].text


def test_missing_data_leave_a_gap() -> None:
    frame = draw(chart(line([1, 1, math.nan, math.nan, 1, 1])), 60, 7)
    drawn = "".join("#" if any(BRAILLE.match(row[column]) for row in plotted(frame)) else " " for column in range(52))
    assert drawn.strip("# ") == ""
    assert len(drawn.split()) == 2


def test_decades_on_a_logarithmic_axis() -> None:
    frame = draw(chart(line([10.0**-exponent for exponent in range(5)])), 60, 20, log=True)
    labels = [row.text[: frame.area.left - 1].strip() for row in frame.rows[1:-1]]
    assert [label for label in labels if label] == ["1", "0.1", "0.01", "0.001", "1e-4"]
    assert frame.rows[0].text.rstrip().endswith("log")


def test_what_is_not_above_zero_is_marked_on_a_logarithmic_axis() -> None:
    frame = draw(chart(line([10, 1, 0, -3, 1, 10])), 60, 12, log=True)
    assert "▾" in plotted(frame)[-1]
    assert "log, ▾ not above 0" in frame.rows[0].text


def test_percentages_are_never_logarithmic() -> None:
    frame = draw(chart(line([0, 50, 100]), line([1, 2, 3], key="b"), kind="percent"), 60, 12, log=True)
    assert frame.span == (0.0, 100.0)
    assert "log" not in frame.rows[0].text


def test_the_highlighted_line_is_bright_and_first_and_the_rest_recede() -> None:
    up, down = line([0, 1], key="up", swatch=Swatch(1, "━")), line([1, 0], key="down", swatch=Swatch(2, "━"))
    frame = draw(chart(up, down), 60, 10, highlight="down")
    assert frame.rows[0].text.index("down") < frame.rows[0].text.index("up")
    seen = {ink for row in range(1, 9) for ink in inks(frame, row)}
    assert {series_ink(2), quiet_ink(1)} <= seen
    assert series_ink(1) not in seen


def test_a_highlight_of_a_line_that_is_not_here_changes_nothing() -> None:
    spec = chart(line([0, 1]))
    assert draw(spec, highlight="gone").rows == draw(spec).rows


def test_the_second_round_of_colours_is_dashed() -> None:
    flat = [1.0] * 50
    solid = draw(chart(line(flat)), 60, 6)
    dashed = draw(chart(line(flat, swatch=Swatch(0, "┅"))), 60, 6, band=False)
    count = [sum(len(BRAILLE.findall(row)) for row in plotted(frame)) for frame in (solid, dashed)]
    assert count[1] < count[0]
    assert "┅ a" in dashed.rows[0].text


def test_dashed_lines_do_not_all_break_off_at_the_same_x() -> None:
    lines = [line([float(place)] * 50, key=str(place), swatch=Swatch(place, "┅")) for place in range(6)]
    rows = plotted(draw(chart(*lines), 90, 26, band=False))
    curves = [row for row in rows if BRAILLE.search(row)]
    assert len({tuple(bool(BRAILLE.match(cell)) for cell in row) for row in curves}) > 3


def test_the_cursor_reads_the_nearest_point_and_says_its_x() -> None:
    spec = chart(line([5, 6, 7, 8], x=[0, 100, 200, 300], key="otter"), line([1, 2], x=[0, 100], key="lynx"))
    frame = draw(spec, 60, 8, cursor=210.0)
    assert "otter 7.000" in frame.rows[0].text
    assert "lynx –" in frame.rows[0].text
    column = frame.column_of(210.0)
    assert column is not None
    assert {frame.rows[row].text[column] for row in range(1, 7)} <= {"│", *(chr(c) for c in range(0x2800, 0x2900))}
    assert "200" in frame.rows[-1].text


def test_the_cursor_reads_raw_values_under_a_smoothed_line() -> None:
    frame = draw(chart(line([0, 10])), 60, 8, cursor=1.0, smoothing=Smoothing(0.9, "ema"))
    assert "a 10.00" in frame.rows[0].text


@pytest.mark.parametrize(("cursor", "text"), [(3.0, "◂ 3"), (15.0, "15 ▸")])
def test_a_cursor_outside_of_the_window_says_where_it_is(cursor: float, text: str) -> None:
    frame = draw(chart(line(range(20))), 60, 8, cursor=cursor, window=fixed(5, 10))
    assert text in frame.rows[-1].text
    assert not any(Ink.CURSOR in inks(frame, row) for row in range(7))
    assert f"a {cursor:.4g}"[:4] in frame.rows[0].text


def test_an_empty_chart_has_no_cursor() -> None:
    frame = draw(chart(), 60, 8, cursor=3.0)
    assert not any(Ink.CURSOR in inks(frame, row) for row in range(8))


def test_a_selection_has_a_hairline_at_both_ends() -> None:
    frame = draw(chart(line([1] * 100)), 60, 8, selection=(20.0, 60.0))
    columns = [frame.column_of(x) for x in (20.0, 60.0)]
    assert all(column is not None and inks(frame, 1)[column] == Ink.CURSOR for column in columns)


def test_what_all_charts_have_in_common_can_be_left_to_the_grid() -> None:
    look = Look(smoothing=Smoothing(0.9), window=fixed(0, 1))
    spec = chart(line([1, 2, 3]))
    assert "zoom · smooth 0.9" in Plot().frame(spec, look, 80, 8).rows[0].text
    assert "smooth" not in Plot().frame(spec, look._replace(quiet=True), 80, 8).rows[0].text


def test_a_live_chart_that_follows_the_tail_says_so() -> None:
    frame = draw(chart(line(list(range(1000)), live=True)), 60, 8, window=tail(100.0))
    assert "tail" in frame.rows[0].text
    assert frame.window[1] >= 999.0
    assert frame.window[1] - frame.window[0] == pytest.approx(100.0)


def test_y_fits_what_is_in_the_window() -> None:
    frame = draw(chart(line([1000, 10, 1, 1.2, 1.1, 1])), 60, 8, window=fixed(2, 5))
    assert frame.span[1] < 2.0


def test_y_fits_where_curves_enter_and_leave_the_window() -> None:
    sparse = line([1.0, 5.0, 5.2, 1.0], x=[0.0, 100.0, 200.0, 300.0], key="sparse")
    frame = draw(chart(sparse), 60, 8, window=fixed(50, 250))
    assert frame.span[0] <= 3.1
    assert "▾" not in text(frame)


@pytest.mark.parametrize(
    ("axis", "labels"),
    [
        ("step", ["0", "10k", "20k", "30k", "40k"]),
        ("relative", ["0", "15m", "30m", "45m", "1h", "relative time"]),
        ("wall", ["14:30", "14:45", "15:00", "15:15", "time of day"]),
        ("metric:tokens", ["0", "1B", "2B", "3B", "4B", "tokens"]),
    ],
)
def test_G1_x_is_step_time_or_another_metric(axis: str, labels: list[str]) -> None:
    steps = np.arange(0.0, 40_001.0, 1000.0)
    run = {"tokens": _Metric(steps, steps * 1e5)}
    made = line([1.0] * 41, x=steps.tolist(), times=1_787_236_000 + steps / 10, along=run)
    frame = Plot(UTC).frame(chart(made), Look(xaxis=XAxis.parse(axis)), 80, 8)
    words = [word.strip() for word in frame.rows[-1].text.split("  ") if word.strip()]
    assert words == labels


class _Metric:
    def __init__(self, steps: F64, values: F64) -> None:
        self.steps, self.values = steps, values


@pytest.mark.parametrize(
    ("spec", "look", "words"),
    [
        (ChartSpec("loss"), Look(), "no run is selected"),
        (chart(line([])), Look(), "no points yet"),
        (chart(line([1, 2])), Look(xaxis=XAxis("metric", "tokens")), "tokens was not logged with this"),
        (chart(line([1, 2])), Look(xaxis=XAxis("wall")), "no points yet"),
    ],
)
def test_an_empty_chart_says_why(spec: ChartSpec, look: Look, words: str) -> None:
    assert words in text(Plot().frame(spec, look, 60, 8))


def test_a_constant_and_a_single_point_are_drawn() -> None:
    for values in ([5.0] * 10, [5.0]):
        frame = draw(chart(line(values)), 50, 8)
        assert any(BRAILLE.search(row) for row in plotted(frame))


def test_a_smoothed_constant_is_a_straight_line() -> None:
    frame = draw(chart(line([0.75] * 2000)), 60, 11, smoothing=Smoothing(0.6))
    assert sum(bool(BRAILLE.search(row)) for row in plotted(frame)) == 1
    assert len({cell for row in plotted(frame) for cell in BRAILLE.findall(row)}) == 1


def test_a_single_point_far_out_has_one_label() -> None:
    frame = draw(chart(line([3.14], x=[500_000_000.0])), 60, 8)
    assert frame.rows[-1].text.split() == ["500000000"]


def test_nothing_new_is_the_same_frame() -> None:
    plot, spec = Plot(), chart(line([1, 2, 3]))
    first = plot.frame(spec, Look(), 50, 8)
    assert plot.frame(chart(line([1, 2, 3])), Look(), 50, 8) is first


def test_a_moved_cursor_draws_only_what_it_covers_anew() -> None:
    values = np.random.default_rng(0).standard_normal(300).tolist()
    plot, spec = Plot(), chart(line(values))
    without = plot.frame(spec, Look(), 60, 10)
    plot.frame(spec, Look(cursor=40.0), 60, 10)
    assert plot.frame(spec, Look(), 60, 10).rows == without.rows


def test_a_point_more_changes_few_rows_of_a_live_chart() -> None:
    rows = 20
    values = (2 + np.exp(-np.arange(4100) / 500)).tolist()
    plot, changed = Plot(), []
    before = plot.frame(chart(line(values[:4000], live=True)), Look(), 80, rows)
    for count in range(4001, 4100):
        frame = plot.frame(chart(line(values[:count], live=True)), Look(), 80, rows)
        changed.append(sum(a != b for a, b in zip(before.rows, frame.rows, strict=True)))
        before = frame
    assert np.median(changed) <= 2


@pytest.mark.parametrize("look", [Look(), Look(highlight="1"), Look(log=True), Look(band=False)])
@pytest.mark.parametrize("scale", [1.0, 1e-9, 123456.0])
def test_a_live_chart_of_raw_lines_is_at_each_point_the_chart_drawn_at_once(look: Look, scale: float) -> None:
    """Only the columns that changed are drawn again: bands, dashes, NaN and the grid are where they were."""
    random, plot = np.random.default_rng(3), Plot()
    y = scale * (2 + np.exp(-np.arange(700) / 100) + 0.2 * random.standard_normal((3, 700)))
    y[1, 640:660] = math.nan
    y[2, 300] = 90 * scale
    x = np.concatenate((np.arange(600) / 10, 60 + np.arange(100.0))).tolist()  # first many in a column, then one in two
    swatches = [Swatch(0, "━"), Swatch(1, "╍"), Swatch(2, "┅")]
    for count in range(600, 700):
        lines = [line(y[n, :count].tolist(), x[:count], str(n), live=True, swatch=swatches[n]) for n in range(3)]
        frame = plot.frame(chart(*lines), look, 60, 12)
        assert frame.rows == Plot().frame(chart(*lines), look, 60, 12).rows


def test_points_that_were_rewritten_are_drawn_where_they_are_now() -> None:
    plot, values = Plot(), [1.0] * 50
    marks = []
    for generation, at in enumerate((10, 40)):
        made = line([math.nan if step == at else value for step, value in enumerate(values)], generation=generation)
        marks.append(plotted(plot.frame(chart(made), Look(), 60, 8))[-1].index("✖"))
    assert marks[0] < marks[1]


def test_a_group_is_drawn_with_its_band() -> None:
    x = np.arange(50.0)
    made = line([2.0] * 50, band=(array([1.0] * 50), array([3.0] * 50)))
    frame = draw(chart(replace(made, x=x)), 60, 12)
    assert frame.span[0] <= 1.0
    assert frame.span[1] >= 3.0
    assert band_ink(0) in {ink for row in range(1, 11) for ink in inks(frame, row)}


def test_values_carry_the_unit_of_the_chart() -> None:
    assert "3.000 GiB" in draw(chart(line([1, 3]), unit=" GiB"), 60, 8).rows[0].text
