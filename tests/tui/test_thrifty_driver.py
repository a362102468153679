"""The whole app through ``tui.thrift``: a terminal that gets less shows the same."""

from __future__ import annotations

import os
import pty
from pathlib import Path
from typing import Any

from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from tests.tui.pty_program import program, tui
from tests.tui.sample_store import app_over, write_store
from tests.tui.terminal import Terminal
from tui.thrift import Thrift
from tui.thrifty_driver import is_gone

COLUMNS, ROWS = 120, 36


class Recorder(HeadlessDriver):
    """Writes to two terminals: to one everything, to the other what is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain, self.thrifty = Terminal(COLUMNS, ROWS), Terminal(COLUMNS, ROWS)
        self.thrift = Thrift()
        self.written = self.sent = 0

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        reduced = self.thrift.reduced(data)
        self.plain.write(data)
        self.thrifty.write(reduced)
        self.written, self.sent = self.written + len(data), self.sent + len(reduced)


async def test_a_session_looks_the_same_with_less(tmp_path: Path) -> None:
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", title=False)
    app.driver_class = Recorder
    drivers: list[Recorder] = []
    keys = [
        "down",
        "down",
        "space",
        "tab",
        "right",
        "plus",
        "f",
        "f",
        "escape",
        "question_mark",
        "escape",
        "m",
        "escape",
    ]

    async def use(pilot: Pilot[Any]) -> None:
        await app.settle()
        for key in (*keys, "enter", "2", "6", "5", "escape", "T", "c"):
            await pilot.press(key)
            await pilot.pause(0.05)
            assert isinstance(app._driver, Recorder)
            assert app._driver.thrifty.cells == app._driver.plain.cells, key
            drivers[:] = [app._driver]
        app.exit()

    await app.run_async(size=(COLUMNS, ROWS), auto_pilot=use)
    recorder = drivers[0]
    assert any("brave-otter" in row for row in recorder.plain.text())
    assert recorder.sent < recorder.written / 2


def shown(output: bytes) -> str:
    """What a terminal shows that was sent ``output``."""
    terminal = Terminal(COLUMNS, ROWS)
    terminal.write(output[: output.rfind(b"\x1b")].decode())
    return "\n".join(terminal.text())


def test_an_escape_alone_is_a_key_though_nothing_follows_it(tmp_path: Path) -> None:
    """What begins with an escape is most often a key of several bytes: it is one when nothing came for a while."""
    with program(tui("watch", str(write_store(tmp_path / "runs")), "--no-gpu"), tmp_path) as app:
        app.until(b"brave-otter")
        app.press(b"?")
        app.until(lambda output: "Go one row up" in shown(output))
        app.press(b"\x1b")
        app.until(lambda output: "Go one row up" not in shown(output))
        app.press(b"\xc3")
        app.press(b"\xa9\xff\x1b[Bq")
        assert app.end() == 0


def test_a_terminal_that_is_gone_is_told_from_a_file_and_from_one_that_is_there(tmp_path: Path) -> None:
    """Where it went before the keys were waited for, nothing else would ever say so."""
    leader, follower = pty.openpty()
    file = (tmp_path / "keys").open("wb")
    assert not is_gone(follower)
    assert not is_gone(file.fileno())
    os.close(leader)
    assert is_gone(follower)
    os.close(follower)
    file.close()
