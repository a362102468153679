"""How growth is told."""

from __future__ import annotations

from pathlib import Path

from benchmarks import scale, scale_read, stores
from benchmarks.scale import Table

TABLE = Table(
    "runs",
    {"on disk": "MB", "start": "s", "seldom": ""},
    {100: {"on disk": 1.0, "start": 1.1, "seldom": 3.0}, 1000: {"on disk": 10.0, "start": 2.0}},
    (1000, 10_000),
    {"start": 10.0, "on disk": 0.0},
)


def test_measured_sizes_come_first_and_modelled_ones_in_italics() -> None:
    _, _, first, second, beyond, constant, each = scale.page(TABLE)
    assert first == "| 100 | 1 MB | 1.1 s | 3 |"
    assert second == "| 1,000 | 10 MB | 2 s | – |"
    assert beyond == "| *10,000* | *100 MB* | *11 s* | – |"
    assert constant == "| constant | 0 MB | 1 s | – |"
    assert each == "| each 1,000 more | 10 MB | 1 s | – |"


def test_a_limit_that_is_reached_is_told() -> None:
    assert list(scale.limits(TABLE)) == ["- *start* reaches 10 s at 9,000 runs"]


def test_a_model_knows_two_digits() -> None:
    assert [scale.rounded(count) for count in (123_456, 9_870, 15)] == [120_000, 9_900, 15]


def test_small_stores_are_read_by_the_script_for_all_sizes(tmp_path: Path) -> None:
    stores.write_run(tmp_path / "store", 0, 20)
    scale_read.keep(tmp_path / "store", tmp_path / "cache")
    scale_read.cold(tmp_path / "store", tmp_path / "cache")
    assert any((tmp_path / "cache").rglob("*"))
    assert scale_read.peak() > 1
