"""What writing costs: ``log()`` beside the bare floor, the start of a run beside a bare interpreter, bytes on disk."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter_ns, sleep
from typing import Any

import orjson

import logstore
from benchmarks.row import Row, ratio_row
from logstore.writing.writer import RunWriter

OFF: dict[str, Any] = {"system": False, "console": False, "git": False, "packages": False, "hardware": False}
FLOOR = "orjson.dumps + os.write"
INTERPRETER = "bare interpreter"


def rows(quick: bool) -> Iterator[Row]:
    """Every figure of writing; ``quick`` measures less often."""
    with tempfile.TemporaryDirectory() as name, _quietly():
        directory = Path(name)
        yield from _calls(directory, quick)
        yield from _starts(directory, quick)
        yield from _kills(directory, quick)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    earlier = os.environ.get("LOGSTORE_SILENT")
    os.environ["LOGSTORE_SILENT"] = "1"
    try:
        yield
    finally:
        if earlier is None:
            del os.environ["LOGSTORE_SILENT"]
        else:
            os.environ["LOGSTORE_SILENT"] = earlier


def _values(count: int) -> list[dict[str, Any]]:
    """Five scalars as a training logs them."""
    return [
        {"loss": 2.5 / (i + 1) + 1e-9, "acc": 1 - 1 / (i + 2), "lr": 3e-4, "grad": 0.1 + i / 7e5, "tps": 51234.25 + i}
        for i in range(count)
    ]


def _calls(directory: Path, quick: bool) -> list[Row]:
    count, repeats = (5_000, 3) if quick else (20_000, 9)
    plain = _values(count)
    nested = [{"train": {"loss": each["loss"], "acc": each["acc"]}, "lr": 3e-4, "g": 1.0, "t": 2.0} for each in plain]
    with logstore.init("bench", dir=directory, **OFF) as run, _floor(directory / "bare.jsonl") as floor:
        whole = _whole_rows(run, plain)
        size = (run.path / "metrics.jsonl").stat().st_size
        ways: list[tuple[Callable[[Any], object], Sequence[Any]]] = [
            (floor, whole),
            (run.log, plain),
            (logstore.log, plain),
            (run.log, nested),
        ]
        timed = [_spread([_time(way, values) for _ in range(repeats)]) for way, values in _interleaved(ways)]
    (bare, bare_tail), (ours, tail), (module, _), (long, _) = timed
    return [
        ratio_row("log() of 5 scalars, median", ours, "µs", bare, FLOOR, "≤ 2.5×"),
        ratio_row("log() of 5 scalars, p99.9", tail, "µs", bare_tail, FLOOR, "< 50 µs"),
        ratio_row("logstore.log() of 5 scalars, median", module, "µs", bare, FLOOR, "≤ 2.5×"),
        ratio_row("log() of nested dictionaries, median", long, "µs", bare, FLOOR),
        Row("bytes on disk a value, 5 scalars a row", size / count / 5, "B", target="≤ 40 B"),
        _print_row(directory, count),
    ]


@contextlib.contextmanager
def _floor(path: Path) -> Iterator[Callable[[object], object]]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    dumps, write, newline = orjson.dumps, os.write, orjson.OPT_APPEND_NEWLINE
    yield lambda row: write(descriptor, dumps(row, option=newline))
    os.close(descriptor)


def _whole_rows(run: RunWriter, values: Sequence[dict[str, Any]]) -> list[Any]:
    """The rows that ``log()`` makes of ``values``, as dictionaries: what the floor has to write."""
    for each in values:
        run.log(each)
    return [orjson.loads(line) for line in (run.path / "metrics.jsonl").read_bytes().splitlines()]


def _interleaved(ways: list[Any]) -> Iterator[Any]:
    """``ways``, each after a first round of all, so that none pays for what is cold."""
    for way, values in ways:
        _time(way, values)
    yield from ways


def _time(call: Callable[[Any], object], values: Sequence[Any]) -> list[int]:
    """Nanoseconds of each call, less what the clock itself takes."""
    gc.collect()
    times = []
    clock = min(-(perf_counter_ns() - perf_counter_ns()) for _ in range(1000))
    for each in values:
        start = perf_counter_ns()
        call(each)
        times.append(perf_counter_ns() - start - clock)
    return times


def _spread(repeats: list[list[int]]) -> tuple[float, float]:
    """Median and 99.9th percentile in microseconds: of each the least of the repeats, which others disturbed least."""
    medians = [statistics.median(times) for times in repeats]
    tails = [sorted(times)[int(len(times) * 0.999)] for times in repeats]
    return min(medians) / 1000, min(tails) / 1000


def _print_row(directory: Path, count: int) -> Row:
    """``print`` with and without a copy in console.log."""
    with (directory / "out.txt").open("w") as out, contextlib.redirect_stdout(out):
        bare, _ = _spread([_time(_print_line, range(count)) for _ in range(3)])
        with logstore.init("bench", dir=directory, **{**OFF, "console": True}):
            copied, _ = _spread([_time(_print_line, range(count)) for _ in range(3)])
    return ratio_row("print() of a line with console capture, median", copied, "µs", bare, "print to a file")


def _print_line(number: int) -> None:
    print("step", number)


def _starts(directory: Path, quick: bool) -> list[Row]:
    repeats = 4 if quick else 20
    options = ", ".join(f"{key}=False" for key in OFF)
    one_run = f"import logstore; logstore.init('bench', {options}); logstore.finish()"
    codes = ("pass", "import logstore", "import orjson", one_run, _LIFE)
    (bare, light, floor, start, _), said = _start_times(codes, directory, repeats)
    begun, ended = (min(float(line.split()[column]) for line in said) for column in (0, 1))
    return [
        ratio_row("import logstore, beyond the interpreter", light - bare, "ms", bare, INTERPRETER, "< 40 ms"),
        ratio_row("import + init + finish, capture off", start - bare, "ms", floor - bare, "import orjson", "< 60 ms"),
        ratio_row("import + init, everything captured", begun, "ms", floor - bare, "import orjson"),
        Row("finish() half a second later, everything captured", ended, "ms"),
    ]


_LIFE = """
from time import perf_counter as now, sleep
start = now()
import logstore
logstore.init("bench")
begun = now()
sleep(0.5)
end = now()
logstore.finish()
print((begun - start) * 1000, (now() - end) * 1000)
"""


def _start_times(codes: Sequence[str], directory: Path, repeats: int) -> tuple[list[float], list[str]]:
    """What an interpreter takes for each of ``codes``, and the lines that they printed.

    Milliseconds of processor time (for a program that waits for nothing that is its start time on a quiet machine),
    with warm bytecode: the least of interleaved runs, which others on the machine disturbed least.
    """
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environ |= {"PYTHONPYCACHEPREFIX": str(directory / "bytecode"), "LOGSTORE_DIR": str(directory / "starts")}
    environ["PYTHONPATH"] = os.pathsep.join([str(Path(logstore.__file__).parent.parent), *sys.path[1:]])
    times: list[list[float]] = [[] for _ in codes]
    lines: list[str] = []
    for _ in range(repeats + 1):
        for code, taken in zip(codes, times, strict=True):
            with subprocess.Popen(
                [sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE, text=True
            ) as child:
                assert child.stdout is not None
                lines += child.stdout.read().splitlines()
                _, child.returncode, usage = os.wait4(child.pid, 0)
            taken.append((usage.ru_utime + usage.ru_stime) * 1000)
    return [min(taken[1:]) for taken in times], lines[1:]


_LOG_FOR_EVER = f"""
import logstore, os
run = logstore.init("kills", **{OFF!r})
i = 0
while True:
    run.log({{"i": i, "loss": i / 7}})
    os.write(1, b"%d\\n" % i)
    i += 1
"""


def _kills(directory: Path, quick: bool) -> list[Row]:
    """Rows that ``log()`` returned from and that are not on disk after SIGKILL."""
    trials = 3 if quick else 20
    environ = {**os.environ, "LOGSTORE_DIR": str(directory / "kills")}
    returned = 0
    for trial in range(trials):
        with subprocess.Popen([sys.executable, "-c", _LOG_FOR_EVER], env=environ, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            sleep(0.003 * trial)
            process.send_signal(signal.SIGKILL)
            returned += len((first + process.stdout.read()).splitlines())
    found = sum(path.read_bytes().count(b"\n") for path in (directory / "kills").glob("kills/*/metrics.jsonl"))
    return [Row(f"rows lost of {returned:,} after {trials} × kill -9", max(0, returned - found), "rows", target="0")]
