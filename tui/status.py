"""What the header row and the terminal's title say of a whole store: how many runs are in which state, what is wrong.

Kept between looks: a run is asked when something of it changed; between changes only a live one is asked again, since
time alone brings no run to life.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from time import localtime, strftime

from logstore.model.runs import Changes, Run
from tui.follow import Progress
from tui.model import Model
from tui.screens.base import RunwatchScreen
from tui.show.header import Counts
from tui.show.text import clean
from tui.table.rows import LIVE, SHAPES
from tui.terminal_title import TerminalTitle


class Census:
    """Counts runs by state."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._live: set[str] = set()
        self._counter: Counter[str] = Counter()

    def note(self, runs: Mapping[str, Run], changes: Changes, now: float) -> None:
        """Take in what changed of ``runs``."""
        for key in changes.gone | changes.touched:
            self._judge(key, runs.get(key), now)

    def count(self, runs: Mapping[str, Run], now: float) -> Counts:
        """How many of ``runs`` are in which state at ``now``, what is alive first."""
        for key in tuple(self._live):
            self._judge(key, runs.get(key), now)
        return Counts(tuple((word, self._counter[word]) for word in SHAPES if self._counter[word]))

    def _judge(self, key: str, run: Run | None, now: float) -> None:
        before, word = self._words.pop(key, None), None if run is None else Model.word(run, now)
        if before is not None:
            self._counter[before] -= 1
        if word is not None:
            self._words[key] = word
            self._counter[word] += 1
        (self._live.add if word in LIVE else self._live.discard)(key)


class Problems:
    """What could not be read: of the store as a whole, and of its runs."""

    def __init__(self) -> None:
        self._runs: dict[str, tuple[str, ...]] = {}
        """The problems of the runs that have any, by their keys."""

    def note(self, runs: Mapping[str, Run], changes: Changes) -> None:
        """Take in what changed of ``runs``."""
        for key in changes.gone | changes.touched:
            self._runs.pop(key, None)
            if key in runs and (problems := runs[key].problems):
                self._runs[key] = tuple(f"{runs[key].name}: {problem}" for problem in problems)

    def told(self, store: Sequence[str]) -> str:
        """The first problem, and how many more there are, with those of the ``store``; empty when there is none."""
        count = len(store) + sum(map(len, self._runs.values()))
        if not count:
            return ""
        first = store[0] if store else self._runs[min(self._runs)][0]
        return clean(first) + (f", +{count - 1} more" if count > 1 else "")


class Status:
    """Tells a screen's header row, and the terminal's title, how it stands with ``model``.

    Args:
        model: What is watched.
        title: The terminal's title.
    """

    def __init__(self, model: Model, title: TerminalTitle) -> None:
        self._model, self._title = model, title
        self._census, self._problems = Census(), Problems()
        self._progress = Progress(0, 0)

    def note(self, changes: Changes, progress: Progress) -> None:
        """Take in what changed, and how far the reading is."""
        self._progress = progress
        self._census.note(self._model.runs, changes, self._model.clock())
        self._problems.note(self._model.runs, changes)

    def show(self, screen: RunwatchScreen, notes: Iterable[str | None] = ()) -> None:
        """Bring ``screen`` and the title up to date; ``notes`` is what else there is to say, None what there is not."""
        now, runs = self._model.clock(), self._model.runs
        screen.counts = self._census.count(runs, now)
        screen.clock = strftime("%H:%M", localtime(now))
        screen.share = self._progress.share
        screen.note = "; ".join(filter(None, (self._problems.told(runs.problems), *notes)))
        self._title.show(screen.title_text(), now)
