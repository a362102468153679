"""This machine, sampled in a process of its own for as long as the app runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.model import Model

if TYPE_CHECKING:
    from collectors.child import SamplerChild
    from collectors.samples import Line


class Sampling:
    """Takes the sampler's lines into ``model``'s telemetry and tells ``told`` of each.

    Args:
        model: Whose runs are looked for among the processes, and whose disk is measured.
        interval: Seconds between samples; None: the machine is not sampled.
        told: Called with each line, after the telemetry has taken it in.
    """

    def __init__(self, model: Model, interval: float | None, told: Callable[[Line], None]) -> None:
        self.once = asyncio.Event()
        """Set when the machine has answered for the first time."""
        self._model, self._interval, self._told = model, interval, told

    async def run(self) -> None:
        """Sample until cancelled; return at once where the machine is not sampled."""
        if self._interval is None:
            return
        child = self._child(self._interval)
        try:
            async for line in child.lines():
                self._model.telemetry.apply(line)
                self._model.sampled = True
                if self._model.telemetry.time is not None:
                    self.once.set()
                self._told(line)
                child.follow(self._model.live_pids())
        finally:
            await child.close()

    def _child(self, interval: float) -> SamplerChild:
        from collectors.child import SamplerChild

        return SamplerChild(interval=interval, arguments=("--store", str(self._model.path)))
