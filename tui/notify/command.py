"""A program that is run for each message, without a shell: the text travels in environment variables."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tui.notify.message import Message
from tui.notify.sink import DeliveryError
from tui.show.text import clean

PREFIX = "RUNWATCH_ALERT_"
DYING = 1.0
"""Seconds for a killed program to end."""


class Command:
    """Runs ``argv``. ``RUNWATCH_ALERT_TEXT`` is the whole line; each field of the message has its own variable."""

    def __init__(self, argv: Sequence[str], timeout: float = 10.0) -> None:
        self._argv = list(argv)
        self._timeout = timeout

    @property
    def name(self) -> str:
        """The program, without its path and arguments."""
        return f"command {clean(Path(self._argv[0]).name)}"

    def send(self, message: Message) -> None:
        """Run the program and wait for it; one that takes too long is killed with everything it started.

        Raises:
            DeliveryError: it could not be started, failed, or took too long.
        """
        try:
            process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=os.environ | variables(message),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise DeliveryError(f"{self.name}: cannot be started: {error}") from error
        with process:
            self._await(process)

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        try:
            _, complaint = process.communicate(timeout=self._timeout)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise DeliveryError(f"{self.name}: took longer than {self._timeout:g} s") from None
        if process.returncode:
            last = clean(complaint.decode("utf-8", "replace").strip().rpartition("\n")[2])[:200]
            raise DeliveryError(f"{self.name}: ended with status {process.returncode}{': ' if last else ''}{last}")


def variables(message: Message) -> dict[str, str]:
    """The environment variables of a message; what is not known has none."""
    fields = {key.upper(): _text(value) for key, value in message.fields.items() if value is not None}
    return {PREFIX + key: value for key, value in ({"TEXT": message.line, "MORE": str(message.more)} | fields).items()}


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.3f}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and its children, and do not wait for one that cannot be ended."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
    if process.stderr is not None:
        process.stderr.close()
    process.wait(DYING)
