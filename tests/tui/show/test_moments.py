"""Moments as short text in local time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import pytest

from tui.show.moments import full_moment, moment

NOW = 1_785_672_118.0  # 2026-08-02 12:01:58 UTC


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (NOW, "12:01:58"),
        (NOW - 43_000, "00:05:18"),
        (NOW - 46_800, "Aug 01 23:01"),
        (NOW + 86_400, "Aug 03 12:01"),
        (NOW - 400 * 86_400, "2025-06-28 12:01"),
        (None, "–"),
        (math.nan, "–"),
        (1e300, "–"),
        (-math.inf, "–"),
    ],
)
def test_a_moment_says_as_much_of_the_date_as_is_needed(when: float | None, text: str) -> None:
    assert moment(when, NOW) == text


def test_a_moment_in_full() -> None:
    assert full_moment(NOW) == "2026-08-02 12:01:58"
    assert full_moment(None) == "–"
