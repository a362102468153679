"""A nested config as the rows of a tree, and what a search leaves of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tui.show.values import BRIEF, show

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """One key of a config: a value, or a branch with keys of its own."""

    path: Path
    value: object
    keys: int = 0
    """How many keys the branch has; 0 for a value."""
    closed: bool = False
    """Whether the keys of the branch are hidden."""

    @property
    def depth(self) -> int:
        """How deeply the key is nested; 0 at the top."""
        return len(self.path) - 1

    @property
    def name(self) -> str:
        """The last key of the path."""
        return self.path[-1]

    @property
    def text(self) -> str:
        """The value as shown, its floats in few digits; empty for a branch."""
        return "" if self.keys else show(self.value, BRIEF)


def config_rows(config: Mapping[str, object], closed: Collection[Path] = (), needle: str = "") -> list[ConfigRow]:
    """The rows of ``config`` in its own order, without what is below the ``closed`` branches.

    With a ``needle`` (in any case) only the values whose dotted key or text holds it are left, and the branches on the
    way to them; branches are open then.
    """
    rows = list(_walk(config, frozenset() if needle else closed))
    return _search(rows, needle.casefold()) if needle else rows


def _walk(config: Mapping[str, object], closed: Collection[Path]) -> Iterator[ConfigRow]:
    stack: list[tuple[Path, object]] = [((str(key),), value) for key, value in reversed(list(config.items()))]
    while stack:
        path, value = stack.pop()
        if not isinstance(value, Mapping) or not value:
            yield ConfigRow(path, value)
            continue
        shut = path in closed
        yield ConfigRow(path, value, len(value), shut)
        if not shut:
            stack.extend(((*path, str(key)), inner) for key, inner in reversed(list(value.items())))


def _search(rows: list[ConfigRow], wanted: str) -> list[ConfigRow]:
    kept: list[ConfigRow] = []
    needed: Path = ()
    for row in reversed(rows):
        leads = bool(row.keys) and needed[: len(row.path)] == row.path
        if leads or (not row.keys and (wanted in ".".join(row.path).casefold() or wanted in row.text.casefold())):
            kept.append(row)
            needed = row.path
    return kept[::-1]
