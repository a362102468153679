"""A post-mortem card as lines: the cause, what speaks for it, what is left, the end of the console. Pure.

Where there is room the console stands beside the rest, so that its last line is in sight without scrolling.
"""

from __future__ import annotations

from itertools import zip_longest

from tui.details.console_lines import level, printed
from tui.details.fact_lines import fact_lines
from tui.details.postmortem import PostMortem
from tui.show import units
from tui.show.moments import moment
from tui.show.spans import Line, Span, gap, pad
from tui.show.text import clean, wrapped

BESIDE = 140
"""Cells from which the console stands beside the rest."""
_SHARE = 0.38
_MARGIN = 1
_BETWEEN = 2


def post_mortem_lines(card: PostMortem, now: float, cells: int) -> list[Line]:
    """The card at ``now`` in lines of ``cells`` cells."""
    beside = bool(card.console) and cells >= BESIDE
    room = round(cells * _SHARE) if beside else cells
    left = [*_cause(card.cause, room), [], *fact_lines(facts(card, now), room)]
    right = _console(card)
    if not beside:
        return [pad(line, cells) for line in ([*left, [], *right] if right else left)]
    nothing: Line = []
    rows = zip_longest(left, right, fillvalue=nothing)
    return [pad([*pad(one, room), gap(_BETWEEN), *other], cells) for one, other in rows]


def _cause(cause: str, cells: int) -> list[Line]:
    first, *rest = wrapped(clean(cause), max(20, cells - 2 * _MARGIN - 2))
    head: Line = [gap(_MARGIN), Span("✖ ", "bad"), Span(first, "strong")]
    return [head, *([gap(_MARGIN + 2), Span(text, "strong")] for text in rest)]


def _console(card: PostMortem) -> list[Line]:
    if not card.console:
        return []
    title: Line = [gap(_MARGIN), Span(console_title(card), "dim")]
    return [title, *([gap(_MARGIN), Span(printed(line), level(line))] for line in card.console)]


def console_title(card: PostMortem) -> str:
    """What stands above the lines of the console."""
    whose = "" if card.console_rank is None else f" of rank {card.console_rank}"
    many = len(card.console)
    return f"the last {many} lines of the console{whose}" if many != 1 else f"the last line of the console{whose}"


def facts(card: PostMortem, now: float) -> list[tuple[str, str]]:
    """What speaks for the cause and what is left, by name; not yet cleaned."""
    known = _evidence(card)
    if card.ended is not None:
        known.append(("ended", f"{moment(card.ended, now)}, {units.duration(max(0.0, now - card.ended))} ago"))
    if card.step is not None:
        when = f", logged {moment(card.last_row, now)}" if card.last_row is not None else ""
        known.append(("last step", f"{card.step:,}{when}"))
    if card.best is not None:
        where = f" at step {units.count(card.best.step)}" if card.best.step is not None else ""
        known.append(("best", f"{card.best.metric} {units.value(card.best.value)}{where}"))
    known.append(("checkpoint", _checkpoint(card, now)))
    if card.command is not None:
        known.append(("start again", card.command + ("   (put in what is ***)" if card.masked else "")))
    return known


def _evidence(card: PostMortem) -> list[tuple[str, str]]:
    """What speaks for the cause: one line for each source, and nothing that another source said in the same words."""
    texts: dict[str, str] = {}
    for each in card.evidence:
        texts.setdefault(each.text, each.source)
    sources = dict.fromkeys(texts.values())
    return [(name, " · ".join(text for text, source in texts.items() if source == name)) for name in sources]


def _checkpoint(card: PostMortem, now: float) -> str:
    seen = card.checkpoint
    if seen is None:
        return "none in the run's directory"
    size = f", {units.size(seen.size)}" if seen.size else ""
    return f"{seen.name}{size}, {moment(seen.time, now)}"
