"""``tui.show.text``: nothing a terminal would act on passes, and lines have exactly the width asked for."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.show.text import clean, fit, fit_clause, fit_middle, told_apart, width, wrapped


@given(st.text())
def test_clean_leaves_nothing_a_terminal_acts_on(text: str) -> None:
    for character in clean(text):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def test_no_character_of_unicode_passes_that_a_terminal_acts_on() -> None:
    passed = "".join(clean("a" + "a".join(map(chr, range(at, at + 256)))) for at in range(0, 0x110000, 256))
    kinds = {unicodedata.category(character) for character in set(passed)}
    assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})


@given(st.text(), st.integers(0, 60))
def test_fit_is_exactly_as_wide_as_asked(text: str, cells: int) -> None:
    assert width(fit(text, cells)) == cells
    assert width(fit(text, cells, "right")) == cells


@given(st.text(), st.integers(0, 60))
def test_fit_middle_is_never_wider(text: str, cells: int) -> None:
    assert width(fit_middle(text, cells)) <= cells


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b]52;c;ZXZpbA==\x07b", "a␛]52;c;ZXZpbA==·b"),
        ("two\nlines", "two␊lines"),
        ("\u202eabc", "·abc"),
        ("a\u200bb", "a·b"),
        ("[bold red]x[/]", "[bold red]x[/]"),
        ("\u0301a", "a"),
        ("\u0489a", "a"),
        ("a\u0300\u0301\u0302\u0303\u0304b", "a\u0300\u0301\u0302b"),
        ("\u2764\ufe0f 👍🏽", "\u2764 👍·"),
        ("a\u00a0b\u2003c\u3000d", "a b c\u3000d"),
        ("\U00013430\U0001bca0\u0600", "···"),
        ("\u0378\ufdd0\uffff\U0001fffe", "····"),
        ("\ue0b0\uf8ff", "\ue0b0\uf8ff"),
        (3.5, "3.5"),
    ],
)
def test_clean_shows_what_was_there(text: object, shown: str) -> None:
    assert clean(text) == shown


def test_fit_middle_keeps_both_ends() -> None:
    assert fit_middle("/home/someone/experiments/runs", 15) == "/home/s…ts/runs"


def test_wide_characters_are_never_cut_in_half() -> None:
    assert fit("損失損失", 5) == "損失…"


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        (80, "no GPU: no NVIDIA driver: lib was not found; no amdgpu card"),
        (50, "no GPU: no NVIDIA driver: lib was not found"),
        (30, "no GPU: no NVIDIA driver"),
        (10, "no GPU"),
        (3, ""),
    ],
)
def test_only_whole_clauses_are_kept(cells: int, kept: str) -> None:
    assert fit_clause("no GPU: no NVIDIA driver: lib was not found; no amdgpu card", cells) == kept


def test_names_that_would_look_the_same_lose_the_beginning_that_they_share() -> None:
    names = ["eval/mmlu/algebra/accuracy", "eval/mmlu/physics/accuracy", "optim/a_long_name_of_something", "lr"]
    assert list(told_apart(names, 16).values()) == ["…/algebra/accur…", "…/physics/accur…", "optim/a_…mething", "lr"]


@given(st.lists(st.text("ab/.", max_size=30), max_size=8), st.integers(0, 20))
def test_told_apart_is_never_wider_and_has_every_name(names: list[str], cells: int) -> None:
    short = told_apart(names, cells)
    assert set(short) == set(names)
    assert all(width(text) <= cells for text in short.values())


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("aa bb cc", 5, ["aa bb", "cc"]),
        ("baseline, a-name-made-of-many-words, v2", 27, ["baseline,", "a-name-made-of-many-words,", "v2"]),
        ("at /a/path/that/no/line/can/hold/at/all", 16, ["at /a/path/that/", "no/line/can/hold", "/at/all"]),
        ("  indented text", 6, ["  inde", "nted", "text"]),
        ("abcd", 2, ["ab", "cd"]),
        ("", 5, [""]),
    ],
)
def test_lines_are_broken_between_words_where_the_next_line_holds_the_word(
    text: str, cells: int, lines: list[str]
) -> None:
    assert wrapped(text, cells) == lines


@given(st.text("ab 損,", max_size=60), st.integers(2, 20))
def test_no_wrapped_line_is_too_wide_and_nothing_but_blanks_is_lost(text: str, cells: int) -> None:
    lines = wrapped(text, cells)
    assert all(width(line) <= cells for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
