"""A store on a mount that nobody can write to, with a cache directory on it too: everything is read and shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.commands.store_files import Writer

_MOUNT = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd / && shift && exec "$@"'
ROOT = Path(__file__).parents[2]


def on_read_only(store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``tui`` in a mount namespace in which ``store`` is mounted read-only, and is its home too."""
    command = ["unshare", "-Urm", "sh", "-c", _MOUNT, "sh", str(store), sys.executable, "-m", "tui", *arguments]
    environ = {"PATH": os.environ["PATH"], "HOME": str(store), "XDG_CACHE_HOME": str(store), "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, env=environ)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if done.returncode and ("unshare" in done.stderr or "mount:" in done.stderr):
        pytest.skip(f"no mount namespace here: {done.stderr.strip()}")
    return done


@pytest.fixture
def store(tmp_path: Path) -> Path:
    writer = Writer(tmp_path / "runs")
    writer.run("otter1", [{"loss": 3.0}, {"loss": 2.5}], {"lr": 1}, name="brave-otter", state="finished")
    writer.run("ibis2", [{"loss": 4.0}] * 5000, {"lr": 2}, name="fond-ibis", state="finished")
    return writer.root


def files(store: Path) -> set[str]:
    return {str(path.relative_to(store)) for path in store.rglob("*")}


def test_runs_are_listed(store: Path) -> None:
    before = files(store)
    done = on_read_only(store, "ls", str(store), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    runs = json.loads(done.stdout)["runs"]
    assert {run["name"]: run["summary"]["loss"] for run in runs} == {"brave-otter": 2.5, "fond-ibis": 4.0}
    assert files(store) == before


def test_the_dashboard_shows_them(store: Path) -> None:
    done = on_read_only(store, "watch", str(store), "--once", "--size", "120x40", "--no-gpu")
    assert (done.returncode, done.stderr) == (0, "")
    for text in ("brave-otter", "fond-ibis", "2 finished", "2.5"):
        assert text in done.stdout


def test_what_would_write_says_so_in_one_line(store: Path) -> None:
    done = on_read_only(store, "tag", "otter1", "--add", "best", "--dir", str(store))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Read-only file system" in done.stderr
    assert done.stderr.count("\n") == 1
