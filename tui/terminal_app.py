"""An app and its terminal: what is written to it besides frames, and how it is left, whatever ends the app."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.driver import Driver

from tui.typed_app import TypedApp

if TYPE_CHECKING:
    from textual.worker import WorkType

    from tui.thrifty_driver import ThriftyDriver


class TerminalApp(TypedApp):
    """Sends only what changed, and leaves the terminal as it was.

    Args:
        theme: The theme to begin with.
        clock: The time now, in seconds since the epoch.
    """

    def __init__(self, theme: str, clock: Callable[[], float]) -> None:
        super().__init__(theme)
        self._clock = clock

    def get_driver_class(self) -> type[Driver]:
        """A driver that sends only what changed, where Textual itself would take its own for Linux."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from tui.thrifty_driver import ThriftyDriver

        return ThriftyDriver

    def on_resize(self) -> None:
        """What a terminal shows after its size changed is its own affair."""
        from tui.thrifty_driver import ThriftyDriver

        if isinstance(self._driver, ThriftyDriver):
            self._driver.forget()

    def tell_terminal(self, sequence: str) -> None:
        """Write ``sequence`` to the terminal, between two frames."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def go_on(self, loop: WorkType[None]) -> None:
        """Run ``loop`` beside the app until it ends; it is called when it begins, so none is left that never ran."""
        self.run_worker(loop, exit_on_error=True)

    def remember(self) -> None:
        """Write down what is to be there next time; called whenever the app is left."""

    async def action_quit(self) -> None:
        """Remember what was set, and leave."""
        self.remember()
        self.exit()

    def on_thrifty_driver_ended(self, message: ThriftyDriver.Ended) -> None:
        """Leave as if a person did, with the exit code that a shell gives to one that a signal ended."""
        if self._exit:  # it is leaving already: why it does so stands
            return
        self.exit(return_code=128 + message.signum)
        self.remember()

    def _handle_exception(self, error: Exception) -> None:
        """Leave the terminal as it was, and say in one line where the traceback is.

        What goes wrong once it is leaving is no crash: parts that were not up yet never get what they look for then.
        """
        if self.is_headless:
            super()._handle_exception(error)
            return
        if self._exit:
            return
        from tui import crash

        line = crash.report(error, crash.default_directory(), self._clock())
        self.exit(return_code=1, message=line)
