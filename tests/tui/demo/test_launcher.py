import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
import pytest

from logstore.model.runs import Run
from logstore.store import Store
from tui.demo import plan
from tui.demo.launcher import Trainings, environment

PATIENCE = 40.0


def related(directory: Path) -> list[psutil.Process]:
    """Every process whose command line names ``directory``: trainings and their samplers."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(directory) in argument for argument in process.cmdline()) and process.pid != os.getpid():
                found.append(process)
        except psutil.Error:
            continue
    return found


def eventually(check: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.1)
    return False


def runs_in(directory: Path) -> dict[str, Run]:
    return {run.name: run for run in Store(directory).runs().values()} if any(directory.iterdir()) else {}


def parts(directory: Path, names: Iterable[str], seconds: float) -> list[plan.Part]:
    return [part for part in plan.plan(seconds, str(directory), os.getpid()) if part.settings.name in names]


def test_the_story_comes_true(tmp_path: Path) -> None:
    """Real processes: one finishes, one fails with NaN, one overfits, one is killed; and all are gone in the end."""
    names = (plan.QUICK, plan.DIVERGES, plan.OVERFITS, plan.KILLED)
    with Trainings(parts(tmp_path, names, 2.0)) as trainings:
        assert eventually(lambda: trainings.running == 0)
        assert any("DivergedError" in line for line in trainings.complaints())
    runs, now = runs_in(tmp_path), time.time()
    assert {name: run.state(now).name for name, run in runs.items()} == {
        plan.QUICK: "finished",
        plan.DIVERGES: "failed",
        plan.OVERFITS: "finished",
        plan.KILLED: "crashed",
    }
    losses = runs[plan.DIVERGES].series("train/loss")
    assert losses.nonfinite >= 60
    assert "nan" in runs[plan.DIVERGES].state(now).reason
    held_out = runs[plan.OVERFITS].series("val/loss")
    assert held_out.last is not None
    assert held_out.minimum is not None
    assert held_out.last > 1.5 * held_out.minimum
    step = runs[plan.KILLED].step
    assert step is not None
    assert 600 <= step < 1500
    assert related(tmp_path) == []


def test_the_end_is_the_end_of_all(tmp_path: Path) -> None:
    with Trainings(parts(tmp_path, (plan.LONGEST, plan.KILLED), 600.0)) as trainings:
        assert eventually(lambda: len(runs_in(tmp_path)) == 2 and all(run.step for run in runs_in(tmp_path).values()))
        assert trainings.running == 2
        assert trainings.complaints() == []
    assert trainings.running == 0
    assert related(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_training_outlives_the_demo(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "tui", "demo", "--json", "--seconds", "600", "--dir", str(tmp_path / "store")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as demo:
        assert eventually(lambda: len(list(tmp_path.glob("store/demo/*/metrics.jsonl"))) == 6)
        demo.send_signal(number)
        assert demo.wait(PATIENCE) == (128 + number if number == signal.SIGTERM else -number)
    assert eventually(lambda: related(tmp_path) == [])


def test_trainings_start_from_a_clean_environment() -> None:
    given = {"PATH": "/bin", "LOGSTORE_MODE": "disabled", "WANDB_MODE": "disabled", "RANK": "3", "SLURM_PROCID": "1"}
    own = environment(given)
    assert own["PATH"] == "/bin"
    assert own["OMP_NUM_THREADS"] == "1"
    assert not own.keys() & {"LOGSTORE_MODE", "WANDB_MODE", "RANK", "SLURM_PROCID"}


def test_what_went_wrong_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bad = parts(tmp_path / "file", (plan.QUICK,), 1.0)
    with Trainings(bad) as trainings:
        assert eventually(lambda: trainings.running == 0)
        (line,) = trainings.complaints()
        assert str(tmp_path / "file") in line
