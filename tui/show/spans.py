"""Lines of text whose parts have a role: what pure modules hand to widgets, and what tests read as strings.

A ``Line`` is a list of ``Span``s. A role names a meaning (``dim``, ``key``, ``series-3``), which the widget turns into
a style of the theme; several roles are separated by a space. The text of a span is safe for a terminal: it has passed
``tui.show.text.clean`` or ``fit``, or was made here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from tui.show.text import fit, width


class Span(NamedTuple):
    """Some text and the role it plays; without a role it is ordinary text."""

    text: str
    role: str = ""


Line: TypeAlias = list[Span]


def plain(line: Iterable[Span]) -> str:
    """The text of a line without its roles."""
    return "".join(span.text for span in line)


def cells(line: Iterable[Span]) -> int:
    """The cells that a line takes."""
    return sum(width(span.text) for span in line)


def gap(count: int) -> Span:
    """``count`` blanks; none where it is negative."""
    return Span(" " * count)


def pad(line: Line, count: int) -> Line:
    """``line`` in exactly ``count`` cells: filled with blanks, or cut with an ellipsis at its end."""
    taken = cells(line)
    if taken <= count:
        return [*line, gap(count - taken)] if taken < count else line
    return _cut(line, count)


def _cut(line: Line, count: int) -> Line:
    """``line`` cut to ``count`` cells; the ellipsis has the role of what it stands for."""
    kept: Line = []
    room = count
    for position, span in enumerate(line):
        behind = any(width(other.text) for other in line[position + 1 :])
        if width(span.text) > room or (behind and width(span.text) == room):
            over = span.text if width(span.text) > room else span.text + "…"
            return [*kept, Span(fit(over, room), span.role)]
        kept.append(span)
        room -= width(span.text)
    return kept


def crop(line: Line, start: int) -> Line:
    """``line`` without its first ``start`` cells; a wide character cut in two goes whole."""
    for position, span in enumerate(line):
        taken = width(span.text)
        if start < taken:
            rest = span.text
            while width(rest) > taken - start:
                rest = rest[1:]
            return [Span(rest, span.role), *line[position + 1 :]]
        start -= taken
    return []


def spread(left: Line, right: Line, count: int) -> Line:
    """``left`` at the left and ``right`` at the right of ``count`` cells; ``right`` gives way where both do not fit."""
    room = count - cells(left) - cells(right)
    return pad([*left, gap(room), *right] if room >= 2 else left, count)


def mark(line: Line, needle: str, role: str) -> Line:
    """``line`` with ``role`` added wherever ``needle`` (in any case) occurs inside a span."""
    if not needle:
        return line
    return [piece for span in line for piece in _marked(span, needle, role)]


def _marked(span: Span, needle: str, role: str) -> Line:
    low, wanted = span.text.lower(), needle.lower()
    if len(low) != len(span.text):
        return [span]
    pieces: Line = []
    end = 0
    start = low.find(wanted)
    while start >= 0:
        pieces += [Span(span.text[end:start], span.role)] if start > end else []
        end = start + len(wanted)
        pieces.append(Span(span.text[start:end], f"{span.role} {role}".strip()))
        start = low.find(wanted, end)
    return [*pieces, Span(span.text[end:], span.role)] if end < len(span.text) else pieces
