"""Textual's driver for Linux terminals: sends only the cells that changed, and outlives its terminal.

Signals that ask the app to leave, and a terminal that is gone (a closed pane, a dropped connection), become one message
to the app: ``Ended``. What is written to a terminal that is gone goes nowhere. The thread that reads keys sleeps until
there are some.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import termios
from codecs import getincrementaldecoder
from typing import Any, Final, TextIO

from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.thrift import Thrift

ENDING: Final = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
"""Signals after which an app is to be gone. Ctrl+C is none: a terminal in raw mode sends it as a key."""
PATIENCE = 5.0
"""Seconds that the app has for leaving; a signal that comes later ends it at once."""
ROUNDS = 4
"""Parts of the time in which what follows an escape belongs to it: how closely is looked whether that is over."""


def _nothing() -> None:
    """What is done about a signal that says again what was said already."""


def is_gone(descriptor: int) -> bool:
    """Whether there was a terminal, and there is none any more."""
    try:
        termios.tcgetattr(descriptor)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False


class Lasting:
    """A terminal to write to. Once it is gone, what is written goes nowhere, and no thread dies of it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write ``text``."""
        try:
            self._file.write(text)
        except OSError:
            self._let_go()

    def flush(self) -> None:
        """Send what was written."""
        try:
            self._file.flush()
        except OSError:
            self._let_go()

    def fileno(self) -> int:
        """The descriptor."""
        return self._file.fileno()

    def _let_go(self) -> None:
        """Have the descriptor lead nowhere, so that what is still held for it can be let go of as well."""
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)


class ThriftyDriver(LinuxDriver):
    """Writes less, shows the same, and tells the app when it is to leave."""

    class Ended(Message):
        """The app is to leave.

        Args:
            signum: The signal that says so; SIGHUP also where the terminal is gone and no signal came.
        """

        def __init__(self, signum: int) -> None:
            super().__init__()
            self.signum = signum

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._thrift = Thrift()
        super().__init__(*args, **kwargs)
        self._file = Lasting(self._file)  # type: ignore[arg-type,assignment]  # it writes, which is what is asked of it
        self._rest, self._rouse = os.pipe()
        """A pipe beside the terminal: what is written into it wakes the thread that waits for keys."""

    def forget(self) -> None:
        """The terminal may show something else than was written: its size changed."""
        self._thrift.forget()

    def write(self, data: str) -> None:
        """Write what of ``data`` the terminal does not show already."""
        reduced = self._thrift.reduced(data)
        if reduced:
            super().write(reduced)

    # -- how it ends ------------------------------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        """Take the terminal over; from now on signals are told to the app, but for those that were ignored before."""
        for signum in ENDING:
            if signal.getsignal(signum) is not signal.SIG_IGN:
                self._loop.add_signal_handler(signum, self._end, signum)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if is_gone(self.fileno):  # then nobody waits for keys, and nobody would ever say so
            self.send_message(self.Ended(signal.SIGHUP))

    def _end(self, signum: int) -> None:
        """Tell the app of the first signal. More of them come with it: a shell passes on what it gets itself."""
        for each in ENDING:
            self._loop.add_signal_handler(each, _nothing)
            self._loop.call_later(PATIENCE, self._loop.remove_signal_handler, each)
        self.send_message(self.Ended(signum))

    # -- keys -------------------------------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Hand over what is typed; where a terminal is gone, say so."""
        parser, decode = XTermParser(self._debug), getincrementaldecoder("utf-8")("replace").decode
        quiet = ROUNDS
        while not self.exit_event.is_set():
            pause = ESCAPE_DELAY / (ROUNDS - 1) if quiet < ROUNDS else None
            ready, _, _ = select.select([self.fileno, self._rest], [], [], pause)
            quiet = 0 if ready else quiet + 1
            if self.fileno in ready:
                typed = self._typed()
                if not typed:
                    self._hang_up()
                    return
                for message in parser.feed(text) if (text := decode(typed)) else ():
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _typed(self) -> bytes:
        """What was typed; nothing where there is no terminal any more."""
        try:
            return os.read(self.fileno, 1 << 12)
        except OSError:
            return b""

    def _hang_up(self) -> None:
        """No key will ever come; without a terminal that is the end, while a file that was read as keys just ends."""
        if self.input_tty:
            self.send_message(self.Ended(signal.SIGHUP))

    def disable_input(self) -> None:
        """Stop reading keys."""
        os.write(self._rouse, b"\0")
        super().disable_input()
        os.read(self._rest, 1)
