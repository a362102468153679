from __future__ import annotations

from tui.charts.frame import LEVELS, Area, Canvas, Frame, Ink, Row, band_ink, gradient_ink, series_ink, text_row


def test_equal_cells_make_equal_rows() -> None:
    first, second = Canvas(8, 2), Canvas(8, 2)
    for canvas in (first, second):
        canvas.write(0, 1, "abc", Ink.LABEL)
        canvas.write(0, 4, "de", Ink.TITLE)
    assert first.rows() == second.rows()
    second.write(1, 0, "x", Ink.LABEL)
    assert [a == b for a, b in zip(first.rows(), second.rows(), strict=True)] == [True, False]


def test_blank_cells_join_the_run_to_their_left() -> None:
    canvas = Canvas(10, 1)
    canvas.write(0, 1, "a", Ink.LABEL)
    canvas.write(0, 5, "b", Ink.LABEL)
    canvas.write(0, 7, "c", Ink.TITLE)
    assert canvas.rows() == (Row(" a   b c  ", ((1, Ink.BLANK), (7, Ink.LABEL), (10, Ink.TITLE))),)


def test_rows_that_did_not_change_are_taken_over() -> None:
    first = Canvas(5, 3)
    first.write(1, 0, "old", Ink.LABEL)
    rows = first.rows()
    second = first.copy()
    second.write(1, 0, "new", Ink.LABEL)
    again = second.rows((first, rows))
    assert again == second.rows()
    assert [a is b for a, b in zip(rows, again, strict=True)] == [True, False, True]
    assert Canvas(4, 3).rows((first, rows)) == Canvas(4, 3).rows()


def test_text_outside_of_the_sheet_is_left_out() -> None:
    canvas = Canvas(4, 1)
    canvas.write(0, -2, "abcd", Ink.LABEL)
    canvas.write(0, 3, "xyz", Ink.LABEL)
    canvas.write(5, 0, "no", Ink.LABEL)
    canvas.write(0, 9, "no", Ink.LABEL)
    assert canvas.rows()[0].text == "cd x"


def test_a_copy_has_cells_of_its_own() -> None:
    canvas = Canvas(3, 1)
    canvas.copy().write(0, 0, "abc", Ink.LABEL)
    assert canvas.rows()[0].text == "   "


def test_rows_of_parts_leave_empty_ones_out() -> None:
    assert text_row([("ab", 1), ("", 2), ("c", 3)]) == Row("abc", ((2, 1), (3, 3)))


def test_x_and_columns_go_both_ways() -> None:
    frame = Frame((), Area(8, 1, 50, 10), (100.0, 200.0))
    assert frame.column_of(100.0) == 8
    assert frame.column_of(200.0) == 57
    assert frame.column_of(99.0) is frame.column_of(201.0) is None
    assert all(frame.column_of(frame.x_at(column)) == column for column in range(8, 58))


def test_inks_stay_inside_their_ranges() -> None:
    assert series_ink(13) == series_ink(1)
    assert band_ink(0) == Ink.BAND
    assert [gradient_ink(share) for share in (-1.0, 0.0, 1.0, 9.0)] == [
        Ink.GRADIENT,
        Ink.GRADIENT,
        Ink.GRADIENT + LEVELS - 1,
        Ink.GRADIENT + LEVELS - 1,
    ]
