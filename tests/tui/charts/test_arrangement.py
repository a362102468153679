from __future__ import annotations

import pytest

from tui.charts.arrangement import MOST, PINNED, Arrangement, sections

METRICS = {"train/loss": "train", "val/loss": "val", "train/lr": "train", "epoch": "", "gpu/0/util": "gpu"}


def test_sections_come_in_the_order_of_their_first_metric() -> None:
    assert sections(METRICS, Arrangement()) == {
        "train": ["train/loss", "train/lr"],
        "val": ["val/loss"],
        "": ["epoch"],
        "gpu": ["gpu/0/util"],
    }


def test_pinned_charts_are_a_section_of_their_own_that_comes_first() -> None:
    found = sections(METRICS, Arrangement(pinned=("val/loss", "gone")))
    assert list(found) == [PINNED, "train", "", "gpu"]
    assert found[PINNED] == ["val/loss"]


def test_hidden_charts_are_left_out() -> None:
    assert "" not in sections(METRICS, Arrangement(hidden=frozenset({"epoch"})))


def test_the_order_is_kept_and_new_metrics_follow() -> None:
    assert sections(METRICS, Arrangement(order=("train/lr", "gone", "train/loss")))["train"] == [
        "train/lr",
        "train/loss",
    ]


@pytest.mark.parametrize(
    ("pattern", "metrics"),
    [("LOSS", ["train/loss", "val/loss"]), ("^train", ["train/loss", "train/lr"]), ("(", []), ("", list(METRICS))],
)
def test_a_regular_expression_in_any_case_narrows_them_and_half_of_one_is_text(
    pattern: str, metrics: list[str]
) -> None:
    found = sections(METRICS, Arrangement(pattern=pattern))
    assert sorted(metric for members in found.values() for metric in members) == sorted(metrics)


def test_pinning_hiding_and_folding_go_both_ways() -> None:
    start = Arrangement()
    for kind in ("pinned", "hidden", "folded"):
        once = start.toggled(kind, "a")
        assert "a" in getattr(once, kind)
        assert once.toggled(kind, "a") == start


def test_a_chart_moves_among_all_or_among_the_pinned() -> None:
    assert Arrangement().moved("b", -1, "abc").order == ("b", "a", "c")
    assert Arrangement().moved("b", 9, "abc").order == ("a", "c", "b")
    assert Arrangement(pinned=("x", "b")).moved("b", -1, "abc").pinned == ("b", "x")
    assert Arrangement().moved("gone", 1, "ab").order == ("a", "b")


def test_rows_and_columns_stay_between_one_and_nine() -> None:
    made = Arrangement().resized(0, 99)
    assert (made.rows, made.columns) == (1, MOST)
