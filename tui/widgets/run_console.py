"""The console of one run: its log and when that was printed, read in a thread, followed, and found by moments."""

from __future__ import annotations

from pathlib import Path

from textual import work

from logstore.reading.console_times import ConsoleTimes
from logstore.reading.timed_console import Timed, TimedConsole
from logstore.reading.watched import reason
from tui.charts.places import Place
from tui.widgets.console_view import ConsoleView

LINES = 10_000
"""Lines of the end of a log that are read."""


class RunConsole(ConsoleView):
    """A console that reads its log itself, when it is told to."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._log_file: TimedConsole | None = None
        self._sought: Place | None = None

    def read(self, path: Path, now: float, began: float | None) -> None:
        """Read what is new in a log.

        Args:
            path: The log; another one than before is read from its beginning.
            now: Seconds since the epoch.
            began: When the run began; None where nobody knows.
        """
        if self._log_file is None or self._log_file.path != path:
            self._log_file = TimedConsole(path, LINES)
            self.clear()
        self._read(self._log_file, now, began)

    def seek(self, place: Place) -> None:
        """Go to what was printed at ``place`` or next after it, as soon as the log is read."""
        self._sought = place

    @work(exclusive=True, thread=True, group="console")
    def _read(self, console: TimedConsole, now: float, began: float | None) -> None:
        try:
            timed = console.read()
        except OSError as error:
            self.app.call_from_thread(self.refuse, f"{console.path.name}: {reason(error)}")
            return
        if timed.lines or timed.times is not self._times or self._sought is not None:
            self.app.call_from_thread(self._take, timed, now, began)

    @property
    def place(self) -> Place | None:
        """When the line was printed that the title speaks of; None where that is not known."""
        told = self.printed(self._row_told())
        return None if told is None else Place(told.step, told.time)

    def _take(self, timed: Timed, now: float, began: float | None) -> None:
        if timed.lines:
            self.extend(timed.lines.texts, timed.lines.starts)
        times = timed.times
        first = float(times.times[0]) if len(times) else 0.0
        self.show_times(times, now, first if began is None else began)
        place, self._sought = self._sought, None
        if place is not None:
            self._go_to_place(place, times)

    def _go_to_place(self, place: Place, times: ConsoleTimes) -> None:
        """Go to the line of ``place``; to the end where nothing was printed since."""
        if not len(times):
            self.notify("It is not known when these lines were printed", timeout=4)
            return
        offset = _offset(place, times)
        if offset is None:
            self.following = True
        elif not self.show_offset(offset) and self._log_file is not None:
            self._read_about(self._log_file, offset)

    def on_console_view_wanted(self, message: ConsoleView.Wanted) -> None:
        message.stop()
        if self._log_file is not None and not (message.rows > 0 and self.show_next(message.offset)):
            self._read_about(self._log_file, message.offset, message.rows)

    @work(exclusive=True, thread=True, group="console part")
    def _read_about(self, console: TimedConsole, offset: int, rows: int = 0) -> None:
        try:
            timed = console.read_about(offset)
        except OSError as error:
            self.app.call_from_thread(self.refuse, f"{console.path.name}: {reason(error)}")
            return
        if timed.lines:
            self.app.call_from_thread(self.show_part, timed.lines.texts, timed.lines.starts, offset, rows)


def _offset(place: Place, times: ConsoleTimes) -> int | None:
    """Where the first line begins that was printed at ``place`` or later; None where there is none."""
    if place.time is not None:
        return times.at_time(place.time)
    return None if place.step is None else times.at_step(place.step)
