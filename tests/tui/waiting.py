"""Looking at a running app and waiting for it, as the tests of the screens do."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot

from tui.frame_text import frame, plain


def text(pilot: Pilot[None]) -> str:
    """What a person would see now."""
    return plain(frame(pilot.app.screen, pilot.app.size))


async def until(condition: Callable[[], bool], pilot: Pilot[None]) -> None:
    """Wait for something that another loop brings about."""
    for _ in range(400):
        if condition():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"not in time:\n{text(pilot)}")
