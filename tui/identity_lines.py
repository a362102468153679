"""A run's identity card as lines: the state and why, then facts in columns of one width, then the long ones. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from logstore.runs import Run
from tui.run_facts import Fact, identity, state_line
from tui.spans import Line, Span, gap, pad
from tui.table.rows import state_shape
from tui.text import clean, fit, width

COLUMN_CELLS = 38
"""Cells that a column of facts needs at least."""
_MARGIN = 1
_GAP = 2


def identity_lines(run: Run, now: float, cells: int) -> list[Line]:
    """The card of ``run`` at ``now`` in lines of ``cells`` cells."""
    facts = identity(run)
    names = max((width(fact.name) for fact in facts), default=0)
    short = [fact for fact in facts if not fact.long]
    long = [fact for fact in facts if fact.long]
    lines = [_state(run, now, cells), *_columns(short, names, cells)]
    return [*lines, *(pad([gap(_MARGIN), *_fact(fact, names)], cells) for fact in long)]


def _state(run: Run, now: float, cells: int) -> Line:
    word, why = state_line(run, now)
    role = f"state-{word}"
    reason = [Span(f"  {clean(why)}", "dim")] if why else []
    name = Span(clean(run.name), "strong")
    return pad([gap(_MARGIN), name, gap(_GAP), Span(f"{state_shape(word)} {word}", f"{role} strong"), *reason], cells)


def _columns(facts: Sequence[Fact], names: int, cells: int) -> list[Line]:
    """The facts from top to bottom and then from left to right, so that what belongs together stays together."""
    count = max(1, min(len(facts), (cells - _MARGIN + _GAP) // (COLUMN_CELLS + _GAP)))
    room = (cells - _MARGIN - _GAP * (count - 1)) // count
    rows = -(-len(facts) // count)
    lines: list[Line] = []
    for row in range(rows):
        line: Line = [gap(_MARGIN)]
        for fact in facts[row::rows]:
            line += [*pad(_fact(fact, names), room), gap(_GAP)]
        lines.append(pad(line[:-1], cells))
    return lines


def _fact(fact: Fact, names: int) -> Line:
    role = "bad" if fact.name in {"error", "bad lines", "rows lost"} else ""
    return [Span(fit(fact.name, names), "dim"), gap(2), Span(clean(fact.text), role)]
