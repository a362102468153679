"""A run's identity card as lines: name, state and why, then facts in columns of one width, then the long ones. Pure.

Where there are fewer lines than that takes, the facts follow one another like words, the most wanted first.
"""

from __future__ import annotations

from collections.abc import Sequence

from logstore.model.runs import Run
from tui.details.run_facts import Fact, identity, state_line
from tui.show.spans import Line, Span, gap, pad, plain
from tui.show.spans import cells as line_cells
from tui.show.text import clean, fit, fit_middle, width
from tui.table.rows import state_shape

COLUMN_CELLS = 38
"""Cells that a column of facts needs at least."""
_SHORTEST_NAME = 12
"""Cells that the name gets at least; where there are more, it gives way to the word for the state."""
_SHORTEST_REASON = 12
"""Cells below which why it is in that state is not told."""
_MARGIN = 1
_GAP = 2
_BETWEEN = 3
_WANTED = ("error", "bad lines", "rows lost", "step", "duration", "started", "host", "git", "group", "tags", "notes")
"""What is told first where not all can be told; the other facts follow in their own order."""


def identity_lines(run: Run, now: float, cells: int, height: int | None = None) -> list[Line]:
    """The card of ``run`` at ``now`` in lines of ``cells`` cells, at most ``height`` of them."""
    facts = _facts(run, now, cells)
    state = _state(run, now, cells)
    names = max((width(fact.name) for fact in facts), default=0)
    short = [fact for fact in facts if not fact.long]
    long = [pad([gap(_MARGIN), *_fact(fact, names)], cells) for fact in facts if fact.long]
    card = [state, *_columns(short, names, cells), *long]
    if height is None or len(card) <= height:
        return card
    return [state, *(_flowing(line, cells) for line in _flow(facts, cells)[: max(0, height - 1)])]


def gone_lines(name: str, cells: int) -> list[Line]:
    """The card of a run that is no more."""
    line = [gap(_MARGIN), Span(clean(name), "strong"), gap(_GAP), Span("✖ deleted", "bad strong")]
    return [pad([*line, Span("  its files are gone; what was read of it is still here", "dim")], cells)]


def left_out(run: Run, now: float, cells: int, height: int) -> list[Fact]:
    """The facts that a card of these measures has no room for, in their own order."""
    facts = _facts(run, now, cells)
    if len(identity_lines(run, now, cells)) <= height:
        return []
    told = [fact for line in _flow(facts, cells)[: max(0, height - 1)] for fact in line]
    return [fact for fact in facts if fact not in told or _MARGIN + line_cells(_words(fact)) > cells]


def _flow(facts: Sequence[Fact], cells: int) -> list[list[Fact]]:
    """Whole facts in lines of ``cells`` cells, the most wanted first; a shorter one fills what a longer one leaves."""
    lines: list[list[Fact]] = []
    taken: list[int] = []
    for fact in sorted(facts, key=lambda fact: _WANTED.index(fact.name) if fact.name in _WANTED else len(_WANTED)):
        needed = line_cells(_words(fact))
        at = next((at for at, cell in enumerate(taken) if cell + _BETWEEN + needed <= cells), len(lines))
        if at == len(lines):
            lines.append([])
            taken.append(_MARGIN - _BETWEEN)
        lines[at].append(fact)
        taken[at] += _BETWEEN + needed
    return lines


def _flowing(facts: Sequence[Fact], cells: int) -> Line:
    """A line of facts; one that is longer than a line is cut."""
    line: Line = []
    for fact in facts:
        line += [gap(_BETWEEN if line else _MARGIN), *_words(fact)]
    return pad(line, cells)


def _words(fact: Fact) -> Line:
    return _fact(fact, width(fact.name), 1)


def _facts(run: Run, now: float, cells: int) -> list[Fact]:
    """Who the run is; without the error where the first line says it whole."""
    error = run.record.error
    said = error is not None and clean(error) in plain(_state(run, now, cells))
    return [fact for fact in identity(run) if not (said and fact.name == "error")]


def _state(run: Run, now: float, cells: int) -> Line:
    word, why = state_line(run, now)
    role = f"state-{word}"
    state = f"{state_shape(word)} {word}"
    room = max(_SHORTEST_NAME, cells - _MARGIN - _GAP - width(state))
    name = fit_middle(run.name, room)
    reason = [Span(f"  {clean(why)}", "dim")] if why and room - width(name) >= _SHORTEST_REASON else []
    return pad([gap(_MARGIN), Span(name, "strong"), gap(_GAP), Span(state, f"{role} strong"), *reason], cells)


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


def _fact(fact: Fact, names: int, space: int = 2) -> Line:
    role = "bad" if fact.name in {"error", "bad lines", "rows lost"} else ""
    return [Span(fit(fact.name, names), "dim"), gap(space), Span(clean(fact.text), role)]
