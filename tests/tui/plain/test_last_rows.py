import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.plain.last_rows import LastLines, rows_in, words

NOW = 1_790_000_100.0


def test_a_file_that_is_not_there_yet_is_empty_until_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    source = LastLines(file)
    assert source.last(lambda _lines: True) == b""
    assert source.new() == b""
    file.write_bytes(b"1\n2\n")
    assert source.new() == b"1\n2\n"
    assert source.new() == b""


def test_a_file_that_is_written_anew_is_read_from_its_start(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"1\n2\n")
    source = LastLines(file)
    source.last(lambda _lines: True)
    file.unlink()
    file.write_bytes(b"3\n")
    assert source.new() == b"3\n"


@given(
    st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")), max_size=40),
    st.binary(max_size=5).map(lambda line: line.replace(b"\n", b"")),
    st.integers(1, 50),
    st.integers(0, 10),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_end_of_any_file_is_found_through_any_window(
    tmp_path: Path, lines: list[bytes], torn: bytes, window: int, wanted: int
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in lines) + torn)
    source = LastLines(file, window)
    found = source.last(lambda text: text.count(b"\n") >= wanted).split(b"\n")[:-1]
    assert found == lines[len(lines) - len(found) :]
    assert len(found) >= min(wanted, len(lines))
    with file.open("ab") as end:
        end.write(b"more\n")
    assert source.new() == torn + b"more\n"


def test_patterns_choose_metrics_and_rows() -> None:
    lines = b'{"_step":1,"train/loss":1}\n{"_step":2,"val/loss":2,"val/acc":3,"train/loss":4}\n'
    assert rows_in(lines, ("val/*",)) == [{"_step": 2, "val/loss": 2, "val/acc": 3}]
    assert rows_in(lines, ("train/loss",)) == [{"_step": 1, "train/loss": 1}, {"_step": 2, "train/loss": 4}]
    assert len(rows_in(lines)) == 2
    assert rows_in(b"") == []


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"_step": 12, "loss": 2.0}, [("step", "12"), ("loss", "2.000")]),
        ({"global_step": 5, "loss": "NaN"}, [("step", "5"), ("loss", "nan")]),
        ({"loss": "Infinity", "acc": math.nan}, [("loss", "inf"), ("acc", "nan")]),
        (
            {"_step": 1, "ok": True, "n": 12345678, "none": None},
            [("step", "1"), ("ok", "true"), ("n", "12345678"), ("none", "null")],
        ),
        (
            {"step": 1, "grads": {"_type": "histogram", "bins": [-1.0, 0.0, 2.0], "counts": [3, 4]}},
            [("step", "1"), ("grads", "7 values from -1.000 to 2.000")],
        ),
        ({"step": 1, "note": "hello", "sizes": [1, 2]}, [("step", "1"), ("note", "hello"), ("sizes", "[1, 2]")]),
    ],
)
def test_a_row_in_words(row: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert words(row, NOW) == expected


@pytest.mark.parametrize("time", [NOW - 5, "2026-09-21T14:14:55+00:00"])
def test_the_time_of_a_row_is_told(time: float | str) -> None:
    (name, text), _ = words({"timestamp": time, "loss": 1.0}, NOW)
    assert name == "at"
    assert len(text) == len("14:14:55")


def test_a_line_without_an_end_is_not_read_into_memory(tmp_path: Path) -> None:
    """A sparse file of 1 TiB without a newline once made ``tui tail`` read until the memory was full."""
    file = tmp_path / "a.jsonl"
    with file.open("wb") as sparse:
        sparse.write(b'{"a":1}\n')
        sparse.truncate(1 << 40)
    seen: list[int] = []
    source = LastLines(file, largest=1 << 20)
    assert source.last(lambda text: seen.append(len(text)) or False) == b""  # type: ignore[func-returns-value]
    with file.open("ab") as end:
        end.write(b'\n{"a":2}\n')
    source = LastLines(file, largest=1 << 20)
    assert source.last(lambda text: seen.append(len(text)) or False) == b'{"a":2}\n'  # type: ignore[func-returns-value]
    assert max(seen) <= 1 << 20
