"""A run whose rows nobody reads unasked is read because it is seen: from the very first frame."""

from __future__ import annotations

from pathlib import Path

from logstore.store import Store
from tests.tui.sample_store import NOW, machine, write_run
from tests.tui.waiting import ready, until
from tui.app import RunwatchApp
from tui.screens.base import RunwatchScreen
from tui.settings import Settings


async def test_a_run_that_is_seen_at_the_start_is_read(tmp_path: Path) -> None:
    """Also where everything was told before the screen had its parts, and nothing new will ever be."""
    write_run(tmp_path / "runs", 1)
    source = Store(tmp_path / "runs").reader(background=0, machine=machine(tmp_path / "proc"))
    app = RunwatchApp(source, Path("/exp/runs"), Settings(gpu=False), clock=lambda: NOW)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: any(run.metrics for run in app.model.runs.values()), pilot)
        await ready(pilot)
        app.follower.first = ()
        app.screen.post_message(RunwatchScreen.Began())
        await until(lambda: list(app.follower.first) == list(app.model.runs), pilot)
