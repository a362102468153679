"""``tui.notify.command``: a real program, its environment, its failures, its end."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from tests.tui.notify.messages import HOSTILE, change, message
from tui.notify.command import Command
from tui.notify.sink import DeliveryError


def script(tmp_path: Path, body: str) -> str:
    path = tmp_path / "told.sh"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_text_travels_in_the_environment(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = script(tmp_path, f'env | grep ^RUNWATCH_ALERT_ > {out}; echo "args=$#:$1" >> {out}')
    Command([told, "--room=a b"]).send(message())
    lines = dict(line.split("=", 1) for line in out.read_text().splitlines())
    assert lines["RUNWATCH_ALERT_RUN"] == "otter"
    assert lines["RUNWATCH_ALERT_RULE"] == "stall"
    assert lines["RUNWATCH_ALERT_LEVEL"] == "WARN"
    assert lines["RUNWATCH_ALERT_SECONDS"] == "72.000"
    assert lines["RUNWATCH_ALERT_TEXT"] == message().line
    assert lines["args"] == "1:--room=a b"


def test_a_hostile_name_is_only_text(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = script(tmp_path, f'printf %s "$RUNWATCH_ALERT_RUN" > {out}')
    Command([told]).send(message(HOSTILE, change(title=HOSTILE)))
    text = out.read_text()
    assert text.isprintable()
    assert "`id`$(id)" in text
    assert "\x1b" not in text


def test_what_is_not_known_has_no_variable(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = script(tmp_path, f'echo "${{RUNWATCH_ALERT_KEY-none}}" > {out}')
    Command([told]).send(message(step=change(run=None)))
    assert out.read_text() == "none\n"


def test_a_program_that_fails_says_so(tmp_path: Path) -> None:
    told = script(tmp_path, 'echo first >&2; printf "no \\033[31mroom\\n" >&2; exit 3')
    with pytest.raises(DeliveryError, match=r"command told\.sh: ended with status 3: no ␛\[31mroom") as caught:
        Command([told]).send(message())
    assert not caught.value.passing


def test_a_program_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="command missing: cannot be started"):
        Command([str(tmp_path / "missing")]).send(message())


def test_a_program_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    told = script(tmp_path, f"sleep 600 & echo $! > {pids}; echo $$ >> {pids}; wait")
    with pytest.raises(DeliveryError, match=r"took longer than 0\.3 s"):
        Command([told], timeout=0.3).send(message())
    for pid in map(int, pids.read_text().split()):
        assert _ends(pid)


def _ends(pid: int) -> bool:
    """Whether a process is gone soon; one that init has still to reap counts as gone."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False
