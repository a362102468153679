"""Runs that are written where we cannot see: in a container with pids of its own, before a boot, on another clock."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import orjson
import pytest

from logstore.model.liveness import booted
from logstore.store import Store
from tests.logstore.written import PRELUDE, Writing, clean_environment, record_of
from tui.details.remains import examine

BEFORE_THE_BOOT = (booted() or time.time()) - 3600

CONTAINER = [
    "unshare",
    *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]),
    "--pid",
    "--fork",
    "--mount-proc",
]
"""A command in a pid namespace of its own, in which it is process 1."""


def contained(writing: Writing, code: str) -> None:
    """Runs ``code`` in a pid namespace of its own; skips where there is none."""
    paths = os.pathsep.join(path for path in sys.path if path)
    environ = {**clean_environment(), "LOGSTORE_DIR": str(writing.root), "PYTHONPATH": paths}
    command = [*CONTAINER, sys.executable, "-c", PRELUDE + code]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environ, timeout=50)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if done.stderr.startswith("unshare:"):
        pytest.skip(f"no pid namespace here: {done.stderr.strip()}")
    assert "Traceback" not in done.stderr


def test_a_run_of_a_container_is_not_taken_for_a_process_of_ours(writing: Writing) -> None:
    """There its pid is 1, and process 1 of this machine lives as long as it does."""
    contained(writing, "logstore.init(**QUIET, project='p', id='r'); logstore.log({'a': 1}); os._exit(0)")
    record = record_of(writing.root / "p" / "r")
    assert record["pid"] == 1
    assert record["pid_namespace"] != record_of(writing.init(id="here").path)["pid_namespace"]
    run = Store(writing.root).find("p/r")
    assert run.liveness.verdict == "elsewhere"
    assert run.state(time.time()).reason.startswith("wrote ")
    later = run.state(time.time() + 3600)
    assert (later.name, "without an exit record" in later.reason) == ("crashed", True)
    card = examine(run, time.time() + 3600)
    assert card is not None
    assert card.cause == "it fell silent"


def test_a_run_of_a_container_that_ends_says_so(writing: Writing) -> None:
    contained(writing, "logstore.init(**QUIET, project='p', id='r'); logstore.log({'a': 1}); sys.exit(3)")
    state = Store(writing.root).find("p/r").state(time.time())
    assert (state.name, state.reason) == ("failed", "exit code 3")


def changed(fields: dict[str, object], change: dict[str, object]) -> dict[str, object]:
    """``fields`` with others in their place; those that are None are left out."""
    return {key: value for key, value in {**fields, **change}.items() if value is not None}


@pytest.mark.parametrize(
    ("change", "name", "reason"),
    [
        ({}, "crashed", "is gone without an exit record"),
        ({"boot_id": "of another boot", "created": BEFORE_THE_BOOT}, "crashed", "the host was rebooted"),
        ({"boot_id": "of another boot"}, "running", "ago on"),  # it wrote since: a machine of the same name
        ({"pid": os.getpid(), "process_start": 1}, "crashed", "is another one now"),
        ({"host": "another"}, "running", "ago on another"),
        ({"host": "another", "boot_id": "of another boot"}, "running", "ago on another"),
        ({"process_start": None, "boot_id": None, "pid_namespace": None}, "crashed", "is gone"),
    ],
)
def test_what_a_record_says_of_its_process_is_checked(
    writing: Writing, change: dict[str, Any], name: str, reason: str
) -> None:
    """A real run that was killed, with what a boot, a pid that came back, or another host would have changed."""
    writing.run("logstore.init(**QUIET, project='p', id='r'); logstore.log({'a': 1}); os._exit(0)")
    path = writing.root / "p" / "r"
    record = record_of(path)
    record["attempts"] = [changed(record["attempts"][-1], change)]
    (path / "run.json").write_bytes(orjson.dumps(changed(record, change)))
    wrote = change.get("created", time.time() - 20)
    for file in path.iterdir():
        os.utime(file, (wrote, wrote))
    state = Store(writing.root).find("p/r").state(time.time())
    assert (state.name, reason in state.reason) == (name, True), state


@pytest.mark.parametrize("jump", [-86400.0, 86400.0, -1.8e9, 1e12])
def test_clocks_that_jump_change_no_state(writing: Writing, jump: float) -> None:
    """Rows of a run that lives come from a clock that is a day, or an age, away from ours; so do its files' times."""
    run = writing.init(id="r")
    run.log({"a": 1})
    run.log({"a": 2, "_timestamp": time.time() + jump})
    run.log({"a": 3, "_timestamp": time.time()})
    when = min(max(0.0, time.time() + jump), 2.0**33)
    os.utime(run.path / "metrics.jsonl", (when, when))
    read = Store(writing.root).find("p/r")
    assert read.state(time.time()).name == "running"
    assert read.series("a").values.tolist() == [1, 2, 3]
    for now in (0.0, time.time() - 1e6, time.time() + 1e6):
        assert read.state(now).name == "running"
        read.health(now), read.steps_per_second(now)
    run.finish()
    assert Store(writing.root).find("p/r").state(time.time()).name == "finished"
