"""The top row as spans: what is watched, how its runs are doing, how far the reading is, and the time of day. Pure.

Whole words only: of a path its last part is kept longest, of the counts those of what is alive, and what does not fit
is left out. Only a name that takes more than half of the row is cut, in its middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.show.spans import Line, Span, cells, gap
from tui.show.text import clean, fit_clause, fit_middle, width

BRAND = " runwatch"
BAR_CELLS = 12
_APART = 3
_INDENT = 2
_LEAST_NAME = 12
_LAST = ("pending", "unknown", "killed", "finished")
"""States that are left out before others, the last of them first."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many runs are in which state; a state that no run is in is not in ``states``."""

    states: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        return self.first(len(self.states))

    def first(self, count: int, *, more: bool = True) -> str:
        """The counts of so many states, those that want to be known first, in their order, then the runs of the rest.

        Without ``more``, an ellipsis stands for these.
        """
        states = [state for state, _ in self.states]
        kept = sorted(states, key=lambda state: _LAST.index(state) if state in _LAST else -1)[:count]
        told = [f"{number} {state}" for state, number in self.states if state in kept]
        rest = sum(number for state, number in self.states if state not in kept)
        return " · ".join([*told, *([f"{rest} more" if more else "…"] if rest else [])])


@dataclass(frozen=True, slots=True)
class Told:
    """What the row tells.

    Attributes:
        trail: Where one is: a path, and what is open below it, each after a ``›``.
        counts: How many runs are in which state.
        clock: The time of day.
        share: How much of what there is has been read, 0 to 1; None when all of it has.
        note: What else there is to say while nothing is read.
    """

    trail: str
    counts: Counts
    clock: str
    share: float | None = None
    note: str = ""


def progress_bar(share: float, cells: int = BAR_CELLS) -> str:
    """A thin bar of ``cells`` cells, ``share`` (0 to 1) of it heavy."""
    done = round(max(0.0, min(1.0, share)) * cells)
    return "━" * done + "─" * (cells - done)


def header_line(told: Told, total: int) -> Line:
    """The row in at most ``total`` cells."""
    room = total - width(BRAND) - 1 - _INDENT
    path, *below = told.trail.split(" › ")
    parts = [path, *(fit_middle(text, max(_LEAST_NAME, room // 2)) for text in below)]
    forms = _progress(told.share)
    right = _right(told, forms[-1:], room - width(_name(parts)) - _APART)
    trail = trail_text(parts, room - cells(right) - (_APART if right else 0)) or trail_text(parts, room)
    left: Line = [Span(BRAND, "brand"), *([gap(_INDENT), Span(trail, "dim")] if trail else [])]
    spare = room - width(trail) - cells(right) - _APART
    right = _longer(told, forms, right, spare)
    return [*left, gap(total - 1 - cells(left) - cells(right)), *right]


def _right(told: Told, progress: Sequence[str], room: int) -> Line:
    """How far the reading is, the counts and the clock, as far as they fit."""
    line: Line = [Span(text, "dim") for text in progress if width(text) <= room]
    if width(told.clock) + _apart(line) + cells(line) <= room:
        line = [*line, gap(_apart(line)), Span(told.clock, "dim")] if told.clock else line
    at = 2 * bool(progress and line)
    states = range(len(told.counts.states), 0, -1)
    for text in (told.counts.first(count, more=more) for more in (True, False) for count in states):
        if width(text) + _apart(line) + cells(line) <= room:
            return [*line[:at], Span(text), gap(_apart(line)), *line[at:]]
    return line


def _apart(line: Line) -> int:
    return _APART if line else 0


def _longer(told: Told, forms: Sequence[str], right: Line, spare: int) -> Line:
    """The progress in more words, or the note, where there is room to spare."""
    if forms and right and right[0].text == forms[-1]:
        found = next(form for form in forms if width(form) - width(forms[-1]) <= max(0, spare))
        return [Span(found, "dim"), *right[1:]]
    note = fit_clause(told.note, max(0, spare - _APART))
    return [Span(note, "dim"), gap(_apart(right)), *right] if note and not forms else right


def _progress(share: float | None) -> list[str]:
    """In how many words the reading can be told, the longest first."""
    if share is None:
        return []
    percent = f"{100 * share:3.0f} %"
    return [f"reading {progress_bar(share)} {percent}", f"reading {percent.strip()}", percent.strip()]


def trail_text(parts: Sequence[str], room: int) -> str:
    """The trail in at most ``room`` cells, or nothing: its last parts, and of a path its last directories.

    Args:
        parts: The path of the store, and what is open below it.
        room: How many cells there are.
    """
    path, *below = (clean(part) for part in parts)
    behind = "".join(f" › {text}" for text in below)
    names = path.split("/")
    forms = [path + behind, *("…/" + "/".join(names[at:]) + behind for at in range(1, len(names)))]
    forms += ["…" + "".join(f" › {text}" for text in below[at:]) for at in range(len(below))]
    forms.append(_name(parts))
    return next((form for form in forms if width(form) <= room), "")


def _name(parts: Sequence[str]) -> str:
    """The shortest that a trail can be: what is open, or the last directory of the path."""
    return clean(parts[-1] if len(parts) > 1 else parts[0].rpartition("/")[2])
