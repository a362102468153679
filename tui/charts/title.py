"""The title row: metric, then for each line its swatch, name and value, what is not finite, and on the right the state.

The highlighted line comes first. Where not all names fit, values go before names; entries for which there is no room at
all are counted (``+12``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.charts.celltext import cut, cut_front, pad, plain, width
from tui.charts.frame import Ink, Row, quiet_ink, series_ink, text_row
from tui.show.palette import Swatch

FOCUSED, UNFOCUSED = "▌", " "
_VALUE_CELLS, _LEAST_NAME = 6, 6
_GAP = "  "

Part = tuple[str, int]


class Entry(NamedTuple):
    """One line in the title.

    Attributes:
        name: The line's name.
        swatch: Its colour and marker.
        value: Its last value, or the one at the cursor.
        warning: What is not finite and where, as ``12 nan from 8123``; empty when all is.
        brief: The same without where, for narrow titles.
        receded: Whether another line is highlighted.
    """

    name: str
    swatch: Swatch
    value: str
    warning: str = ""
    brief: str = ""
    receded: bool = False


def title_row(cells: int, metric: str, entries: Sequence[Entry], notes: Sequence[str], *, focused: bool = False) -> Row:
    """The title in exactly ``cells`` cells.

    Args:
        cells: Width of the row.
        metric: What the chart shows.
        entries: The lines, most important first.
        notes: The state, as ``log`` or ``tail``; what has no room is left out, last first.
        focused: Whether the chart has the keyboard.
    """
    if cells < 4:
        return text_row([(pad(plain(metric), cells), Ink.TITLE)])
    name = cut_front(plain(metric), cells - 2)
    lead: list[Part] = [(FOCUSED if focused else UNFOCUSED, Ink.FOCUS), (name, Ink.TITLE)]
    left = cells - 1 - width(name)
    whole = [_entry(entry) for entry in entries]
    note, left = _note(notes, left, max(left // 3, left - sum(map(_cells, whole)))) if notes else ("", left)
    legend, left = _legend(entries, whole, left)
    tail: list[Part] = [(note, Ink.NOTE)] if note else []
    return text_row([*lead, *legend, (" " * left, Ink.BLANK), *tail])


def _note(notes: Sequence[str], room: int, most: int) -> tuple[str, int]:
    """The notes in at most ``most`` cells, and the room that is left."""
    kept = list(notes)
    while kept:
        text = _GAP + " · ".join(kept)
        if width(text) <= most:
            return text, room - width(text)
        kept.pop()
    return "", room


def _legend(entries: Sequence[Entry], whole: Sequence[list[Part]], room: int) -> tuple[list[Part], int]:
    """The first entry, as many values as fit, of them as many names, how many more there are; and the room left."""
    used = sum(map(_cells, whole))
    if used <= room:
        return [part for pieces in whole for part in pieces], room - used
    chosen = [*whole[:1], *(_entry(entry, brief=True) for entry in entries[1:])]
    most = room - width(_rest(entries[1:]))
    if entries and _cells(chosen[0]) > most:
        chosen[0] = _short(entries[0], most)
    shown = _fitting(entries, chosen, room)
    left = room - sum(map(_cells, chosen[:shown])) - width(_rest(entries[shown:]))
    if left < 0 or (not shown and len(entries) == 1):  # their number does not fit, or says nothing
        return [], room
    for place in range(1, shown):
        more = _cells(whole[place]) - _cells(chosen[place])
        if more > left:
            break
        left -= more
        chosen[place] = whole[place]
    return [*(part for pieces in chosen[:shown] for part in pieces), (_rest(entries[shown:]), Ink.NOTE)], left


def _fitting(entries: Sequence[Entry], chosen: Sequence[Sequence[Part]], room: int) -> int:
    """How many entries fit beside the number of the others."""
    shown = used = 0
    for place, pieces in enumerate(chosen, 1):
        used += _cells(pieces)
        if not pieces or used > room:
            break
        if used + width(_rest(entries[place:])) <= room:
            shown = place
    return shown


def _rest(entries: Sequence[Entry]) -> str:
    """How many entries these are, and how many of them have something that is not finite."""
    if not entries:
        return ""
    warned = sum(bool(entry.warning) for entry in entries)
    return f" +{len(entries)} ({warned} ✖)" if warned else f" +{len(entries)}"


def _entry(entry: Entry, *, brief: bool = False) -> list[Part]:
    """Swatch, name and value; the ``brief`` one without the name, and with no words for what is not finite.

    The mark of what is not finite stands at its value, not at the swatch that follows.
    """
    marker, name = f"{_GAP}{entry.swatch.marker}", "" if brief else plain(entry.name)
    name = f" {name}" if name else ""
    value, room = f" {entry.value}", " " * max(0, _VALUE_CELLS - width(entry.value))
    words = "" if brief else f" {entry.warning}"
    value, warning = (value, [(f" ✖{words}{room}", Ink.MARK)]) if entry.warning else (value + room, [])
    if entry.receded:
        return [(marker, quiet_ink(entry.swatch.slot)), (name + value, Ink.NOTE), *warning]
    return [(marker + name, series_ink(entry.swatch.slot)), (value, Ink.VALUE), *warning]


def _short(entry: Entry, room: int) -> list[Part]:
    """The first entry where it does not fit whole: it says less of what is not finite, then of its name, then none."""
    ink = series_ink(entry.swatch.slot)
    marker, name = f"{_GAP}{entry.swatch.marker} ", plain(entry.name)
    for warning in dict.fromkeys((entry.warning, entry.brief, "")):
        mark = f" ✖ {warning}" if warning else ""
        space = room - width(marker) - 1 - width(entry.value) - width(mark)
        if space >= min(width(name), _LEAST_NAME) or (not mark and space >= _LEAST_NAME):
            return [(marker + cut(name, space), ink), (" " + entry.value, Ink.VALUE), (mark, Ink.MARK)]
    value = _GAP + entry.value
    return [(value, ink)] if width(value) <= room else []


def _cells(parts: Sequence[Part]) -> int:
    return sum(width(text) for text, _ in parts)
