"""A store of real files and the command line to ask about it."""

import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.tui.commands.store_files import HOSTILE, START, Invoke, Writer
from tui.cli import tui


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "runs")


@pytest.fixture
def store(writer: Writer) -> Path:
    """Three runs: one finished, one failed with NaN, one whose names are hostile."""
    losses = [4.0, 3.0, 2.5, 2.25, 2.125]
    ended: dict[str, Any] = {"ended": START + 60, "state": "finished", "exit_code": 0}
    writer.run(
        "otter1",
        [{"train/loss": loss, "val/loss": loss + 0.1} for loss in losses],
        {"lr": 3e-4, "model": {"depth": 12, "widths": [64, 64]}, "seed": 0},
        name="brave-otter",
        tags=["base"],
        total_steps=5,
        **ended,
    )
    writer.run(
        "ibis2",
        [{"train/loss": 5.0}, {"train/loss": 6.0}, {"train/loss": math.nan}, {"train/loss": math.inf}],
        {"lr": 3.0, "model": {"depth": 12, "widths": [64, 64]}, "seed": "0"},
        name="fond-ibis",
        created=START + 10,
        ended=START + 30,
        state="failed",
        exit_code=1,
        error="ValueError: loss is nan",
    )
    writer.run(
        "evil3",
        [{HOSTILE: 1.0, "=cmd": 2.0}],
        {HOSTILE: HOSTILE},
        name=HOSTILE,
        created=START + 20,
        **{**ended, "state": "killed", "signal": HOSTILE},
    )
    return writer.root


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """Runs a command of ``tui`` in an empty directory, with no variables that mean anything to it."""
    monkeypatch.delenv("LOGSTORE_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return lambda *arguments: CliRunner().invoke(tui, [str(each) for each in arguments], prog_name="tui")
