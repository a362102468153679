"""What the writer says to the person at the terminal: single lines on stderr, and never an error because of them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field


@dataclass(slots=True)
class Notices:
    """Lines on stderr.

    Attributes:
        silent: Keep ordinary lines back. Warnings of lost data are said all the same.
    """

    silent: bool = False
    _said: set[str] = field(default_factory=set)

    def say(self, text: str) -> None:
        """An ordinary line, unless silent."""
        if not self.silent:
            _print(text)

    def warn(self, about: str, text: str) -> None:
        """A line about lost data, said once for each ``about``."""
        if self.once(about):
            _print(text)

    def once(self, about: str) -> bool:
        """Whether ``about`` comes up for the first time."""
        first = about not in self._said
        self._said.add(about)
        return first


def _print(text: str) -> None:
    try:
        sys.stderr.write(f"logstore: {text}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):  # closed, full, or there is no stderr
        return
