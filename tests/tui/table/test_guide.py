"""``tui.table.guide``: what the help says of filters is so."""

from __future__ import annotations

import pytest

from tests.tui.table.fake_row import FakeRow
from tui.table.columns import AGGREGATES, column_for
from tui.table.fields import aliases
from tui.table.guide import EXAMPLES, SUMMARIES
from tui.table.query import compile_query


@pytest.mark.parametrize("text", [text for text, _ in EXAMPLES])
def test_every_example_is_a_filter_that_an_empty_run_is_asked(text: str) -> None:
    assert compile_query(text)(FakeRow("k")) is text.startswith("NOT")


def test_every_summary_of_a_metric_is_told() -> None:
    assert tuple(SUMMARIES) == AGGREGATES


def test_every_name_of_a_property_is_that_of_a_column() -> None:
    assert all(column_for(column).about for column in aliases().values())
