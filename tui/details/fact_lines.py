"""Facts one below the other: the name dim, the text beside it in as many lines as it takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from tui.show.spans import Line, Span, gap
from tui.show.text import clean, fit, width, wrapped

_MARGIN = 1
_GAP = 2
_LEAST = 20
"""Cells that a text gets, however little room there is."""


def fact_lines(facts: Iterable[tuple[str, str]], cells: int) -> list[Line]:
    """Names and texts, not yet cleaned, in lines for ``cells`` cells; all texts begin in one column."""
    known = list(facts)
    names = max((width(name) for name, _ in known), default=0)
    room = max(_LEAST, cells - names - 2 * _MARGIN - _GAP)
    return [line for name, text in known for line in _fact(name, wrapped(clean(text), room), names)]


def _fact(name: str, texts: list[str], names: int) -> list[Line]:
    head: Line = [gap(_MARGIN), Span(fit(name, names), "dim"), gap(_GAP), Span(texts[0])]
    return [head, *([gap(_MARGIN + names + _GAP), Span(text)] for text in texts[1:])]
