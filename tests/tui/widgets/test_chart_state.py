from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.arrangement import Arrangement
from tui.charts.line import Look, XAxis
from tui.charts.smoothing import Smoothing
from tui.charts.window import FULL, Window, fixed, tail
from tui.widgets.chart_state import restored, saved

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = list(saved(Arrangement(), Look(), {}, 0, None))


@pytest.mark.parametrize("window", [FULL, fixed(10, 20), tail(500)])
def test_what_was_saved_comes_back(window: Window) -> None:
    arrangement = Arrangement(("b", "a"), ("a",), frozenset({"x"}), frozenset({"gpu"}), "loss", 2, 3)
    look = Look(xaxis=XAxis("metric", "tokens"), smoothing=Smoothing(0.9, "ema"), window=window)
    own = {"a": (True, False), "b": (False, True)}
    state = saved(arrangement, look, own, 2, "a")
    assert restored(state, Look()) == (arrangement, look, own, 2, "a")


def test_an_empty_state_changes_nothing() -> None:
    look = Look(smoothing=Smoothing(0.6), xaxis=XAxis("wall"), window=tail(5.0))
    assert restored({}, look) == (Arrangement(), look, {}, 0, None)


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(), JSON))
def test_a_state_that_does_not_fit_is_ignored(state: dict[str, Any]) -> None:
    arrangement, look, own, page, full = restored(state, Look())
    assert arrangement.rows is None or 1 <= arrangement.rows <= 9
    assert all(isinstance(name, str) for name in (*arrangement.order, *arrangement.pinned, *own))
    assert 0 <= look.smoothing.weight <= 0.999
    assert page >= 0
    assert full is None or isinstance(full, str)
