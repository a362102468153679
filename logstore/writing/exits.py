"""Notices how the program ends, so that its runs can say so: exceptions, ``sys.exit``, signals, the end of the script.

Hooks are put in place while runs are open, pass everything on to what was there before, and are taken away afterwards.

* ``sys.excepthook``: an exception that nobody caught. Not in an interactive session, which goes on after one.
* ``sys.exit``, ``exit`` and ``quit``: wrappers that remember the code, and the exception that was being handled.
  Forgotten again when rows are logged afterwards, for then somebody caught the ``SystemExit``. (``raise SystemExit`` is
  seen only by ``with init() as run``.)
* ``SIGTERM`` and ``SIGHUP``, where they have the default action: the run is marked as killed, and then the signal does
  what it would have done. Handlers of the program's own are left alone.
* ``fork``: the child gets none of this.
* ``os._exit`` and ``SIGKILL`` leave no trace: readers see that the process is gone.
"""

from __future__ import annotations

import atexit
import builtins
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, NoReturn

from logstore.writing.outcomes import Outcome

_QUITTERS = {"exit", "quit"}
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Exits:
    """The hooks of one process."""

    def __init__(
        self, conclude: Callable[[Outcome], None], finish: Callable[[Outcome], None], pulse: Callable[[], object]
    ) -> None:
        """Hooks that are not in place yet.

        Args:
            conclude: Called when the end is certain but not yet reached: writes the exit record, and nothing more.
            finish: Called at the very end, before the interpreter goes.
            pulse: Something that changes whenever rows are logged.
        """
        self._conclude = conclude
        self._finish = finish
        self._pulse = pulse
        self._pid = 0
        self._noted: tuple[Outcome, object] | None = None
        self._excepthook: Any = None
        self._exit: Any = None
        self._quitters: dict[str, _Quitter] = {}

    def install(self) -> None:
        """Puts the hooks in place."""
        if self._pid:
            return
        self._pid = os.getpid()
        self._noted = None
        self._excepthook, sys.excepthook = sys.excepthook, self._on_exception
        self._exit, sys.exit = sys.exit, self._on_exit
        for name in _QUITTERS & vars(builtins).keys():
            self._quitters[name] = _Quitter(getattr(builtins, name), self._note)
            setattr(builtins, name, self._quitters[name])
        atexit.register(self._at_exit)
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, self._on_signal)

    def remove(self) -> None:
        """Takes the hooks away, each unless somebody put another on top of it."""
        if not self._pid:
            return
        self._pid = 0
        if sys.excepthook == self._on_exception:
            sys.excepthook = self._excepthook
        if sys.exit == self._on_exit:
            sys.exit = self._exit
        for name, ours in self._quitters.items():
            if vars(builtins).get(name) is ours:
                setattr(builtins, name, ours.quitter)
        atexit.unregister(self._at_exit)
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) == self._on_signal:
                    signal.signal(number, signal.SIG_DFL)

    @property
    def _ours(self) -> bool:
        """Whether this is the process that the hooks were made for, and not a fork of it."""
        return self._pid == os.getpid()

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._excepthook(kind, error, trace)
        if self._ours and not hasattr(sys, "ps1"):
            self._conclude(Outcome.of_exception(error))

    def _on_exit(self, code: Any = None, /) -> NoReturn:
        self._note(code)
        self._exit(code)
        raise SystemExit(code)  # pragma: no cover

    def _note(self, code: object) -> None:
        if self._ours and threading.current_thread() is threading.main_thread():
            self._noted = (Outcome.of_code(code, sys.exc_info()[1]), self._pulse())

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  a signal handler
        if self._ours:
            self._conclude(Outcome("killed", signal=signal.Signals(number).name))
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _at_exit(self) -> None:
        if not self._ours:
            return
        outcome, pulse = self._noted or (None, None)
        self._finish(outcome if outcome is not None and pulse == self._pulse() else Outcome.of_code(None))


class _Quitter:
    """``exit`` or ``quit`` of the module ``site``, with the code noted before."""

    def __init__(self, quitter: Any, note: Callable[[object], None]) -> None:
        self.quitter = quitter
        self._note = note

    def __call__(self, code: object = None) -> NoReturn:
        self._note(code)
        self.quitter(code)
        raise SystemExit(code)  # pragma: no cover

    def __repr__(self) -> str:  # what the prompt shows for it
        return repr(self.quitter)
