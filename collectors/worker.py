"""A call that may never return, made in a thread of its own, so that the caller can go on without the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class Worker(Generic[T]):
    """Makes one call at a time; a call that hangs is never made a second time while it hangs."""

    def __init__(self, call: Callable[[], T], name: str) -> None:
        self._call = call
        self._name = name
        self._answers: SimpleQueue[T] = SimpleQueue()
        self._since: float | None = None

    def ask(self, now: float, patience: float) -> T | None:
        """The answer, waited for at most ``patience`` seconds; None where there is none yet.

        A call that is still under way is waited for, not made again.
        """
        if self._since is None:
            self._since = now
            threading.Thread(target=self._run, name=self._name, daemon=True).start()
        try:
            answer = self._answers.get(timeout=patience)
        except Empty:
            return None
        self._since = None
        return answer

    def waiting(self, now: float) -> float | None:
        """Seconds since a call was made that has not returned; None where none is under way."""
        return None if self._since is None else now - self._since

    def _run(self) -> None:
        self._answers.put(self._call())
