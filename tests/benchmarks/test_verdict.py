"""A target is read as a person reads it."""

from __future__ import annotations

import pytest

from benchmarks.row import Row, ratio_row
from benchmarks.verdict import ROUGHLY, in_unit, met


@pytest.mark.parametrize(
    ("ours", "unit", "target", "expected"),
    [
        (39.9, "B", "≤ 40 B", True),
        (40.0, "B", "≤ 40 B", True),
        (40.0, "B", "< 40 B", False),
        (0.9, "s", "< 1000 ms", True),
        (1200.0, "ms", "< 1 s", False),
        (1900.0, "B/s", "< 2 kB/s", True),
        (2100.0, "B/s", "< 2 kB/s", False),
        (0.4, "% of a core", "< 0.5 %", True),
        (4.2, "% of a core", "< 4 %", False),
        (3.0, "ms", "< 10 ms: 1 % of a core at 1 Hz", True),
        (0.0, "B/s", "0 B/s", True),
        (1.0, "B/s", "0 B/s", False),
        (0.0, "rows", "0", True),
        (12_000.0, "runs", "≥ 10,000 runs", True),
        (200.0, "MB", "256 MB of points + the app", None),
        (0.7, "ms", "0.3 ms of stat", None),
        (1.0, "ms", "< 10 MB", None),
        (1.0, "ms", "", None),
    ],
)
def test_a_figure_meets_its_target(ours: float, unit: str, target: str, expected: bool | None) -> None:
    assert met(Row("x", ours, unit, target=target)) is expected


def test_a_target_with_a_cross_is_about_the_ratio() -> None:
    assert met(ratio_row("x", 3.0, "µs", 1.5, "floor", "≤ 2.5×")) is True
    assert met(ratio_row("x", 3.0, "µs", 1.0, "floor", "≤ 2.5×")) is False


def test_about_as_much_is_not_much_more() -> None:
    assert met(ratio_row("x", ROUGHLY, "ms", 1.0, "short", "≈ 1×")) is True
    assert met(ratio_row("x", ROUGHLY + 0.1, "ms", 1.0, "short", "≈ 1×")) is False


def test_what_was_not_measured_meets_nothing_and_misses_nothing() -> None:
    assert met(Row("x", None, "ms", target="< 1 ms")) is None
    assert met(Row("x", 3.0, "µs", target="≤ 2.5×")) is None


def test_units_have_prefixes() -> None:
    assert in_unit(1.5, "s", "ms") == pytest.approx(1500)
    assert in_unit(1500, "B/s", "kB/s") == pytest.approx(1.5)
    assert in_unit(1.0, "MB", "s") is None
    assert in_unit(1.0, "frames", "rows") is None
