"""The table as it leaves the screen: tab-separated values for a spreadsheet or a script. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tui.show.safe import inert
from tui.show.values import show
from tui.table.columns import Column
from tui.table.rows import TableRow, Value

SEPARATOR = ", "


def tsv(columns: Sequence[Column], rows: Iterable[TableRow]) -> str:
    """A line of column ids, then a line for each row, with values in full; what is absent is empty.

    Curves are left out: a sparkline is nothing to calculate with. No text is one that a spreadsheet would run.
    """
    kept = [column.id for column in columns if not column.id.startswith("trend:")]
    lines = [kept, *([exact(row.value(column_id)) for column_id in kept] for row in rows)]
    return "".join("\t".join(inert(cell, numbers=True) for cell in line) + "\n" for line in lines)


def exact(value: Value) -> str:
    """A value in full, on one line: numbers with all their digits, texts as they are."""
    if value is None or isinstance(value, np.ndarray):
        return ""
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    return value if isinstance(value, str) else show(value)
