"""Runs a call and comes in between at a chosen moment, as a signal handler does.

CPython handles signals after calls, at the beginning of functions and where loops go back. These moments are counted,
in the files that matter, and at one of them something is done: so every interleaving can be tried, one after the other.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

import logstore.writing

WRITING = frozenset(str(path) for path in Path(logstore.writing.__path__[0]).rglob("*.py"))
"""The files of the writer."""
_MOMENTS = ("CALL", "RESUME", "JUMP_BACKWARD")


@dataclass
class Interruption:
    """As a context: what is called in it is interrupted at moment ``at`` by ``act``, if it has so many."""

    at: int
    act: Callable[[], object]
    files: Collection[str] = WRITING
    reached: bool = False
    _seen: int = 0
    _earlier: Any = None
    _before: dict[FrameType, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._earlier = sys.gettrace()
        sys._getframe().f_trace_opcodes = True  # Python 3.12 and 3.13 look at settrace() whether anybody wants them
        sys.settrace(self._enter_frame)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.settrace(self._earlier)
        self._before.clear()

    def _enter_frame(self, frame: FrameType, event: str, _: Any) -> Callable[[FrameType, str, Any], Any] | None:
        if event != "call" or frame.f_code.co_filename not in self.files:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._step

    def _step(self, frame: FrameType, event: str, _: Any) -> Callable[[FrameType, str, Any], Any]:
        if event == "opcode":
            before, now = self._before.get(frame, ""), dis.opname[frame.f_code.co_code[frame.f_lasti]]
            self._before[frame] = now
            if before.startswith(_MOMENTS) and now != "PUSH_EXC_INFO":  # not after a call that failed
                self._seen += 1
                if self._seen == self.at:
                    self.reached = True
                    self.act()
        return self._step


def every_moment(act: Callable[[], object]) -> Iterator[Interruption]:
    """An interruption at the first moment, at the second, and so on, until one was not reached."""
    at = 1
    while True:
        interruption = Interruption(at, act)
        yield interruption
        if not interruption.reached:
            return
        at += 1
