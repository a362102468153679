"""An app and its terminal: what is written to it besides frames, and how it is left when something breaks."""

from __future__ import annotations

from collections.abc import Callable

from textual.driver import Driver

from tui.themed_app import ThemedApp


class TerminalApp(ThemedApp):
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

    def _handle_exception(self, error: Exception) -> None:
        """Leave the terminal as it was, and say in one line where the traceback is."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        from tui import crash

        line = crash.report(error, crash.default_directory(), self._clock())
        self.exit(return_code=1, message=line)
