"""``tui.table.export``: values in full, one line a row, nothing that breaks a line."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.tui.table.fake_row import FakeRow
from tui.table.columns import column_for
from tui.table.export import exact, tsv
from tui.table.rows import Value

COLUMNS = [column_for(column_id) for column_id in ("name", "metric:loss", "trend:loss", "config.lr", "meta:tags")]


def test_a_table_is_a_line_of_ids_and_a_line_for_each_row() -> None:
    row = FakeRow("k", "a\tb\nc", values={"metric:loss": 2.0123456789, "config.lr": 3e-4, "meta:tags": ("x", "y")})
    assert tsv(COLUMNS, [row, FakeRow("l")]) == (
        "name\tmetric:loss\tconfig.lr\tmeta:tags\na b␊c\t2.0123456789\t3e-4\tx, y\na-run\t\t\t\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (math.nan, "nan"), (0.1 + 0.2, "0.30000000000000004"), ("text", "text"), (7, "7")],
)
def test_values_are_given_in_full(value: Value, text: str) -> None:
    assert exact(value) == text
    assert exact(np.array([1.0])) == ""


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-2+3", "@SUM(1)", "  =1", "\t=1", "＝1"])
def test_no_text_is_a_formula_when_it_is_pasted(text: str) -> None:
    """A config value that begins with = was run by the spreadsheet that the rows were pasted into."""
    row = FakeRow("k", text)
    cell = tsv([column_for("name")], [row]).splitlines()[1]
    assert cell.startswith("'")


def test_negative_numbers_stay_numbers() -> None:
    row = FakeRow("k", values={"metric:loss": -0.5})
    assert tsv([column_for("metric:loss")], [row]) == "metric:loss\n-0.5\n"
