"""A crash report: the traceback in a file, and one line that says where it is."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from tui.show.text import clean


def report(error: BaseException, directory: Path, now: float) -> str:
    """Write the traceback of ``error`` below ``directory`` and return the line to show to the person.

    Where the file cannot be written, the line ends with the traceback itself. What the error says of a file's content
    is cleaned in both, since both end up on a terminal.
    """
    trace = "".join(traceback.format_exception(error))
    lines = "\n".join(map(clean, trace.splitlines())) + "\n"
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    path = directory / f"crash-{stamp}-{os.getpid()}.log"
    what = clean(f"runwatch crashed: {type(error).__name__}: {error}")
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(_header() + lines, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return f"{what}\n{lines}"
    return f"{what}\nThe traceback is in {path}"


def default_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """Where crash reports are written."""
    return Path(environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "runwatch"


def _header() -> str:
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in ("runwatch", "textual", "numpy", "orjson"))
    return f"{packages}\nPython {platform.python_version()} on {sys.platform}, TERM={os.environ.get('TERM', '')}\n\n"
