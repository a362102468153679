"""Take the README's picture: the real app over real trainings, as SVG. ``python -m benchmarks.picture OUT.svg``."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from pathlib import Path

from textual.pilot import Pilot

from logstore.store import Store
from tui.app import RunwatchApp
from tui.demo.launcher import Trainings
from tui.demo.plan import plan
from tui.settings import Settings

SIZE = (150, 42)
STORY_SECONDS, TRAINING_SECONDS = 45.0, 32.0
"""How long the whole demo would take, and when in it the picture is taken."""


def main(out: Path) -> None:
    """Train the demo's networks for a while, then draw one frame of the app over their runs."""
    with tempfile.TemporaryDirectory() as directory, Trainings(plan(STORY_SECONDS, directory, os.getpid())):
        time.sleep(TRAINING_SECONDS)
        out.write_text(picture(Path(directory)), encoding="utf-8")
    print(out)


def picture(store: Path) -> str:
    """The Watch screen over ``store`` as SVG."""
    app = RunwatchApp(Store(store).reader(), Path("~/exp/runs"), Settings(), clock=time.time)
    svg = ""

    async def take(pilot: Pilot[object]) -> None:
        nonlocal svg
        await app.settle()
        await pilot.pause(1.0)
        svg = app.export_screenshot(title="tui watch", simplify=True)
        app.exit()

    app.run(headless=True, size=SIZE, auto_pilot=take)
    return anonymous(svg, os.uname().nodename)


def anonymous(svg: str, host: str) -> str:
    """The picture with another name for the machine it was taken on, as long as its own."""
    return re.sub(rf">{re.escape(host)}(?=(&#160;)*<)", ">" + "gpu-box-1"[: len(host)].ljust(len(host), "0"), svg)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
