"""What takes messages: one method, called in a thread, that sends one message or says why it could not."""

from __future__ import annotations

from typing import Protocol

from logstore.errors import LogstoreError
from tui.notify.message import Message


class DeliveryError(LogstoreError):
    """A message was not delivered. The text never holds a secret of the destination."""

    def __init__(self, reason: str, *, passing: bool = False, after: float | None = None) -> None:
        """``passing`` failures are tried again, ``after`` seconds where the other side asks for that."""
        super().__init__(reason)
        self.passing = passing
        self.after = after


class Sink(Protocol):
    """A destination of messages."""

    @property
    def name(self) -> str:
        """How it is called when something goes wrong; no secrets."""

    def send(self, message: Message) -> None:
        """Send one message; may take its time-out.

        Raises:
            DeliveryError: it was not delivered.
        """
