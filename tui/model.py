"""What all screens look at: the runs, their colours and this machine's telemetry, changed only on the UI thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from logstore.model.delta import Delta
from logstore.model.runs import Changes, Run, Runs
from tui.show.palette import Swatch, assign

if TYPE_CHECKING:
    from tui.machine.telemetry import Owner, Telemetry


@dataclass
class Model:
    """The one model of the app. Screens read it; ``apply`` alone changes its runs."""

    path: Path
    """The store that is watched."""
    clock: Callable[[], float]
    """The time now, in seconds since the epoch."""
    runs: Runs = field(default_factory=Runs)
    sampled: bool = False
    """Whether this machine has told anything yet."""
    _swatches: dict[str, Swatch] | None = None

    @cached_property
    def telemetry(self) -> Telemetry:
        """What this machine does; imported when it is first asked for, which the first frame does not wait for."""
        from tui.machine.telemetry import Telemetry

        return Telemetry()

    def apply(self, delta: Delta) -> Changes:
        """Take in what is new and say which runs it touched."""
        changes = self.runs.apply(delta)
        if changes.added or changes.gone:
            self._swatches = None
        return changes

    @property
    def swatches(self) -> dict[str, Swatch]:
        """How each run is told apart, by its key."""
        if self._swatches is None:
            oldest_first = sorted(self.runs.values(), key=attrgetter("seniority"))
            self._swatches = assign(run.key for run in oldest_first)
        return self._swatches

    @staticmethod
    def word(run: Run, now: float) -> str:
        """The one word for the state and the health of ``run``: ``running``, ``stalled``, ``finished``."""
        return "stalled" if run.health(now) == "stalled" else run.state(now).name

    def live_pids(self) -> list[int]:
        """The processes that live on this machine and are ranks of the runs, each once."""
        return sorted({pid for run in self.runs.values() for pid in run.live_pids})

    def owners(self) -> Mapping[str, Owner]:
        """Which of the runs are on which GPU, by the GPU's UUID."""
        return self.telemetry.owners(self.runs)
