"""A post-mortem card as lines: the cause, what speaks for it, what is left, the end of the console. Pure."""

from __future__ import annotations

from tui.details.console_lines import level, printed
from tui.details.fact_lines import fact_lines
from tui.details.postmortem import PostMortem
from tui.show import units
from tui.show.moments import moment
from tui.show.spans import Line, Span, gap, pad
from tui.show.text import clean

_MARGIN = 1


def post_mortem_lines(card: PostMortem, now: float, cells: int) -> list[Line]:
    """The card at ``now`` in lines of ``cells`` cells."""
    lines = [[gap(_MARGIN), Span("✖ ", "bad"), Span(clean(card.cause), "strong")], []]
    lines += fact_lines(facts(card, now), cells)
    if card.console:
        lines += [[], [gap(_MARGIN), Span(f"the last {len(card.console)} lines of the console", "dim")]]
        lines += [[gap(_MARGIN), Span(printed(line), level(line))] for line in card.console]
    return [pad(line, cells) for line in lines]


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
