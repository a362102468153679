"""One process whole, with its parents and children: a sheet over the screen."""

from __future__ import annotations

import asyncio

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding

from tui.machine.process_facts import look
from tui.machine.process_rows import Row, process_row
from tui.machine.signals import elsewhere
from tui.model import Model
from tui.screens.signal import signal_after_asking
from tui.show.text import clean
from tui.widgets.process_list import ProcessList
from tui.widgets.process_view import ProcessView
from tui.widgets.sheet import Sheet

LOOK_AGAIN = 1.0
"""Seconds between two looks."""


class ProcessScreen(Sheet[str | None]):
    """Shows a process as long as it is open; it is left with the key of the run to open, or with None.

    Args:
        model: Whose machine it is on.
        pid: Which.
    """

    DEFAULT_CSS = """
    ProcessScreen > #frame { width: 92%; max-width: 140; max-height: 90%; padding: 1 1 0 0; }
    ProcessScreen ProcessView { height: auto; max-height: 1fr; background: $surface; }
    """
    HINTS = ("process.open", "process.signal", "process.run", "process.copy", "lines.search", "process.close")
    BINDINGS = [
        Binding("r", "open_run", "Run", id="process.run", tooltip="Open the run that it belongs to"),
        Binding("y", "copy", "Copy", id="process.copy", tooltip="Copy its command line"),
        Binding("escape,q", "dismiss", "Close", id="process.close", tooltip="Back to the screen"),
    ]

    def __init__(self, model: Model, pid: int) -> None:
        super().__init__()
        self._model, self._pid = model, pid
        self._row = self._told()
        self._command = self._row.command

    def compose_frame(self) -> ComposeResult:
        yield ProcessView()

    def name_of_sheet(self) -> str:
        return f"process {self._pid}"

    def on_mount(self) -> None:
        self.query_one(ProcessView).focus()
        self._show(self._pid)

    def _show(self, pid: int) -> None:
        """Show this process from now on."""
        self._pid, self._row = pid, Row((pid,), None, "", "")
        self.query_one("#frame").border_title = Text(self.name_of_sheet())
        self.query_one(ProcessView).stand_on(pid)
        self.follow()

    def _told(self) -> Row:
        """What the sampler says of it now."""
        model = self._model
        return process_row(model.telemetry, model.telemetry.runs_by_pid(model.runs), model.swatches, self._pid)

    @work(exclusive=True, group="follow")
    async def follow(self) -> None:
        """Look at the process again and again, in a thread: it may hang, and so may the look at it."""
        while True:
            told = self._told()
            self._row = told if told.command else self._row  # what was known of one that has ended stays
            missing = elsewhere(self._row, self._model.telemetry.host_name)
            facts = None if missing else await asyncio.to_thread(look, self._pid)
            self._command = facts.own.command if facts is not None else self._row.command
            gpus, now = self._model.telemetry.gpus, self._model.clock()
            self.query_one(ProcessView).show(facts, self._row, gpus, missing or "it has ended", now)
            self.refresh_bindings()
            await asyncio.sleep(LOOK_AGAIN)

    @on(ProcessList.Chosen)
    def _show_another(self, message: ProcessList.Chosen) -> None:
        """Go to a parent or a child."""
        if message.pids[0] != self._pid:
            self._show(message.pids[0])

    @on(ProcessList.SignalAsked)
    def _signal(self, message: ProcessList.SignalAsked) -> None:
        self._send_signal(message.pids[0])

    @work(exclusive=True, group="signal")
    async def _send_signal(self, pid: int) -> None:
        name = self._row.head.name if self._row.head is not None else None
        await signal_after_asking(self.app, pid, name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no way to a run where there is none."""
        return self._row.run is not None if action == "open_run" else super().check_action(action, parameters)

    def action_open_run(self) -> None:
        """Leave for the run that it belongs to."""
        self.dismiss(self._row.run)

    def action_copy(self) -> None:
        """Copy its command line."""
        self.app.copy_to_clipboard(clean(self._command))
        self.notify("Copied the command line", timeout=2)
