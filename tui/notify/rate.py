"""A bound on how many messages go out in a minute. Pure: the time is a parameter."""

from __future__ import annotations

from collections import deque

MINUTE = 60.0


class Rate:
    """Lets ``per_minute`` messages through in any minute and counts the rest."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._sent: deque[float] = deque(maxlen=per_minute)
        self.held = 0
        """Messages left out since the last one that went through."""

    def admit(self, now: float) -> int | None:
        """How many were left out before this message, or None where it is left out itself; ``now`` is monotonic."""
        if len(self._sent) == self._most and now - self._sent[0] < MINUTE:
            self.held += 1
            return None
        self._sent.append(now)
        held, self.held = self.held, 0
        return held
