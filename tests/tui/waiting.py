"""Looking at a running app and waiting for it, as the tests of the screens do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from tui.app import RunwatchApp
from tui.frame_text import frame, plain

PATIENCE = 30.0
"""Seconds after which what is waited for is not coming any more."""


def text(pilot: Pilot[Any]) -> str:
    """What a person would see now."""
    return plain(frame(pilot.app.screen, pilot.app.size))


async def until(condition: Callable[[], bool], pilot: Pilot[Any]) -> None:
    """Wait for something that another loop brings about."""
    late = time.monotonic() + PATIENCE
    while time.monotonic() < late:
        if condition():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"not in time:\n{text(pilot)}")


async def ready(pilot: Pilot[Any]) -> None:
    """Wait until the app has read everything and shows it: three looks in a row see the same."""
    app = pilot.app
    assert isinstance(app, RunwatchApp)
    await app.settle()
    seen: list[str] = []

    def still() -> bool:
        seen.append(text(pilot))
        return len(seen) > 3 and len(set(seen[-3:])) == 1

    await until(still, pilot)
