"""The latest values from the last lines of a file."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from logstore.reading.headline import latest_values, read_headline


def test_the_latest_value_of_each_key() -> None:
    lines = b'{"_step":1,"loss":3,"val":9}\n{"_step":2,"loss":2}\n{"_step":3,"loss":1,"note":"x","gone":null}\n'
    assert latest_values(lines) == {"_step": 3, "loss": 1, "val": 9, "note": "x"}


def test_steps_and_times_come_under_their_own_names() -> None:
    assert latest_values(b'{"step":7,"time":1700000000,"loss":1}\n') == {"_step": 7, "_timestamp": 1.7e9, "loss": 1}
    assert latest_values(b'{"step":7,"time":0.5}\n') == {"_step": 7, "time": 0.5}


def test_names_of_non_finite_numbers_are_numbers() -> None:
    found = latest_values(b'{"a":"NaN","b":"Infinity","c":"nan"}\n')
    assert found is not None
    assert isinstance(found["a"], float)
    assert math.isnan(found["a"])
    assert (found["b"], found["c"]) == (math.inf, "nan")


@pytest.mark.parametrize("lines", [b"", b"\n", b"bad\n", b"[1]\n", b"{}\n"])
def test_nothing_to_say(lines: bytes) -> None:
    assert latest_values(lines) is None


def test_bad_lines_are_passed_over() -> None:
    assert latest_values(b'{"a":1}\n{"a":\n{"b":2}\n') == {"a": 1, "b": 2}


def test_only_the_end_of_a_long_file_is_read_and_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    rows = [json.dumps({"_step": step, f"only{step}": 1, "loss": step}) + "\n" for step in range(5000)]
    path.write_text("".join(rows) + '{"_step": 9999')
    found, seen = read_headline(str(path))
    assert seen.size == path.stat().st_size
    assert found is not None
    assert (found["_step"], found["loss"]) == (4999, 4999)
    assert "only0" not in found
    assert "only4999" in found
