"""``tui.notify.rate``: so many in any minute, the rest counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.notify.rate import MINUTE, Rate


def test_the_rest_is_counted_and_told_with_the_next() -> None:
    rate = Rate(2)
    assert [rate.admit(float(now)) for now in range(5)] == [0, 0, None, None, None]
    assert rate.admit(60.0) == 3
    assert rate.admit(61.0) == 0
    assert rate.admit(62.0) is None


@given(st.lists(st.floats(0, 500), max_size=60).map(sorted), st.integers(1, 5))
def test_no_minute_has_more(times: list[float], most: int) -> None:
    rate = Rate(most)
    sent = [now for now in times if rate.admit(now) is not None]
    for now in sent:
        assert sum(other <= now and now - other < MINUTE for other in sent) <= most
