"""Rows of runs as one table: Parquet, CSV or JSON lines, written portion by portion in bounded memory.

The columns are ``_run`` (the run's key), ``_rank``, ``_step``, ``_timestamp`` (seconds since the epoch), then one for
each metric in the order of their names. A value that was not logged is absent: null in Parquet, nothing in CSV, no key
in JSON. A value that was logged as NaN or infinity is just that; CSV and JSON spell it as the run's own files do.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, Protocol

import numpy as np
import orjson

from logstore.errors import LogstoreError
from logstore.format import STEP, TIMESTAMP, encode_float
from logstore.model.delta import F64, Block, Column
from logstore.reading.points import Portion
from tui.export.points import cell

if TYPE_CHECKING:
    import pyarrow as pa

RUN, RANK = "_run", "_rank"
HEAD = (RUN, RANK, STEP, TIMESTAMP)

GROUP_ROWS = 1 << 17
"""Rows of one group of a Parquet file: what DuckDB and polars like to skip or read at once."""
GROUP_VALUES = 1 << 22
"""Values at which a group is full though it has fewer rows: bounds the memory of very wide tables."""


class NoParquetError(LogstoreError):
    """Parquet is asked for, and pyarrow is not installed."""

    def __init__(self) -> None:
        super().__init__("Parquet needs pyarrow: pip install 'runwatch[parquet]' (or take --format csv or jsonl)")


class Table(Protocol):
    """A table in a file that somebody else opened and closes; rows are added to it."""

    def write(self, portion: Portion) -> None:
        """Add the rows of ``portion``."""

    def close(self) -> None:
        """Write what is still to be written."""


class JsonlTable:
    """One JSON object for each row."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, portion: Portion) -> None:
        """Add the rows of ``portion``."""
        names = (*HEAD, *map(_text, portion.rows.columns))
        for values in _rows(portion, list(portion.rows.columns)):
            row = {
                name: encode_float(value) if isinstance(value, float) else value
                for name, value in zip(names, values, strict=True)
                if value is not None
            }
            self._file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        """Finish: every row is a line of its own."""


class CsvTable:
    """Comma-separated values below a line of names."""

    def __init__(self, file: IO[bytes], metrics: Sequence[str]) -> None:
        self._text = TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        self._metrics = metrics
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow([cell(name) for name in (*HEAD, *metrics)])

    def write(self, portion: Portion) -> None:
        """Add the rows of ``portion``."""
        self._writer.writerows([cell(value) for value in row] for row in _rows(portion, self._metrics))

    def close(self) -> None:
        """Hand over what is left."""
        self._text.flush()
        self._text.detach()


class ParquetTable:
    """Apache Parquet with zstd, one row group for about ``GROUP_ROWS`` rows (https://parquet.apache.org)."""

    def __init__(self, file: IO[bytes], metrics: Sequence[str]) -> None:
        """Begin the table.

        Raises:
            NoParquetError: pyarrow is not installed.
        """
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ImportError:
            raise NoParquetError from None
        self._pa = pa
        fields = [(RUN, pa.dictionary(pa.int32(), pa.string())), (RANK, pa.int32())]
        fields += [(_text(name), pa.float64()) for name in (STEP, TIMESTAMP, *metrics)]
        self._schema = pa.schema(fields)
        self._metrics = metrics
        self._most = min(GROUP_ROWS, max(1, GROUP_VALUES // len(self._schema)))
        self._waiting: list[pa.RecordBatch] = []
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, portion: Portion) -> None:
        """Add the rows of ``portion``."""
        self._waiting.append(self._batch(portion))
        if sum(map(len, self._waiting)) >= self._most:
            self._flush()

    def close(self) -> None:
        """Write what waits, and the end of the table."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(self._pa.Table.from_batches(self._waiting, self._schema))
            self._waiting.clear()

    def _batch(self, portion: Portion) -> pa.RecordBatch:
        pa, block = self._pa, portion.rows
        count = len(block)
        run = pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([_text(portion.run)]))
        rank = pa.array(np.full(count, portion.rank, np.int32))
        times = pa.array(block.times, mask=np.isnan(block.times))
        columns = [self._column(block, block.columns.get(name)) for name in self._metrics]
        return pa.record_batch([run, rank, pa.array(block.steps), times, *columns], schema=self._schema)

    def _column(self, block: Block, column: Column | None) -> pa.Array:
        if column is None:
            return self._pa.nulls(len(block), self._pa.float64())
        values, absent = _spread(block, column)
        return self._pa.array(values, mask=absent)


FORMATS: MappingProxyType[str, Callable[[IO[bytes], Sequence[str]], Table]] = MappingProxyType(
    {"parquet": ParquetTable, "csv": CsvTable, "jsonl": lambda file, _metrics: JsonlTable(file)}
)


def write_table(kind: str, target: Path, metrics: Sequence[str], rows: Iterable[Portion]) -> int:
    """Write ``rows`` into the file ``target``, which is replaced only when all went well; how many rows there are.

    A pipe or a device is never replaced, but written to; a symbolic link leads to the file that is.

    Args:
        kind: one of ``FORMATS``.
        target: the file.
        metrics: the columns after the first four; others are left out, except in JSON, which has no columns.
        rows: what to write.

    Raises:
        NoParquetError: Parquet is asked for, and pyarrow is not installed.
        OSError: the file cannot be written.
    """
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            return write_rows(kind, file, metrics, rows)
    target = Path(os.path.realpath(target))
    temporary = target.with_name(f".{target.name}.part")
    try:
        with temporary.open("wb") as file:
            count = write_rows(kind, file, metrics, rows)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return count


def write_rows(kind: str, file: IO[bytes], metrics: Sequence[str], rows: Iterable[Portion]) -> int:
    """Write ``rows`` into an open file, as ``write_table`` does; how many there are."""
    table = FORMATS[kind](file, metrics)
    count = 0
    try:
        for portion in rows:
            table.write(portion)
            count += len(portion.rows)
    finally:
        table.close()
    return count


def _rows(portion: Portion, metrics: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Each row of ``portion`` as run, rank, step, time and the values of ``metrics``; None where there is none."""
    block = portion.rows
    steps = [int(step) if step.is_integer() else step for step in block.steps.tolist()]
    times = [None if time != time else time for time in block.times.tolist()]  # noqa: PLR0124 (NaN alone differs)
    columns = [_values(block, block.columns.get(name)) for name in metrics]
    runs, ranks = [_text(portion.run)] * len(block), [portion.rank] * len(block)
    return zip(runs, ranks, steps, times, *columns, strict=True)


def _values(block: Block, column: Column | None) -> list[float | None]:
    if column is None:
        return [None] * len(block)
    logged: list[float | None] = column.values.tolist()
    if column.rows is None:
        return logged
    values: list[float | None] = [None] * len(block)
    for row, value in zip(column.rows.tolist(), logged, strict=True):
        values[row] = value
    return values


def _spread(block: Block, column: Column) -> tuple[F64, np.typing.NDArray[np.bool_] | None]:
    """One value for each row, and which of them are absent."""
    if column.rows is None:
        return column.values, None
    values = np.zeros(len(block))
    absent = np.ones(len(block), bool)
    values[column.rows], absent[column.rows] = column.values, False
    return values, absent


def _text(value: str) -> str:
    """``value`` as UTF-8 can hold it."""
    return value.encode("utf-8", "replace").decode()
