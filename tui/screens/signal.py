"""Before a signal is sent: which one, and to whom, in one line at the foot of the screen."""

from __future__ import annotations

import asyncio
import os

from rich.text import Text
from textual.app import App
from textual.binding import Binding
from textual.notifications import SeverityLevel
from textual.widgets import Static

from tui.machine.process_facts import Kin, look
from tui.machine.signals import CHOICES, Choice, SignalRefused, permitted, question, refusal, runs_on, send
from tui.screens.prompt import ConfirmScreen
from tui.show.text import clean

LOOKS, BETWEEN = 20, 0.25
"""How often it is looked whether a process has ended, and seconds between two looks."""


class SignalScreen(ConfirmScreen):
    """Asks whether a signal is meant, the gentlest first; ``choice`` is the one that was meant.

    Args:
        kin: The process.
        run: The name of its run.
    """

    BINDINGS = [
        Binding("down,j,right,tab", "choose(1)", "Next", id="signal.next", tooltip="Another signal: TERM, INT, KILL"),
        Binding("up,k,left,shift+tab", "choose(-1)", "Before", id="signal.before", tooltip="The signal before"),
    ]

    def __init__(self, kin: Kin, run: str | None) -> None:
        super().__init__("", (" ",) * (len(CHOICES) + 1))
        self._kin, self._run = kin, run
        self.choice: Choice = CHOICES[0]

    def on_resize(self) -> None:
        self._show()

    def action_choose(self, places: int) -> None:
        """Take the next signal, or the one before."""
        self.choice = CHOICES[(CHOICES.index(self.choice) + places) % len(CHOICES)]
        self._show()

    def _show(self) -> None:
        asked, choices, _ = self.query(Static).results()
        line = question(self.choice, self._kin, self._run, self.app.size.width - 2)
        asked.update(Text(line, "bold", no_wrap=True, overflow="ellipsis"))
        listed = [f"{'▸' if each is self.choice else ' '} {each.name:<5} {each.does}" for each in CHOICES]
        choices.update(Text("\n".join([*listed, "  ↑↓    another signal"]), no_wrap=True, overflow="ellipsis"))


async def signal_after_asking(app: App[None], pid: int, run: str | None) -> None:
    """Look at a process of this machine, ask, and send what was meant; each outcome is told in one line."""
    facts = await asyncio.to_thread(look, pid)
    if facts is None:
        _tell(app, f"{pid} has ended", "warning")
        return
    why = refusal(facts.own, may=permitted(pid), ours=os.getpid())
    if why:
        _tell(app, why, "warning")
        return
    screen = SignalScreen(facts.own, run)
    if not await app.push_screen_wait(screen):
        return
    try:
        await asyncio.to_thread(send, screen.choice, facts.own)
    except SignalRefused as refused:
        _tell(app, str(refused), "warning")
        return
    _tell(app, f"Sent {screen.choice.name} to {pid}", "information")
    await _tell_what_became_of_it(app, facts.own, screen.choice)


async def _tell_what_became_of_it(app: App[None], kin: Kin, choice: Choice) -> None:
    """Say that it ended, or after some seconds that it did not."""
    for _ in range(LOOKS):
        if not runs_on(kin):
            _tell(app, f"{kin.pid} has ended", "information")
            return
        await asyncio.sleep(BETWEEN)
    _tell(app, f"{kin.pid} still runs, {LOOKS * BETWEEN:.0f} s after {choice.name}", "warning")


def _tell(app: App[None], text: str, severity: SeverityLevel) -> None:
    app.notify(clean(text), severity=severity, timeout=6, markup=False)
