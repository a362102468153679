"""What is on the screen as something to write to a file: its name, the forms it can take, and the writing itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from logstore.errors import LogstoreError
from tui.show import units
from tui.show.text import clean


class ExportError(LogstoreError):
    """It cannot be written there, or in that form; the message says why."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be written.

    Attributes:
        title: What it is, in words.
        stem: What its file is called where nobody says otherwise, without directory and end.
        makers: By the end of a file's name, the best form first, what gives the bytes of the file.
    """

    title: str
    stem: str
    makers: Mapping[str, Callable[[], bytes]]

    @property
    def name(self) -> str:
        """A name for its file: letters that no shell or file system minds."""
        kept = "".join(each if each.isalnum() or each in "._" else "-" for each in clean(self.stem))
        return (kept.strip("-.")[:60] or "export") + next(iter(self.makers))


def target(text: str, thing: Thing, directory: Path) -> Path:
    """The file that a person named; a name without an end gets that of the thing's best form.

    Args:
        text: What was typed: a path, absolute, from the home directory (``~``), or below ``directory``.
        thing: What is to be written.
        directory: What a relative path is relative to.

    Raises:
        ExportError: no name, a form that the thing does not have, or no such directory.
    """
    if not text.strip():
        raise ExportError("say what the file is to be called")
    try:
        path = directory / Path(text.strip()).expanduser()
    except RuntimeError as error:
        raise ExportError(str(error)) from error
    if not path.suffix:
        path = path.with_name(path.name + next(iter(thing.makers)))
    if path.suffix.lower() not in thing.makers:
        raise ExportError(f"{path.suffix} is none of {' '.join(thing.makers)}")
    if not path.parent.is_dir():
        raise ExportError(f"there is no directory {clean(path.parent)}")
    return path


def write(thing: Thing, path: Path, *, replace: bool = False) -> str:
    """Write ``thing`` to ``path``, whole or not at all; what was written, in words.

    Args:
        thing: What to write.
        path: Where to, as ``target`` gave it.
        replace: Replace a file that is there.

    Raises:
        FileExistsError: there is such a file, and it is not to be replaced.
        ExportError: it could not be drawn or written.
    """
    if not replace and path.exists():
        raise FileExistsError(f"{clean(path)} is there already")
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        content = thing.makers[path.suffix.lower()]()
        scratch.write_bytes(content)
        scratch.replace(path)
    except OSError as error:
        with suppress(OSError):
            scratch.unlink()
        raise ExportError(f"{clean(path)}: {clean(error.strerror or error)}") from error
    return f"{clean(path)} ({units.size(len(content))})"
