"""What ``init()`` was asked for in vain, where it gives back a run that is open: the name or config of another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logstore.writing.configuration import differing, read_config
from logstore.writing.settings import read_tags

if TYPE_CHECKING:
    from logstore.writing.writer import RunWriter

_PLAIN = ("project", "name", "id", "group", "job_type", "notes")


def unheard(arguments: Mapping[str, Any], run: RunWriter) -> list[str]:
    """Those arguments of ``init()`` that ask for something else than the open ``run`` is.

    Args:
        arguments: All of them by name; None means "not said".
        run: The run that is given back.

    Raises:
        ConfigError: The config cannot be read.
    """
    said = {name: value for name, value in arguments.items() if value is not None}
    found = [name for name in _PLAIN if name in said and str(said[name]) != getattr(run, name)]
    if "tags" in said and read_tags(said["tags"]) != run.tags:
        found.append("tags")
    if "dir" in said and Path(said["dir"]).expanduser().absolute() != run.path.parent.parent:
        found.append("dir")
    if differing(run.config, read_config(said.get("config"))):
        found.append("config")
    return found


def told(run: RunWriter, names: list[str]) -> str:
    """The line that says so."""
    return (
        f"init() gave back {run.name}, which is open, and took no notice of {', '.join(names)}: "
        'finish() that run first, or pass reinit="finish_previous"'
    )
