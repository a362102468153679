"""Run a terminal program in a pty of a given size and say what it costs: processor time and bytes to the terminal.

The terminal answers the one question that changes what Textual sends: whether it knows synchronised output
(mode 2026). What is written is read and counted as fast as it comes, so that the program never waits for it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

_QUESTION, _ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program cost while it was measured.

    Attributes:
        seconds: How long that was.
        cpu: Processor time of the program and its children, in seconds.
        bytes: What it wrote to the terminal.
        frames: How many synchronised frames that was.
    """

    seconds: float
    cpu: float
    bytes: int
    frames: int

    @property
    def percent(self) -> float:
        """Processor time in percent of one core."""
        return 100.0 * self.cpu / self.seconds


def run(
    command: Sequence[str], *, columns: int, rows: int, settle: float, measure: float, environ: Mapping[str, str]
) -> Cost:
    """Start ``command``, wait ``settle`` seconds, measure it for ``measure`` seconds, end it.

    Raises:
        RuntimeError: The program ended by itself, or wrote nothing while it was measured.
    """
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    full = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environ}
    child = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=full, start_new_session=True, close_fds=True
    )
    os.close(follower)
    try:
        _read_for(leader, settle)
        process = psutil.Process(child.pid)
        before, start = _cpu(process), time.monotonic()
        output = _read_for(leader, measure)
        if child.poll() is not None or not output:
            raise RuntimeError(f"{' '.join(command)} drew nothing (exit status {child.poll()})")
        seconds = time.monotonic() - start
        return Cost(seconds, _cpu(process) - before, len(output), output.count(b"\x1b[?2026h"))
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        os.close(leader)


def _cpu(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family if member.is_running())


def _read_for(leader: int, seconds: float) -> bytes:
    """What the program writes in this time."""
    output = bytearray()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if not select.select([leader], [], [], left)[0]:
            break
        try:
            part = os.read(leader, 1 << 16)
        except OSError:  # the program closed its side
            break
        output += part
        if _QUESTION in part:
            os.write(leader, _ANSWER)
    return bytes(output)
