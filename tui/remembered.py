"""What a person set on the screens, there again next time: one small readable file per store.

The file is ``$XDG_STATE_HOME/runwatch/<name>-<hash>.json``. It holds plain data that screens hand out and take back;
one that is damaged or of another version is as if it were not there. Writing it never fails the app.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

VERSION = 1


def default_path(store: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the view of ``store`` is kept."""
    base = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    full = os.path.realpath(store)
    digest = sha256(full.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in Path(full).name)[:40] or "root"
    return Path(base) / "runwatch" / f"{name}-{digest}.json"


def load(path: Path) -> dict[str, Any]:
    """What was saved; empty where there is nothing, or nothing that can be used."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(saved, dict) or saved.get("version") != VERSION:
        return {}
    return {key: value for key, value in saved.items() if key != "version"}


def save(path: Path, view: Mapping[str, Any], store: Path) -> bool:
    """Replace the file whole; whether that went well (a full or read-only disk is no reason to stop)."""
    text = json.dumps({"version": VERSION, "store": str(store), **view}, indent=1, sort_keys=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch.write_text(text + "\n", encoding="utf-8")
        scratch.replace(path)
    except OSError:
        with suppress(OSError):
            scratch.unlink()
        return False
    return True


class Memory:
    """What is remembered of one store while it is watched: the theme, and for each kind of screen what was set there.

    Args:
        store: The directory that is watched.
        path: The file; None: nothing is taken up, and nothing is kept.
    """

    def __init__(self, store: Path, path: Path | None) -> None:
        self._store = store
        self._path = path
        self._views = load(path) if path is not None else {}
        self._written: dict[str, Any] = dict(self._views)

    @property
    def theme(self) -> str | None:
        """The theme that a person chose last."""
        theme = self._views.get("theme")
        return theme if isinstance(theme, str) else None

    @theme.setter
    def theme(self, theme: str | None) -> None:
        self._views = {**self._views, "theme": theme}

    def view(self, kind: str) -> Mapping[str, Any]:
        """What was set on the screen of this kind that was left last; empty when there was none."""
        view = self._views.get(kind)
        return view if isinstance(view, dict) else {}

    def keep(self, kind: str, view: Mapping[str, Any]) -> None:
        """Remember what was set on a screen of this kind."""
        self._views = {**self._views, kind: dict(view)}

    def save(self) -> bool:
        """Write the file, if anything is not as it was written last; whether it was written."""
        if self._path is None or self._views == self._written:
            return False
        self._written = dict(self._views)
        return save(self._path, self._views, self._store)
