"""Values as JSON could hold them: what YAML adds (dates, odd keys, circular parts) is made plain, and bounded."""

from __future__ import annotations

MOST_VALUES = 100_000
"""Values of one document. YAML aliases can make a few hundred bytes stand for billions of values."""


class TooLargeError(ValueError):
    """A document that unfolds to too many values."""


def plain(value: object, most: int = MOST_VALUES) -> object:
    """``value`` with text for keys and for whatever JSON does not know.

    Raises:
        TooLargeError: It unfolds to more than ``most`` values, or contains itself.
    """
    return _Unfold(most).take(value)


class _Unfold:
    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, value: object) -> object:
        self._left -= 1
        if self._left < 0:
            raise TooLargeError("unfolds to too many values")
        match value:
            case None | bool() | int() | float() | str():
                return value
            case dict():
                return {str(key): self.take(item) for key, item in value.items()}
            case list() | tuple() | set():
                return [self.take(item) for item in value]
            case _:
                return str(value)
