"""Rows as one table: what is absent stays absent, what is NaN stays NaN, and other tools read it back."""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.delta import Block, Column
from logstore.reading.points import Portion
from tui.export.tables import FORMATS, NoParquetError, write_table

HEAD = ["_run", "_rank", "_step", "_timestamp"]


def portion(run: str, steps: Sequence[float], rank: int = 0, **metrics: Sequence[float | None]) -> Portion:
    """Rows in which None is a value that was not logged."""
    columns = {}
    for name, values in metrics.items():
        there = [row for row, value in enumerate(values) if value is not None]
        numbers = np.array([value for value in values if value is not None], np.float64)
        columns[name] = Column(None if len(there) == len(values) else np.array(there, np.int64), numbers)
    times = [math.nan if step == 2 else 100.0 + step for step in steps]
    return Portion(run, rank, Block(np.array(steps, np.float64), np.array(times), columns))


ROWS = [
    portion("p/a", [0, 1, 2], loss=[1.5, math.nan, -math.inf], acc=[None, 0.5, None]),
    portion("p/b", [0.5], rank=3, loss=[2.0]),
]


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def test_json_lines_have_no_key_for_what_is_absent(tmp_path: Path) -> None:
    assert write_table("jsonl", tmp_path / "x", [], ROWS) == 4
    assert lines(tmp_path / "x") == [
        {"_run": "p/a", "_rank": 0, "_step": 0, "_timestamp": 100.0, "loss": 1.5},
        {"_run": "p/a", "_rank": 0, "_step": 1, "_timestamp": 101.0, "loss": "NaN", "acc": 0.5},
        {"_run": "p/a", "_rank": 0, "_step": 2, "loss": "-Infinity"},
        {"_run": "p/b", "_rank": 3, "_step": 0.5, "_timestamp": 100.5, "loss": 2.0},
    ]


def test_csv_has_empty_cells_for_what_is_absent(tmp_path: Path) -> None:
    write_table("csv", tmp_path / "x", ["acc", "loss"], ROWS)
    assert list(csv.reader((tmp_path / "x").read_text().splitlines())) == [
        [*HEAD, "acc", "loss"],
        ["p/a", "0", "0", "100", "", "1.5"],
        ["p/a", "0", "1", "101", "0.5", "NaN"],
        ["p/a", "0", "2", "", "", "-Infinity"],
        ["p/b", "3", "0.5", "100.5", "", "2"],
    ]


def test_csv_holds_no_formula(tmp_path: Path) -> None:
    write_table("csv", tmp_path / "x", ["=cmd"], [portion("@run", [0], 0, **{"=cmd": [1.0]})])
    header, row = csv.reader((tmp_path / "x").read_text().splitlines())
    assert (header[-1], row[0]) == ("'=cmd", "'@run")


def test_a_pipe_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    """As root, somebody's ``-o /dev/stdout`` would have replaced that for the whole machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_table("jsonl", pipe, [], ROWS)
    assert len(os.read(reader, 1 << 16).splitlines()) == 4
    os.close(reader)
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_link_leads_to_the_file_that_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before")
    (tmp_path / "link").symlink_to("file")
    write_table("jsonl", tmp_path / "link", [], ROWS)
    assert (tmp_path / "link").is_symlink()
    assert len(lines(tmp_path / "file")) == 4


def test_parquet_is_read_back_by_duckdb(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    duckdb = pytest.importorskip("duckdb")
    write_table("parquet", tmp_path / "x.parquet", ["acc", "loss"], ROWS)
    table = f"read_parquet('{tmp_path / 'x.parquet'}')"
    rows = duckdb.sql(f"SELECT _run, _rank, _step, _timestamp, acc, loss FROM {table}").fetchall()
    assert [row[:5] for row in rows] == [
        ("p/a", 0, 0.0, 100.0, None),
        ("p/a", 0, 1.0, 101.0, 0.5),
        ("p/a", 0, 2.0, None, None),
        ("p/b", 3, 0.5, 100.5, None),
    ]
    assert [rows[0][5], rows[2][5], rows[3][5]] == [1.5, -math.inf, 2.0]
    assert math.isnan(rows[1][5])
    best = duckdb.sql(f"SELECT _run, min(loss) FROM {table} GROUP BY _run ORDER BY _run").fetchall()
    assert best == [("p/a", -math.inf), ("p/b", 2.0)]


def test_parquet_is_read_back_by_polars(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    polars = pytest.importorskip("polars")
    write_table("parquet", tmp_path / "x.parquet", ["acc", "loss"], ROWS)
    frame = polars.read_parquet(tmp_path / "x.parquet")
    assert frame.columns == [*HEAD, "acc", "loss"]
    assert frame["acc"].to_list() == [None, 0.5, None, None]
    assert frame["loss"].is_nan().to_list() == [False, True, False, False]
    assert frame["_run"].cast(polars.String).to_list() == ["p/a"] * 3 + ["p/b"]


def test_parquet_groups_are_bounded(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    many = (portion(f"p/{number}", range(50_000), loss=[1.0] * 50_000) for number in range(6))
    assert write_table("parquet", tmp_path / "x.parquet", ["loss"], many) == 300_000
    file = parquet.ParquetFile(tmp_path / "x.parquet")
    assert [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)] == [150_000, 150_000]


def test_without_pyarrow_parquet_is_refused_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(NoParquetError, match=r"pip install 'runwatch\[parquet\]'"):
        write_table("parquet", tmp_path / "x.parquet", [], ROWS)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_there_stays_when_something_goes_wrong(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")

    def broken() -> list[Portion]:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        write_table("csv", tmp_path / "x", ["loss"], (each for _ in (1,) for each in broken()))
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "old"


VALUES = st.lists(st.none() | st.floats(), min_size=1, max_size=20)


@given(VALUES, st.text(max_size=5))
def test_any_numbers_survive_json_and_csv(
    tmp_path_factory: pytest.TempPathFactory, values: list[float | None], run: str
) -> None:
    directory = tmp_path_factory.mktemp("any")
    rows = [portion(run, range(len(values)), loss=values)]
    for kind in ("jsonl", "csv"):
        assert write_table(kind, directory / kind, ["loss"], rows) == len(values)
    expected = [None if value is None else float(value) for value in values]
    read = [row.get("loss") for row in lines(directory / "jsonl")]
    assert _same([None if value is None else float(str(value)) for value in read], expected)
    with (directory / "csv").open(newline="") as file:
        cells = [row["loss"] for row in csv.DictReader(file)]
    assert _same([float(cell) if cell else None for cell in cells], expected)


def _same(found: list[float | None], expected: list[float | None]) -> bool:
    told = [
        ["nan" if value is not None and math.isnan(value) else value for value in each] for each in (found, expected)
    ]
    return told[0] == told[1]


def test_every_format_has_a_writer() -> None:
    assert set(FORMATS) == {"parquet", "csv", "jsonl"}
