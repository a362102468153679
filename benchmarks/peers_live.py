"""A run watched by our app and by W&B LEET in the same terminal: how soon a row is seen, and what watching costs.

A process logs five scalars a step, one of which (``peers_write.mark``) has another value at every step. A row counts as
seen when its value, or that of a later row, is on the screen; the moment is that of the byte that brought it.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers_env import alone, environ
from benchmarks.terminal import Cost, Terminal, terminal

BEGIN_SECONDS = 60.0
"""The most until the first row is seen."""
STILL = 3.0
"""Seconds without a change after which curves are complete."""
_NO_CURVE = re.compile("[^\u2801-\u28ff]+")


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen of a live run.

    Attributes:
        waits: Seconds from the call of ``log()`` to the screen, for each row that was seen.
        cost: Of the program that showed it.
    """

    waits: Sequence[float]
    cost: Cost


class Unseen:
    """The rows that a logger has logged and that were not yet seen.

    Args:
        said: The file in which it says them, as ``peers_write.live`` does: a value and a moment on each line.
    """

    def __init__(self, said: Path) -> None:
        self._said, self._offset = said, 0
        self._rows: list[tuple[str, float]] = []

    def seen(self, text: str, moment: float) -> list[float]:
        """How long the rows waited that ``text`` shows; a row that is passed over is seen with the next one."""
        self._rows += self._news()
        last = max((place for place, (value, _) in enumerate(self._rows) if value in text), default=-1)
        found, self._rows = self._rows[: last + 1], self._rows[last + 1 :]
        return [moment - logged for _, logged in found]

    def _news(self) -> list[tuple[str, float]]:
        data = self._said.read_bytes()
        end = data.rfind(b"\n") + 1
        lines, self._offset = data[self._offset : end].decode().splitlines(), max(end, self._offset)
        return [(value, float(moment)) for value, _, moment in (line.partition(" ") for line in lines)]


@contextmanager
def logger(python: str, peer: str, directory: Path, rate: float) -> Iterator[Path]:
    """A process that logs for ever to ``directory``; the file in which it says what it has logged."""
    said = directory / "logged.txt"
    command = [python, "-P", alone("peers_write.py", directory), "live", peer, str(directory), str(rate)]
    with said.open("wb") as out, (directory / "errors.txt").open("wb") as errors:
        child = subprocess.Popen(
            command, stdout=out, stderr=errors, env={**os.environ, **environ(directory)}, cwd=directory
        )
        try:
            _wait_for_rows(said, child)
            yield said
        finally:
            child.terminate()
            child.wait()


def _wait_for_rows(said: Path, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + BEGIN_SECONDS
    while not said.stat().st_size:
        if child.poll() is not None or time.monotonic() > end:
            raise RuntimeError("nothing was logged")
        time.sleep(0.05)


def watched(command: Sequence[str], said: Path, home: Path, seconds: float) -> Watched:
    """Watch a run that is being logged, for so many seconds from the first row that is seen.

    Raises:
        RuntimeError: None was seen in time.
    """
    unseen, waits = Unseen(said), list[float]()
    with terminal(command, environ(home)) as shown:
        end = time.monotonic() + BEGIN_SECONDS
        while not _look(shown, unseen):
            if time.monotonic() > end:
                raise RuntimeError(f"no row was seen within {BEGIN_SECONDS:g} s")
        cpu, written, begun = shown.cpu(), shown.written, time.monotonic()
        while time.monotonic() < begun + seconds:
            waits += _look(shown, unseen)
        passed = time.monotonic() - begun
        return Watched(waits, Cost(passed, shown.cpu() - cpu, shown.written - written, shown.memory()))


def _look(shown: Terminal, unseen: Unseen) -> list[float]:
    """Read for a moment; how long the rows waited that it brought."""
    return unseen.seen("\n".join(shown.screen.lines()), shown.last_byte) if shown.read(0.02) else []


def opened(command: Sequence[str], home: Path, patience: float) -> tuple[float, float]:
    """Seconds until the curves do not change any more, and what is resident then, in megabytes.

    Raises:
        RuntimeError: There was no end of it.
    """
    with terminal(command, environ(home)) as shown:
        picture, changed = "", shown.began
        while not picture or time.monotonic() - changed < STILL:
            if time.monotonic() - shown.began > patience:
                raise RuntimeError(f"the curves were not complete within {patience:g} s")
            if shown.read(0.05) and (now := curves("\n".join(shown.screen.lines()))) != picture:
                picture, changed = now, shown.last_byte
        return changed - shown.began, shown.memory()


def curves(text: str) -> str:
    """What is drawn in braille on a screen: no clock, no age, no title changes that."""
    return _NO_CURVE.sub(" ", text).strip()
