"""A run's identity card: its state and why on the first line, then who it is and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.geometry import Size
from textual.message import Message

from logstore.model.runs import Run
from tui.details.identity_lines import gone_lines, identity_lines, left_out
from tui.details.run_facts import Fact
from tui.widgets.painted import PaintedLines

SHARE, LEAST = 10, 2
"""The card has one line of so many that the terminal has, and at least so many: the state, and what is wanted most."""


class Identity(PaintedLines):
    """As many lines as the run has something to say, and no more than a tenth of the terminal."""

    DEFAULT_CSS = "Identity { height: auto; width: 1fr; }"

    @dataclass
    class LeftOut(Message):
        """What the card has no room for is different now."""

        facts: Sequence[Fact]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._run: Run | None = None
        self._now = 0.0
        self._wanted = 0
        self._left_out: Sequence[Fact] = ()

    def show(self, run: Run, now: float) -> None:
        """Show ``run`` as it is at ``now``, seconds since the epoch."""
        self._run, self._now = run, now
        self._build()

    def mourn(self) -> None:
        """Say that the run is no more."""
        if self._run is not None:
            self.draw(gone_lines(self._run.name, self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        if self._run is None:
            return 0
        self._wanted = len(identity_lines(self._run, self._now, width))
        return len(identity_lines(self._run, self._now, width, max(LEAST, viewport.height // SHARE)))

    def on_resize(self) -> None:
        self._build()

    def _build(self) -> None:
        if self._run is None:
            return
        width, height = self.content_size
        wanted = len(identity_lines(self._run, self._now, width))
        self.draw(identity_lines(self._run, self._now, width, height))
        self._leave_out(left_out(self._run, self._now, width, height) if width and height else ())
        if wanted != self._wanted:
            self.refresh(layout=True)

    def _leave_out(self, facts: Sequence[Fact]) -> None:
        if facts != self._left_out:
            self._left_out = facts
            self.post_message(self.LeftOut(facts))
