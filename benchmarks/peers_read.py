"""What reading costs with one peer, measured inside an environment that has it; it knows nothing else of ours.

    python -P peers_read.py QUESTION READER PATH

The questions: ``columns`` wants every metric of one run as an array, ``table`` the last value of each metric of every
run. Printed are the seconds without the imports, the most memory that the process held, and how many numbers came out,
as JSON. The files are in the page cache.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

Answer = Callable[[], int]
"""Does the work; how many numbers came out of it."""


# -- columns ----------------------------------------------------------------------------------------------------------


def runwatch_columns(path: Path) -> Answer:
    from logstore.store import Store

    def answer() -> int:
        (run,) = Store(path, None).runs().values()
        return sum(len(series.values) for series in run.metrics.values())

    return answer


def pandas_columns(path: Path) -> Answer:
    import pandas as pd  # type: ignore[import-untyped,unused-ignore]

    def answer() -> int:
        frame = pd.read_json(_only(path), lines=True)
        return sum(len(frame[name].to_numpy()) for name in _metrics(frame.columns))

    return answer


def polars_columns(path: Path) -> Answer:
    import polars as pl

    def answer() -> int:
        frame = pl.read_ndjson(_only(path))
        return sum(len(frame[name].to_numpy()) for name in _metrics(frame.columns))

    return answer


def duckdb_columns(path: Path) -> Answer:
    import duckdb

    def answer() -> int:
        columns = duckdb.sql(f"SELECT * FROM read_json_auto('{_only(path)}', format='newline_delimited')").fetchnumpy()
        return sum(len(columns[name]) for name in _metrics(columns))

    return answer


def tensorboard_columns(path: Path) -> Answer:
    """All points, where TensorBoard itself keeps a thousand of each."""
    import numpy as np
    from tensorboard.backend.event_processing.event_accumulator import (  # type: ignore[import-not-found,unused-ignore]
        EventAccumulator,
    )

    def answer() -> int:
        events = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0})
        events.Reload()
        return sum(len(np.array([point.value for point in events.Scalars(name)])) for name in events.Tags()["scalars"])

    return answer


def _only(path: Path) -> str:
    """The one file of rows below ``path``."""
    (found,) = path.rglob("metrics.jsonl")
    return str(found)


def _metrics(names: Any) -> list[str]:
    """What is no column of our own."""
    return [str(name) for name in names if not str(name).startswith(("_", "filename"))]


# -- tables -----------------------------------------------------------------------------------------------------------


def runwatch_table(path: Path) -> Answer:
    from logstore.store import Store

    def answer() -> int:
        runs = Store(path, None).runs(points=False)
        return sum(not name.startswith("_") for run in runs.values() for name in run.summary)

    return answer


def pandas_table(path: Path) -> Answer:
    import pandas as pd

    def answer() -> int:
        last = [pd.read_json(str(each), lines=True).iloc[-1] for each in _all(path)]
        return sum(len(_metrics(row.index)) for row in last)

    return answer


def polars_table(path: Path) -> Answer:
    import polars as pl

    def answer() -> int:
        frame = pl.scan_ndjson(_all(path), include_file_paths="filename").group_by("filename").last().collect()
        return len(frame) * len(_metrics(frame.columns))

    return answer


def duckdb_table(path: Path) -> Answer:
    import duckdb

    def answer() -> int:
        rows = f"read_json_auto('{path}/*/*/metrics.jsonl', format='newline_delimited', filename=true)"
        last = "arg_max(COLUMNS(* EXCLUDE (filename, _step, _timestamp)), _step)"
        columns = duckdb.sql(f"SELECT {last} FROM {rows} GROUP BY filename").fetchnumpy()
        return sum(len(column) for column in columns.values())

    return answer


def _all(path: Path) -> list[str]:
    return [str(each) for each in sorted(path.glob("*/*/metrics.jsonl"))]


READERS: Mapping[str, Mapping[str, Callable[[Path], Answer]]] = {
    "columns": {
        "runwatch": runwatch_columns,
        "pandas": pandas_columns,
        "polars": polars_columns,
        "duckdb": duckdb_columns,
        "tensorboard": tensorboard_columns,
    },
    "table": {
        "runwatch": runwatch_table,
        "pandas": pandas_table,
        "polars": polars_table,
        "duckdb": duckdb_table,
    },
}


def main(question: str, reader: str, path: Path) -> dict[str, float]:
    """Measure one answer."""
    answer = READERS[question][reader](path)
    begun = perf_counter()
    numbers = answer()
    seconds = perf_counter() - begun
    status = Path("/proc/self/status").read_text("ascii")
    return {
        "seconds": seconds,
        "peak_mb": int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6,
        "numbers": numbers,
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
