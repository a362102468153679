"""A post-mortem card as lines: the cause, what speaks for it, what is left, the end of the console. Pure."""

from __future__ import annotations

from tui.details.console_lines import level, printed
from tui.details.postmortem import PostMortem
from tui.show import units
from tui.show.moments import moment
from tui.show.spans import Line, Span, gap, pad
from tui.show.text import clean, fit, width, wrapped

_MARGIN = 1


def post_mortem_lines(card: PostMortem, now: float, cells: int) -> list[Line]:
    """The card at ``now`` in lines of ``cells`` cells."""
    known = facts(card, now)
    names = max(width(name) for name, _ in known)
    lines = [[gap(_MARGIN), Span("✖ ", "bad"), Span(clean(card.cause), "strong")], []]
    lines += [line for name, text in known for line in _fact(name, text, names, cells)]
    if card.console:
        lines += [[], [gap(_MARGIN), Span(f"the last {len(card.console)} lines of the console", "dim")]]
        lines += [[gap(_MARGIN), Span(printed(line), level(line))] for line in card.console]
    return [pad(line, cells) for line in lines]


def facts(card: PostMortem, now: float) -> list[tuple[str, str]]:
    """What speaks for the cause and what is left, by name; not yet cleaned."""
    known = [(each.source, each.text) for each in card.evidence]
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


def _checkpoint(card: PostMortem, now: float) -> str:
    seen = card.checkpoint
    if seen is None:
        return "none in the run's directory"
    size = f", {units.size(seen.size)}" if seen.size else ""
    return f"{seen.name}{size}, {moment(seen.time, now)}"


def _fact(name: str, text: str, names: int, cells: int) -> list[Line]:
    """A name and its text, in as many lines as that takes."""
    first, *rest = wrapped(clean(text), max(20, cells - names - 2 * _MARGIN - 2))
    head: Line = [gap(_MARGIN), Span(fit(name, names), "dim"), gap(2), Span(first)]
    return [head, *([gap(_MARGIN + names + 2), Span(line)] for line in rest)]
