"""A program in a terminal of its own, as a person starts it: what it wrote, and how it leaves the terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS = 40.0
_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_IN_A_SESSION = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
"""Makes the terminal the one that controls the session, so that its end is told by a signal."""

AS_FOUND = {7: True, 25: True, 1049: False}
"""What a terminal begins with: it wraps lines, shows the cursor and is not on its other screen."""


class Program:
    """A program that runs in a pty of 120 by 36 cells."""

    def __init__(self, leader: int, child: subprocess.Popen[bytes]) -> None:
        self.pid = child.pid
        self.output = b""
        self._leader, self._child = leader, child

    def until(self, there: Callable[[bytes], object] | bytes, since: int = 0) -> None:
        """Read until what was written from ``since`` on has ``there`` in it, or satisfies it."""
        deadline = time.monotonic() + SECONDS
        while not (there in self.output[since:] if isinstance(there, bytes) else there(self.output[since:])):
            assert self._read(), self.output[-2000:]
            assert time.monotonic() < deadline, self.output[-2000:]

    def press(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self._leader, keys)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self) -> None:
        """Take the terminal away, as a closed window or a dropped connection does."""
        os.close(self._leader)
        self._leader = -1

    def end(self) -> int:
        """Read what is left; the exit code, negative where a signal ended the program."""
        deadline = time.monotonic() + SECONDS
        while self._leader >= 0 and self._child.poll() is None and time.monotonic() < deadline:
            self._read(0.05)
        code = self._child.wait(SECONDS)
        while self._leader >= 0 and self._read(0.05):
            pass
        return code

    @property
    def modes(self) -> dict[int, bool]:
        """The modes that the terminal is in, as far as they were ever changed."""
        modes: dict[int, bool] = {}
        for numbers, letter in _MODE.findall(self.output):
            modes |= {int(number): letter == b"h" for number in numbers.split(b";")}
        return modes

    @property
    def is_cooked(self) -> bool:
        """Whether the terminal echoes what is typed and hands it over line by line."""
        flags = termios.tcgetattr(self._leader)[3]
        return bool(flags & termios.ECHO and flags & termios.ICANON)

    def close(self) -> None:
        """Kill it, if it is still there."""
        with suppress(ProcessLookupError):
            self._child.kill()
        self._child.wait()
        if self._leader >= 0:
            os.close(self._leader)

    def _read(self, seconds: float = SECONDS) -> bool:
        """Whether there was anything to read in this time."""
        if not select.select([self._leader], [], [], seconds)[0]:
            return False
        try:
            part = os.read(self._leader, 1 << 16)
        except OSError:  # the other side is closed
            return False
        self.output += part
        return bool(part)


@contextmanager
def program(
    command: Sequence[str], home: Path, environ: Mapping[str, str] | None = None, *, controlled: bool = True
) -> Iterator[Program]:
    """Start ``command`` with nothing but what is given, and ``home`` for what it keeps; it is killed at the end.

    Args:
        command: The program and its arguments.
        home: Where its settings, state and cache are.
        environ: Variables beside these.
        controlled: Whether the terminal controls its session, as that of a shell does.
    """
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "STATE")}
    base = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", **places}
    before = [sys.executable, "-c", _IN_A_SESSION] if controlled else []
    child = subprocess.Popen(
        [*before, *command],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**base, "PYTHONPATH": str(Path.cwd()), **(environ or {})},
        start_new_session=True,
    )
    os.close(follower)
    started = Program(leader, child)
    try:
        yield started
    finally:
        started.close()


def tui(*arguments: str) -> list[str]:
    """``tui`` with these arguments, as it is installed."""
    return [sys.executable, "-m", "tui", *arguments]
