"""Frames of the app as text files: each screen as a person sees it, one file for each size of terminal.

A frame is waited for, so that a slow machine shows nothing but what is wrong. ``pytest --snapshot-update`` writes them
anew; look at what changed before it is committed.
"""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.tui.waiting import ready, text, until

_TITLE = "═══ "


class Frames:
    """The frames in ``path`` by their names.

    Args:
        path: The file.
        renew: Whether they are taken anew; ``save`` then writes them.
    """

    def __init__(self, path: Path, *, renew: bool) -> None:
        self._path, self._renew = path, renew
        self._known = {} if renew else _read(path)
        self._shown: list[str] = []

    async def shows(self, pilot: Pilot[Any], name: str) -> None:
        """Wait until the app shows the frame of this name.

        Raises:
            AssertionError: it does not; with what is different.
        """
        assert name not in self._shown, f"there are two frames called {name}"
        self._shown.append(name)
        if self._renew:
            await ready(pilot)
            self._known[name] = _lines(text(pilot))
            return
        assert name in self._known, f"{self._path.name} has no frame {name!r}: pytest --snapshot-update"
        wanted = self._known[name]
        try:
            await until(lambda: _lines(text(pilot)) == wanted, pilot)
        except AssertionError:
            found = _lines(text(pilot))
            raise AssertionError("\n".join(unified_diff(wanted, found, f"{name} before", "now", lineterm=""))) from None

    def finish(self) -> None:
        """All frames were shown: none is left over, and new ones are written."""
        if self._renew:
            self._path.parent.mkdir(exist_ok=True)
            parts = [f"{_TITLE}{name}\n" + "".join(f"{line}\n" for line in self._known[name]) for name in self._shown]
            self._path.write_text("".join(parts), encoding="utf-8")
        assert sorted(self._shown) == sorted(self._known)


def _lines(frame: str) -> list[str]:
    return frame.rstrip("\n").split("\n")


def _read(path: Path) -> dict[str, list[str]]:
    frames: dict[str, list[str]] = {}
    for part in path.read_text(encoding="utf-8").split(_TITLE)[1:] if path.exists() else []:
        name, _, frame = part.partition("\n")
        frames[name] = _lines(frame)
    return frames
