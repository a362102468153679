"""The sampler's command as a process under test: its lines, read with a deadline."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from collectors import launch
from collectors.procfs import pids, read_stat
from collectors.protocol import decode
from collectors.samples import Line, Sample, StateLine

DEADLINE = 30.0
"""Seconds after which what was waited for will not come."""


class Running:
    """``python -m collectors`` with some arguments, from a directory that is not ours."""

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            launch.command("collectors", *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=launch.environment(env),
            cwd=cwd or "/",
            bufsize=0,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.input, self.output, self.complaints = self.process.stdin, self.process.stdout, self.process.stderr
        self._rest = b""
        self._lines: list[bytes] = []

    def line(self) -> Line:
        """The next line; fails where none comes in time or the process has ended."""
        deadline = time.monotonic() + DEADLINE
        while not self._lines:
            assert select.select([self.output], [], [], deadline - time.monotonic())[0], "no line came"
            text = os.read(self.output.fileno(), 1 << 16)
            assert text, f"it ended: {self.complaints.read()!r}"
            *self._lines, self._rest = (self._rest + text).split(b"\n")
        line = decode(self._lines.pop(0))
        assert line is not None
        return line

    def lines(self) -> Iterator[Line]:
        """Lines without end."""
        while True:
            yield self.line()

    def sample(self, condition: Callable[[Sample], bool] = lambda _: True) -> Sample:
        """The next sample for which ``condition`` holds."""
        deadline = time.monotonic() + DEADLINE
        for line in self.lines():
            if isinstance(line, Sample) and condition(line):
                return line
            assert time.monotonic() < deadline, f"it did not come; the last was {line}"
        raise AssertionError

    def state(self, name: str) -> StateLine:
        """The next line that tells this state of the GPUs."""
        deadline = time.monotonic() + DEADLINE
        for line in self.lines():
            if isinstance(line, StateLine) and line.gpu == name:
                return line
            assert time.monotonic() < deadline, f"it did not come; the last was {line}"
        raise AssertionError

    def reader(self) -> int:
        """Pid of the process that reads the GPUs."""
        children = [stat.pid for pid in pids() if (stat := read_stat(pid)) and stat.ppid == self.process.pid]
        assert len(children) == 1
        return children[0]

    def end(self) -> int:
        """Ask it to end; its status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(DEADLINE)
        for stream in (self.input, self.output, self.complaints):
            stream.close()


def gone(pid: int) -> bool:
    """Whether a process ends in time (one that is not reaped yet has ended)."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        stat = read_stat(pid)
        if stat is None or stat.state == "Z":
            return True
        time.sleep(0.01)
    return False
