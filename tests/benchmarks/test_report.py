"""The table as text, Markdown and JSON."""

from __future__ import annotations

import json

import pytest

from benchmarks import report
from benchmarks.row import Row, ratio_row
from benchmarks.section import Measured

ROWS = [
    ratio_row("log(), median", 3.2, "µs", 1.6, "floor", "≤ 2.5×"),
    Row("  bytes | on disk", 41.0, "B", target="≤ 40 B"),
    Row("not here", None, "ms", None, "peer: not installed"),
]
FOUND = {"writing": Measured(ROWS, 12.0, 0.25), "long": Measured([], 60.0, 0.0, "cut off: its time was up")}
PAGE = "# Head\n\n<!-- results -->\nold\n<!-- end of results -->\n\nwritten by hand\n"


def test_ratios_come_first_and_verdicts_last() -> None:
    head, first, second, third = report.plain(ROWS)
    assert head.split()[:3] == ["ratio", "what", "ours"]
    assert first.split() == "2.00× log(), median 3.2 µs floor 1.6 µs ≤ 2.5× met".split()
    assert second.split()[-1] == "missed"
    assert "–" in third
    assert third.endswith("peer: not installed")


def test_columns_stand_under_their_heads() -> None:
    head, *lines = report.plain(ROWS)
    assert {line.index("log") for line in lines[:1]} == {head.index("what")}
    assert lines[0].index("≤") == head.index("to reach")


def test_small_ratios_keep_their_digits() -> None:
    ratios = [ratio_row("x", ours, "s", 1.0, "y") for ours in (0.000213, 0.0123, 0.123, 1.0)]
    assert [report.ratio(row) for row in ratios] == ["0.0002×", "0.012×", "0.12×", "1.00×"]


def test_figures_have_three_digits() -> None:
    texts = [report.figure(value, "B") for value in (0.012345, 12.345, 1234.5)]
    assert texts == ["0.0123 B", "12.3 B", "1,234 B"]


def test_a_page_keeps_what_was_written_by_hand() -> None:
    page = report.renewed(PAGE, {"machine": "a box"}, FOUND)
    assert page.startswith("# Head\n\n<!-- results -->\n- machine: a box\n")
    assert page.endswith("<!-- end of results -->\n\nwritten by hand\n")
    assert "old" not in page
    assert "bytes \\| on disk" in page
    assert "1 of 2 targets met. Missed: writing: bytes | on disk (41 B, to reach ≤ 40 B)." in page
    assert "cut off: its time was up" in page
    assert report.renewed(page, {"machine": "a box"}, FOUND) == page


def test_a_page_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no <!-- results -->"):
        report.renewed("# Head\n", {}, FOUND)


def test_a_missed_ratio_is_told_as_a_ratio() -> None:
    found = {"writing": Measured([ratio_row("log()", 3.0, "µs", 1.0, "floor", "≤ 2.5×")], 1.0, 0.0)}
    assert report.targets(found) == "0 of 1 targets met. Missed: writing: log() (3.00×, to reach ≤ 2.5×)."


def test_json_says_everything_that_the_table_does() -> None:
    said = json.loads(json.dumps(report.as_json({"date": "2026-01-01"}, FOUND)))
    assert said["date"] == "2026-01-01"
    assert [row["met"] for row in said["sections"]["writing"]["rows"]] == [True, False, None]
    assert said["sections"]["writing"]["rows"][0]["ratio"] == 2.0
    assert said["sections"]["long"]["trouble"] == "cut off: its time was up"


def test_a_page_has_several_places() -> None:
    page = PAGE + "\n<!-- soak -->\n<!-- end of soak -->\n"
    assert report.between(page, ["new"], "soak") == PAGE + "\n<!-- soak -->\nnew\n<!-- end of soak -->\n"
