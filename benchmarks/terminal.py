"""A program in a terminal of its own: what it writes, what keys do to it, what it costs. Everything from the outside.

The terminal is a pty that answers what programs ask of one (synchronised output, cursor position, background colour,
device attributes) and reads as fast as is written, so that the program never waits for it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from benchmarks.screen import Screen

COLUMNS, ROWS = 200, 50
PATIENCE = 60.0
_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1b[c": b"\x1b[?62c",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program and its children cost while they were measured."""

    seconds: float
    cpu: float
    """Processor time in seconds."""
    bytes: int
    """Written to the terminal."""
    memory: float
    """Resident at the end, in megabytes; pages that processes share count once for each."""

    @property
    def percent(self) -> float:
        """Processor time in percent of one core."""
        return 100.0 * self.cpu / self.seconds


class Terminal:
    """A started program, seen from its terminal."""

    def __init__(self, leader: int, child: subprocess.Popen[bytes], size: tuple[int, int]) -> None:
        self.began = time.monotonic()
        self.pid = child.pid
        self.written = 0
        """Bytes that came so far."""
        self.last_byte = self.began
        """The moment at which the last of them came."""
        self._leader, self._child = leader, child
        self.screen = Screen(*size)

    def read(self, seconds: float) -> bytes:
        """What the program writes within so many seconds."""
        output, end = bytearray(), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            output += self._next(left)
        return bytes(output)

    def send(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._leader, keys)

    def wait_for(self, *texts: str, patience: float = PATIENCE) -> list[float]:
        """The moments at which ``texts`` were first on the screen, in whatever order they came.

        Raises:
            RuntimeError: One of them did not come in time.
        """
        seen: dict[str, float] = {}
        end = time.monotonic() + patience
        while True:
            seen |= {text: self.last_byte for text in texts if text not in seen and self.screen.shows(text)}
            missing = [text for text in texts if text not in seen]
            if not missing:
                return [seen[text] for text in texts]
            left = end - time.monotonic()
            if left <= 0 or self._child.poll() is not None:
                raise RuntimeError(f"{missing} were not seen within {patience:g} s:\n" + "\n".join(self.screen.lines()))
            self._next(left)

    def wait_until_gone(self, text: str, patience: float = PATIENCE) -> None:
        """Return when ``text`` is not on the screen any more.

        Raises:
            RuntimeError: It stayed.
        """
        end = time.monotonic() + patience
        while self.screen.shows(text):
            if time.monotonic() > end:
                raise RuntimeError(f"{text!r} was still there after {patience:g} s")
            self._next(0.05)

    def wait_for_silence(self, seconds: float, patience: float = PATIENCE) -> float:
        """The moment of the last byte before so many seconds of silence.

        Raises:
            RuntimeError: There was no silence.
        """
        end = time.monotonic() + patience
        while time.monotonic() - self.last_byte < seconds:
            if time.monotonic() > end:
                raise RuntimeError(f"it was never silent for {seconds:g} s within {patience:g} s")
            self._next(0.05)
        return self.last_byte

    def cost(self, seconds: float) -> Cost:
        """What the program costs in the next so many seconds.

        Raises:
            RuntimeError: It ended.
        """
        before, written, start = self.cpu(), self.written, time.monotonic()
        self.read(seconds)
        if self._child.poll() is not None:
            raise RuntimeError("the program ended:\n" + "\n".join(self.screen.lines()))
        passed = time.monotonic() - start
        return Cost(passed, self.cpu() - before, self.written - written, self.memory())

    def cpu(self) -> float:
        """Processor time of the program and its children so far, in seconds."""
        return sum(sum(each.cpu_times()[:2]) for each in self.family())

    def memory(self) -> float:
        """What is resident of the program and its children, in megabytes."""
        return sum(each.memory_info().rss for each in self.family()) / 1e6

    def peak(self) -> float:
        """The most that was ever resident of the program itself, in megabytes."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:  # noqa: PTH123
            peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
        return int(peak) * 1024 / 1e6

    def family(self) -> list[psutil.Process]:
        """The program and its children."""
        process = psutil.Process(self.pid)
        return [process, *process.children(recursive=True)]

    def _next(self, seconds: float) -> bytes:
        if not select.select([self._leader], [], [], seconds)[0]:
            return b""
        try:
            part = os.read(self._leader, 1 << 16)
        except OSError:  # the program closed its side
            time.sleep(min(seconds, 0.05))
            return b""
        self.written, self.last_byte = self.written + len(part), time.monotonic()
        self.screen.feed(part)
        for question, answer in _ANSWERS.items():
            if question in part:
                os.write(self._leader, answer)
        return part


@contextmanager
def terminal(
    command: Sequence[str], environ: Mapping[str, str] | None = None, size: tuple[int, int] = (COLUMNS, ROWS)
) -> Iterator[Terminal]:
    """Start ``command`` in a terminal of ``size`` columns and rows; it and its children are killed at the end."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    full = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environ or {})}
    child = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=full, start_new_session=True, close_fds=True
    )
    os.close(follower)
    shown = Terminal(leader, child, size)
    try:
        yield shown
    finally:
        family = shown.family() if child.poll() is None else []
        for each in family:
            each.send_signal(signal.SIGKILL)
        child.wait()
        os.close(leader)


def watch(store: str, *options: str) -> list[str]:
    """``tui watch`` on ``store``, without what other times left behind and without the sampler."""
    return [sys.executable, "-m", "tui", "watch", store, "--fresh", "--no-gpu", *options]
