from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.celltext import cut, cut_front, plain, width
from tui.show.safe import clean


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("loss", "loss"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\nb\tc", "a␊b c"),
        ("\u202eevil", "·evil"),
        ("\u0301a", "a"),
        ("é", "é"),
    ],
)
def test_what_a_terminal_would_act_on_is_only_shown(text: str, safe: str) -> None:
    assert plain(text) == safe


@given(st.text())
def test_plain_text_is_text_that_passed_the_one_door(text: str) -> None:
    assert plain(text) == clean(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("損失", 4), ("e\u0301", 1), ("━ ✖ …", 5), ("✨", 2)])
def test_widths(text: str, cells: int) -> None:
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "cells", "short"),
    [
        ("brave-otter", 11, "brave-otter"),
        ("brave-otter", 8, "brave-…"),
        ("brave-otter-long", 13, "brave-otter-…"),
        ("unbreakable", 6, "unbre…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("損失曲線", 5, "損失…"),
    ],
)
def test_names_are_cut_after_a_word_where_one_ends_nearby(text: str, cells: int, short: str) -> None:
    assert cut(text, cells) == short


@given(st.text(), st.integers(0, 20))
def test_what_is_cut_fits(text: str, cells: int) -> None:
    assert width(cut(plain(text), cells)) <= cells
    assert width(cut_front(plain(text), cells)) <= cells


@pytest.mark.parametrize(
    ("metric", "cells", "short"),
    [
        ("train/loss", 10, "train/loss"),
        ("train/loss", 8, "…/loss"),
        ("a/b/loss", 7, "…/loss"),
        ("train/loss", 3, "lo…"),
    ],
)
def test_metrics_lose_their_sections_first(metric: str, cells: int, short: str) -> None:
    assert cut_front(metric, cells) == short
