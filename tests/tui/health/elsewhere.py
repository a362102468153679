"""A run on other hosts, of which its own telemetry files are all that is seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from logstore.model.delta import Block, Column, Delta, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Runs
from tests.tui.health.traces import KEY, START
from tui.health.watchdog import Watchdog


def elsewhere(*rows: dict[str, dict[str, float]]) -> list[tuple[str, str | None, str, str]]:
    """What is told of a run on other hosts that steps every second, with the rows of its telemetry by host."""
    runs, dog = Runs(), Watchdog()
    record, away = RunRecord(name="far", created=START, host="node1", pid=7), Liveness("elsewhere", 7, "node1")
    found: list[tuple[str, str | None, str, str]] = []
    for second, system in enumerate(rows):
        now = START + second
        blocks = {0: (block(second, now, {"loss": 2.0}),)}
        telemetry = {host: (block(now, now, row),) for host, row in system.items()}
        path = Path("/s") / KEY
        delta = RunDelta(KEY, path, record=record, blocks=blocks, system=telemetry, liveness=away, last_write=now)
        runs.apply(Delta((delta,)))
        dog.evaluate(runs, None, now)
        found += [(each.what, each.alert.run, each.alert.subject, each.text) for each in dog.changes]
    return found


def block(step: float, now: float, values: dict[str, float]) -> Block:
    columns = {name: Column(None, np.array([value])) for name, value in values.items()}
    return Block(np.array([float(step)]), np.array([now]), columns)
