"""What is wrong with a run at one look."""

import math
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from logstore.store import Store
from tests.tui.commands.store_files import START, Values, Writer
from tui.health.thresholds import Thresholds
from tui.plain.troubles import Trouble, troubles

CALM = [{"train/loss": 2.0 + 0.01 * (step % 7)} for step in range(400)]
FINISHED: Mapping[str, Any] = {"state": "finished", "ended": START + 400}


def found(tmp_path: Path, rows: Sequence[Values], now: float = START + 1000, **record: Any) -> list[Trouble]:
    writer = Writer(tmp_path)
    writer.run("r", rows, **record)
    for path in tmp_path.rglob("metrics.jsonl"):
        os.utime(path, (START + len(rows), START + len(rows)))
    return troubles(Store(tmp_path).find("r"), now, Thresholds())


def test_a_run_that_did_well_has_none(tmp_path: Path) -> None:
    assert found(tmp_path, CALM, **FINISHED) == []


def test_a_run_that_ended_in_nan_says_since_when(tmp_path: Path) -> None:
    (trouble,) = found(tmp_path, [*CALM, *[{"train/loss": math.nan}] * 5], **FINISHED)
    assert (trouble.rule, trouble.level, trouble.since) == ("nonfinite", "ERROR", START + 400)
    assert trouble.title == "train/loss is nan since step 400"
    assert trouble.text == f"{trouble.title}: {trouble.evidence}"


def test_a_run_whose_loss_left_its_range_diverged(tmp_path: Path) -> None:
    (trouble,) = found(tmp_path, [*CALM, *[{"train/loss": 50.0}] * 60], **FINISHED)
    assert (trouble.rule, trouble.title.split(":")[0]) == ("divergence", "train/loss diverges")


def test_a_run_that_lives_and_makes_no_steps_stalls(tmp_path: Path) -> None:
    trouble = found(tmp_path, CALM, START + 5000, pid=os.getpid(), host=socket.gethostname())
    rules = [each.rule for each in trouble]
    assert rules == ["stall"]


def test_what_is_turned_off_is_not_looked_for(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.run("r", [*CALM, *[{"train/loss": math.nan}] * 5], **FINISHED)
    assert troubles(Store(tmp_path).find("r"), START, Thresholds(off=("nonfinite",))) == []


@pytest.mark.parametrize("metric", ["evil\x1b[2Jloss"])
def test_names_are_clean(tmp_path: Path, metric: str) -> None:
    (trouble,) = found(tmp_path, [{metric: math.nan}] * 5, **FINISHED)
    assert "\x1b" not in trouble.text
    assert "loss is nan" in trouble.title
