"""From runs to charts: a run by itself shows what its later attempts replaced, as a ghost."""

from __future__ import annotations

import json
from pathlib import Path

from logstore.model.runs import Run
from logstore.store import Store
from tui import curves
from tui.charts.line import Look
from tui.charts.plot import Plot
from tui.details.run_facts import identity
from tui.show.palette import Swatch

NOW = 1_790_000_000.0
ATTEMPTS = ((0, 60), (40, 50), (30, 80))
"""First and last step of each."""
PAUSE = 36_000.0
"""Seconds from the last row of one to the first of the next."""


def resumed(root: Path) -> Run:
    """A run of three attempts, each of which went back."""
    path = root / "p" / "r"
    path.mkdir(parents=True)
    rows, started, clock = [], [], NOW
    for number, (first, end) in enumerate(ATTEMPTS):
        started.append({"started": clock, "step": first, "pid": 1, "host": "box"})
        for step in range(first, end):
            rows.append({"_step": step, "_timestamp": clock, "loss": 10.0 - number - step / 20})
            clock += 1
        clock += PAUSE
    (path / "run.json").write_text(json.dumps({"created": NOW, "attempts": started, "state": "finished"}))
    (path / "metrics.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return Store(root).find("r")


def test_what_was_replaced_is_a_line_for_each_attempt(tmp_path: Path) -> None:
    run = resumed(tmp_path)
    (chart,) = curves.charts([run], {run.key: Swatch(0, "━")}, NOW)
    (line,) = chart.lines
    assert line.x.tolist() == list(range(80))
    assert [(int(ghost.x[0]), int(ghost.x[-1])) for ghost in chart.ghosts] == [(40, 59), (30, 49)]
    assert chart.ghosts[0].y.tolist() == [10.0 - step / 20 for step in range(40, 60)]
    assert chart.ghosts[1].y.tolist() == [
        *(10.0 - step / 20 for step in range(30, 40)),
        *(9.0 - step / 20 for step in range(40, 50)),
    ]


def test_the_time_that_was_lost_is_known(tmp_path: Path) -> None:
    """Rows are one second apart, attempts ten hours: nothing was done in between."""
    run = resumed(tmp_path)
    second = NOW + 60 + PAUSE
    assert run.replaced == [(NOW + 40, NOW + 59), (NOW + 30, NOW + 39), (second, second + 9)]
    (fact,) = (fact for fact in identity(run) if fact.name == "attempts")
    assert fact.text == "3, 37s done again"


def test_a_ghost_is_drawn_and_is_in_no_legend(tmp_path: Path) -> None:
    run = resumed(tmp_path)
    (chart,) = curves.charts([run], {run.key: Swatch(0, "━")}, NOW)
    frame = Plot().frame(chart, Look(), 60, 16)
    alone = Plot().frame(type(chart)(chart.metric, chart.lines), Look(), 60, 16)
    assert frame.rows[0] == alone.rows[0]
    dots = [sum(char > "\u2800" for char in "".join(row.text for row in each.rows)) for each in (frame, alone)]
    assert dots[0] > dots[1]


def test_runs_beside_each_other_have_no_ghosts(tmp_path: Path) -> None:
    run = resumed(tmp_path)
    other = Run("p/other", tmp_path)
    (chart,) = curves.charts([run, other], {run.key: Swatch(0, "━"), other.key: Swatch(1, "━")}, NOW)
    assert chart.ghosts == ()
    assert curves.charts([other], {other.key: Swatch(1, "━")}, NOW, ["loss"])[0].ghosts == ()
