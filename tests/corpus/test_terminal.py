"""What the real app really sends to a real terminal, over a hostile store: colours and cursor moves of its own only."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.corpus.hostile import PAYLOADS, faults, in_turn, write_run

TITLE = re.compile(rb"\x1b\]2;([^\x00-\x1f\x7f]*)\x07")
POINTER = re.compile(rb"\x1b\]22;[a-z-]*\x07")
"""Textual's shape of the mouse pointer."""
SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|.)", re.DOTALL)
OURS = re.compile(
    rb"\x1b(?:\[[0-9;:]*m|\[[0-9;]*[HABCDGJKd]|\[[?>=<]?[0-9;]*[hlu]|\[\?[0-9;]*\$p|\[[0-9;]*[cnqt]|[78=>])"
)
"""Colours, cursor moves, modes, and the questions that Textual asks a terminal when it begins."""
SECONDS = 40.0


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        self._leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
        self._child = subprocess.Popen(
            command, stdin=follower, stdout=follower, stderr=follower, env=environ, start_new_session=True
        )
        os.close(follower)
        self.output = b""

    def until(self, text: bytes) -> None:
        """Reads until ``text`` is on the screen, or the program has ended."""
        deadline = time.monotonic() + SECONDS
        while text not in self.output and self._read() and time.monotonic() < deadline:
            pass
        assert text in self.output

    def press(self, keys: bytes) -> None:
        """Types keys."""
        os.write(self._leader, keys)

    def end(self) -> int:
        """Reads what is left; the exit code."""
        deadline = time.monotonic() + SECONDS
        while self._read() and time.monotonic() < deadline:
            pass
        return self._child.wait(SECONDS)

    def close(self) -> None:
        """Kills it, if it is still there."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGKILL)
            self._child.wait()
        os.close(self._leader)

    def _read(self) -> bool:
        if not select.select([self._leader], [], [], SECONDS)[0]:
            return False
        try:
            part = os.read(self._leader, 1 << 16)
        except OSError:  # the other side is closed
            return False
        self.output += part
        return bool(part)


def test_the_terminal_gets_nothing_that_was_in_a_file(tmp_path: Path) -> None:
    for start in range(0, len(PAYLOADS), 20):
        write_run(tmp_path / "runs", start, in_turn(start))
    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "tui", "watch", "--no-gpu", str(tmp_path / "runs")]
    terminal = Terminal(command, {**environ, "PYTHONPATH": str(Path.cwd()), "LANG": "C.UTF-8"})
    try:
        terminal.until(b"help")
        for keys in (b"\r", b"\t", b"\t", b"\t", b"\t", b"q", b"ac", b"q", b"?", b"\x1b"):
            terminal.press(keys)
            time.sleep(0.15)
        terminal.press(b"qqq")
        assert terminal.end() == 0
    finally:
        terminal.close()
    titles = [title.decode() for title in TITLE.findall(terminal.output)]
    assert [faults(title) for title in titles] == [[]] * len(titles)
    assert terminal.output.count(b"\x1b[22;2t") == terminal.output.count(b"\x1b[23;2t") <= len(titles)
    sent = POINTER.sub(b"", TITLE.sub(b"", terminal.output))
    foreign = {each for each in SEQUENCE.findall(sent) if not OURS.fullmatch(each)}
    assert foreign == set()
    assert re.findall(rb"[\x00-\x06\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]", sent) == []
    assert re.findall("[\x80-\x9f]", sent.decode("utf-8", "replace")) == []
    assert b"\x07" not in sent
    assert sent.rindex(b"\x1b[?1049l") > sent.rindex(b"\x1b[?1049h")
    assert sent.rindex(b"\x1b[?25h") > sent.rindex(b"\x1b[?1049h")
