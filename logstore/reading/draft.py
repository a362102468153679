"""A ``RunDelta`` in the making: what one read found out about one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from logstore.model.delta import Block, Event, RunDelta
from logstore.model.liveness import UNKNOWN, Liveness
from logstore.model.ranks import Rank
from logstore.model.records import RunRecord


@dataclass(slots=True, eq=False, repr=False)
class Draft:
    """Collects news of one run until it is handed over."""

    record: RunRecord | None = None
    config: Mapping[str, object] | None = None
    manual_summary: Mapping[str, object] | None = None
    headline: Mapping[str, object] | None = None
    blocks: dict[int, list[Block]] = field(default_factory=dict)
    system: dict[str, list[Block]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    problems: tuple[str, ...] | None = None
    processes: Mapping[int, Rank] | None = None
    bad_lines: int = 0
    refused: int = 0
    unheard: int = 0
    """Events that were left out because there are too many."""
    bytes_read: int = 0
    bytes_restored: int = 0
    """Those of them whose rows came from the cache."""
    reset: bool = False
    is_news: bool = False
    """Something is new that shows in no other field: the liveness, or that there is a run at all."""

    def __bool__(self) -> bool:
        """Whether there is any news."""
        told = (self.record, self.config, self.manual_summary, self.headline, self.problems, self.processes)
        return self.is_news or self.reset or self.bytes_read > 0 or any(each is not None for each in told)

    def forget_rows(self) -> None:
        """The files were replaced: what was read of them is void."""
        self.blocks.clear()
        self.system.clear()
        self.events.clear()
        self.bad_lines = self.refused = self.unheard = 0
        self.reset = True

    def finish(
        self,
        key: str,
        path: str,
        liveness: Liveness = UNKNOWN,
        bytes_left: int = 0,
        last_write: float | None = None,
        last_logged: float | None = None,
        *,
        foreign: bool = False,
    ) -> RunDelta:
        """The frozen value that is handed over."""
        return RunDelta(
            key,
            path,
            self.record,
            self.config,
            self.manual_summary,
            {rank: tuple(blocks) for rank, blocks in self.blocks.items()},
            {host: tuple(blocks) for host, blocks in self.system.items()},
            tuple(self.events),
            self.headline,
            liveness,
            self.reset,
            self.bad_lines,
            self.bytes_read,
            bytes_left,
            last_write,
            self.problems,
            foreign,
            self.processes,
            last_logged,
        )
