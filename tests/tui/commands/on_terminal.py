"""Commands on a terminal of a given width, as a person sees them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path


def lines_on_terminal(cells: int, home: Path, *arguments: object) -> list[str]:
    """What ``tui`` with these arguments prints on a terminal without colours that is ``cells`` wide.

    Args:
        cells: the width of the terminal.
        home: where it keeps what it keeps.
        arguments: the command and what is asked of it.
    """
    leader, follower = pty.openpty()
    places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "STATE")}
    environment = {**os.environ, **places, "COLUMNS": str(cells), "LINES": "50", "TERM": "xterm", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "tui", *map(str, arguments)]
    with subprocess.Popen(command, stdout=follower, stderr=follower, stdin=follower, env=environment) as process:
        os.close(follower)
        told = b"".join(iter(lambda: _read(leader), b""))
    os.close(leader)
    assert process.returncode == 0, told
    return told.decode().splitlines()


def _read(leader: int) -> bytes:
    """What was printed; nothing once nobody is left who prints."""
    try:
        return os.read(leader, 1 << 16)
    except OSError:  # EIO: how Linux says that the other end is closed
        return b""
