"""``tui.table.calm``: how long rows stay where they are after a person moved about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.table.calm import QUIET, Calm


def test_rows_may_move_where_nobody_ever_moved_about() -> None:
    assert Calm(2.0).left(0.0) <= 0


@given(now=st.floats(0, 1e10), seconds=st.floats(0.01, 100), later=st.floats(0, 200))
def test_rows_stay_for_a_share_of_the_time_to_settle_after_the_last_move(
    now: float, seconds: float, later: float
) -> None:
    calm = Calm(seconds)
    calm.moved(now - 1000)
    calm.moved(now)
    moment = now + later
    assert calm.left(moment) == now + QUIET * seconds - moment
    assert (calm.left(moment) > 0) == (now + QUIET * seconds > moment)
