"""What a filter asks for that is nowhere to be found: ``state=finshed``, most likely misspelt. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from tui.table import matching
from tui.table.fields import Field, field
from tui.table.names import Names
from tui.table.rows import SHAPES, Value
from tui.table.run_rows import RunRow
from tui.table.tokens import tokens

_NAMED = 8
"""Values that are told, where none is nearly what was asked for."""
_NEAR = 0.7
_SIGNS = ("=", "==", ":")


def unknown_values(query: str, rows: Sequence[RunRow], names: Names) -> Iterator[str]:
    """For each text in a filter that no run has in its field: one line, with what is nearly so, or with what there is.

    That no run is in a state is an answer and no mistake, where there is such a state.

    Args:
        query: a filter.
        rows: all rows.
        names: what the runs have.
    """
    words = list(tokens(query))
    for name, sign, value in zip(words, words[1:], words[2:], strict=False):
        if sign.is_sign(*_SIGNS) and {name.kind, value.kind} <= {"word", "quoted"}:
            asked = field(name.text, names)
            there = _texts(asked, rows)
            test = (matching.contains if sign.text == ":" else matching.equal)(asked, matching.operand(value.text))
            if there and value.text.lower() not in SHAPES and not any(map(test, rows)):
                yield f"no run has {name.text} {value.text!r}{_nearest(value.text, there)}"


def _texts(asked: Field, rows: Sequence[RunRow]) -> list[str]:
    """The texts that the field has in any of ``rows``; none where it has something else."""
    values = [value for row in rows if (value := asked.value(row)) is not None]
    parts = [part for value in values for part in _parts(value)]
    return sorted(set(parts)) if all(parts) else []


def _parts(value: Value) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [part if isinstance(part, str) else "" for part in value] if isinstance(value, tuple) else [""]


def _nearest(text: str, there: Sequence[str]) -> str:
    near = get_close_matches(text, there, cutoff=_NEAR)
    if near:
        return f"; did you mean {' or '.join(near)}?"
    more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
    return f"; there are {', '.join(there[:_NAMED])}{more}"
