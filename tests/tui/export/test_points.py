import csv
import io
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.line import ChartSpec
from tui.export.points import HEADER, cell, number, table, write

Spec = Callable[..., ChartSpec]


def test_every_point_has_a_row(spec: Spec) -> None:
    text = write(spec([1.5, math.nan], [2.0, -math.inf]))
    assert text.splitlines() == [
        "run,name,metric,step,time,value",
        "p/0,run-0,train/loss,0,1790000000,1.5",
        "p/0,run-0,train/loss,1,1790000060,NaN",
        "p/1,run-1,train/loss,0,1790000000,2",
        "p/1,run-1,train/loss,1,1790000060,-Infinity",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =cmd|' /C calc'!A0", "\t=1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


def test_negative_numbers_stay_numbers() -> None:
    assert cell(-1.5) == "-1.5"
    assert cell(-2) == "-2"
    assert cell(None) == ""


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_exactly(value: float) -> None:
    assert float(number(value)) == value


@given(st.lists(st.lists(st.text(), min_size=6, max_size=6), max_size=5))
def test_any_texts_give_a_table_that_reads_back_without_formulas(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(table(HEADER, rows))))
    assert read[0] == list(HEADER)
    assert len(read) == len(rows) + 1
    assert not any(value.lstrip().startswith(("=", "+", "-", "@")) for row in read for value in row)
