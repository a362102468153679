"""How a run ended: the exit record of run.json, from an exit code, an exception or a signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_LONGEST_ERROR = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a run.

    Attributes:
        state: The word of run.json.
        exit_code: The program's exit code, when it is known.
        error: The exception's type and text.
        signal: The name of the signal: ``SIGTERM``.
    """

    state: Literal["finished", "failed", "killed"]
    exit_code: int | None = None
    error: str | None = None
    signal: str | None = None

    @classmethod
    def of_code(cls, code: object, handled: BaseException | None = None) -> Outcome:
        """The outcome of ``sys.exit(code)``: None is 0, a text is 1, as Python has it.

        Args:
            code: What was given to it.
            handled: The exception during whose handling it was called: why, where the code is no text.
        """
        if code is None or code == 0:
            return cls("finished", 0)
        if isinstance(code, int):
            return cls("failed", int(code), _name_and_text(handled) if isinstance(handled, Exception) else None)
        return cls("failed", 1, _shortened(str(code)))

    @classmethod
    def of_exception(cls, error: BaseException) -> Outcome:
        """The outcome of an exception that nobody caught."""
        if isinstance(error, SystemExit):
            return cls.of_code(error.code, error.__context__)
        if isinstance(error, KeyboardInterrupt):
            return cls("killed", signal="SIGINT", error="KeyboardInterrupt")
        return cls("failed", 1, _name_and_text(error))

    def to_json(self) -> dict[str, object]:
        """The fields of run.json; what is not known is None."""
        return {"state": self.state, "exit_code": self.exit_code, "error": self.error, "signal": self.signal}


def _name_and_text(error: BaseException) -> str:
    name, text = type(error).__qualname__, _told(error)
    return _shortened(f"{name}: {text}" if text else name)


def _told(error: BaseException) -> str:
    """The text of an exception, also of one whose ``__str__`` fails."""
    from traceback import TracebackException

    return str(TracebackException(type(error), error, None, limit=0))


def _shortened(text: str) -> str:
    from logstore.writing.capture.secrets import mask_text

    plain = mask_text(text.encode("utf-8", "backslashreplace").decode())
    return plain if len(plain) <= _LONGEST_ERROR else plain[:_LONGEST_ERROR] + "…"
