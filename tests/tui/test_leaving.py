"""However the app ends, in a real terminal: what was set is kept, the terminal is usable, the exit code tells why."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest
from rich.color import Color

from tests.tui.pty_program import AS_FOUND, Program, program, tui
from tests.tui.sample_store import write_store
from tui.themes import THEMES

LIGHT = next(theme.background for theme in THEMES if theme.name == "runwatch-light")
FAILING = """
import sys
from tui.app import RunwatchApp

def fail(self):
    {first}
    1 / 0

RunwatchApp._stand = fail
from tui.cli import main
sys.argv = ["tui", "watch", {store!r}, "--no-gpu"]
main()
"""


def failing(store: str, first: str = "pass") -> list[str]:
    """A ``tui watch`` that does ``first``, and fails."""
    return [sys.executable, "-c", FAILING.format(store=store, first=first)]


def crashes(home: Path) -> list[str]:
    """The reports of crashes."""
    return [report.read_text() for report in (home / "state" / "runwatch").glob("crash-*.log")]


@pytest.fixture
def store(tmp_path: Path) -> str:
    return str(write_store(tmp_path / "runs"))


def use(app: Program) -> None:
    """Wait for the runs, and set something: the light theme."""
    app.until(b"brave-otter")
    before = len(app.output)
    app.press(b"T")
    red, green, blue = Color.parse(str(LIGHT)).get_truecolor()
    app.until(f"48;2;{red};{green};{blue}".encode(), before)


def remembered(home: Path) -> object:
    """The theme that the next start begins with."""
    (file,) = (home / "state" / "runwatch").glob("*.json")
    return json.loads(file.read_text())["theme"]


def assert_as_found(app: Program) -> None:
    """The terminal is as a shell wants it."""
    assert {mode: state for mode, state in app.modes.items() if state != AS_FOUND.get(mode, False)} == {}
    assert app.is_cooked


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_ends_the_app_as_a_person_does(store: str, tmp_path: Path, signum: int, code: int) -> None:
    with program(tui("watch", store, "--no-gpu"), tmp_path) as app:
        use(app)
        os.kill(app.pid, signum)
        assert app.end() == code, crashes(tmp_path)
        assert_as_found(app)
    assert remembered(tmp_path) == "runwatch-light"


def test_a_signal_that_comes_before_the_first_frame_leaves_the_terminal_usable(store: str, tmp_path: Path) -> None:
    with program(tui("watch", store, "--no-gpu"), tmp_path) as app:
        app.until(b"\x1b[?1049h")
        os.kill(app.pid, signal.SIGTERM)
        assert app.end() == 143, crashes(tmp_path)
        assert_as_found(app)


def test_a_terminal_that_goes_before_the_first_frame_ends_the_app(store: str, tmp_path: Path) -> None:
    with program(tui("watch", store, "--no-gpu"), tmp_path, controlled=False) as app:
        app.until(b"\x1b[?1049h")
        app.hang_up()
        assert app.end() == 129, crashes(tmp_path)
    assert crashes(tmp_path) == []


def test_what_fails_while_the_app_is_leaving_is_no_crash(store: str, tmp_path: Path) -> None:
    """Told to leave, it puts up no more parts; those that were about to come do not find theirs."""
    with program(failing(store, "self.exit(return_code=143)"), tmp_path) as app:
        assert app.end() == 143
        assert_as_found(app)
    assert crashes(tmp_path) == []


def test_the_end_of_the_terminal_does_not_hide_a_crash(store: str, tmp_path: Path) -> None:
    end = "import os, signal; self.call_next(os.kill, os.getpid(), signal.SIGTERM)"
    with program(failing(store, end), tmp_path) as app:
        assert app.end() == 1
    assert len(crashes(tmp_path)) == 1


def test_signals_that_come_together_are_one(store: str, tmp_path: Path) -> None:
    """A shell that is hung up passes the signal on to a program that had it from the terminal already.

    Of signals that wait together the kernel hands over whichever it likes first.
    """
    with program(tui("watch", store, "--no-gpu"), tmp_path) as app:
        use(app)
        for signum in (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM):
            os.kill(app.pid, signum)
        assert app.end() in {129, 143}, crashes(tmp_path)
        assert_as_found(app)


def test_the_sampler_ends_with_the_app(store: str, tmp_path: Path) -> None:
    with program(tui("watch", store, "--interval", "0.2"), tmp_path) as app:
        app.until(b"cpu")
        samplers = psutil.Process(app.pid).children(recursive=True)
        assert samplers
        os.kill(app.pid, signal.SIGTERM)
        assert app.end() == 143
        assert psutil.wait_procs(samplers, timeout=20)[1] == []


@pytest.mark.parametrize("controlled", [True, False], ids=["by a signal", "by the end of the keys"])
def test_the_app_does_not_outlive_its_terminal(store: str, tmp_path: Path, controlled: bool) -> None:
    with program(tui("watch", store, "--no-gpu"), tmp_path, controlled=controlled) as app:
        use(app)
        app.hang_up()
        assert app.end() == 129, crashes(tmp_path)
    assert remembered(tmp_path) == "runwatch-light"


def test_a_crash_leaves_the_terminal_usable_and_says_where_the_traceback_is(store: str, tmp_path: Path) -> None:
    with program(failing(store), tmp_path) as app:
        assert app.end() == 1
        assert_as_found(app)
        said = app.output.rpartition(b"\x1b[?1049l")[2]
    assert b"runwatch crashed: ZeroDivisionError" in said
    (report,) = crashes(tmp_path)
    assert "in fail" in report
    assert b"Traceback" not in said
