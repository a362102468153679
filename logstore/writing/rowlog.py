"""``log()``: numbers the rows of one process and writes each as one line, at once.

A row is on disk when ``log()`` returns, also one that stays open (``commit=False``, or a ``step`` of its own): every
call is a line with its ``_step``, and lines of one step are one row to a reader, the later value of a key winning. So
nothing is ever held back, and what a reader sees is what W&B would have merged.

The way of nearly every call is short: one dictionary, one ``orjson.dumps``, one ``write``. orjson writes non-finite
floats as ``null`` and nested dictionaries as objects, so a line with neither ``null`` nor a second ``{`` is done.
Everything else takes the long way through ``values.plain_row``, with the same result.
"""

from __future__ import annotations

import math
from _thread import RLock
from collections.abc import Callable, Mapping
from time import time_ns
from typing import Any

import orjson

from logstore.errors import RowError, StepError
from logstore.format import RUNTIME, STEP, TIMESTAMP, encode_row, flatten
from logstore.writing.appender import Appender
from logstore.writing.definitions import Definitions
from logstore.writing.document import Document
from logstore.writing.summaries import Logged
from logstore.writing.values import plain_row, scalar, whole

Write = Callable[[bytes], None]
Chores = Callable[[int], int]
Rewound = Callable[[int, int], None]

_MILLION = 1_000_000
_HEAD = 40
"""No first keys of a row are shorter than this: ``{"_step":0,"_timestamp":1.0,"_runtime":0.0,``."""
_LONGEST_TAIL = 1 << 25
"""Bytes that are looked through for the last row of an earlier attempt."""
_SOON = 1_000
_dumps = orjson.dumps
_NEWLINE = orjson.OPT_APPEND_NEWLINE


class RowLog:
    """The rows of one process.

    Attributes:
        lock: Held while a row is made and written; whoever writes beside the rows takes it too.
        step: The step of the next row, or of the row that is open.
        logged: What was logged last, for the summary.
        due: When ``chores`` are to be called next, in milliseconds since the epoch.
    """

    def __init__(
        self,
        write: Write,
        definitions: Definitions,
        summary: Document,
        chores: Chores,
        rewound: Rewound,
        *,
        step: int = 0,
        runtime: float = 0.0,
        strict: bool = False,
    ) -> None:
        """A log that goes on at ``step``.

        Args:
            write: Takes the lines.
            definitions: The rules of ``define_metric``.
            summary: Summary values set by hand; what is logged again leaves it.
            chores: Called with the time once ``due`` has passed, from within ``log()``; returns the next ``due``.
            rewound: Called with the new step and the one before when steps go backwards.
            step: The first step.
            runtime: Seconds that earlier attempts ran.
            strict: Refuse steps that go backwards.
        """
        self.lock = RLock()
        self.step = step
        self.logged = Logged()
        self.due = 0
        self._append = write
        self._summary = summary
        self._manual = summary.fields
        self._hook = self._convert
        self._values = self.logged.values
        self._definitions = definitions
        self._rules = definitions.rules
        self._chores = chores
        self._rewound = rewound
        self._strict = strict
        self._zero = time_ns() // _MILLION - int(runtime * 1000)
        self._asked = 0  # values that orjson did not know

    def log(self, values: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Writes ``values`` as one line, which is on disk when this returns.

        Args:
            values: By metric name: numbers, text, lists, nested dictionaries, arrays, tensors.
            step: The row's step. Without it the row gets the next one, or that of the row which is still open.
            commit: Whether the row is complete, so that the next call begins another. True by default, and False
                where ``step`` is given: values logged under the same step become one row.

        Raises:
            RowError: ``values`` cannot be a row; nothing was written. The message names the key.
            StepError: ``step`` goes backwards and the run has ``strict_steps=True``.
        """
        # A with statement, though acquire() and release() are faster: nothing can interrupt between lock and try.
        with self.lock:
            before, asked = self.step, self._asked
            # The step is taken before anything can interrupt: a handler that logs meanwhile gets the next one.
            if step is None:
                number = before
                if commit is None or commit:
                    self.step = number + 1
            else:
                number = self._go_to(step)
                self.step = number + 1 if commit else number
            now = time_ns() // _MILLION
            line = None
            if not self._rules:
                try:
                    row = {STEP: number, TIMESTAMP: now / 1000, RUNTIME: (now - self._zero) / 1000, **values}
                    line = _dumps(row, self._hook, _NEWLINE)
                    if line.find(b"null", _HEAD) > 0 or line.rfind(b"{") > 0 or len(row) != len(values) + 3:
                        line = None
                except TypeError as error:
                    _let_through(error)
            if line is None:
                asked = self._asked
                row, line = self._long_way(values, number, before, now)
            self._append(line)
            if self._asked != asked:  # a tensor would keep its graph, or its device's memory, alive
                row = orjson.loads(line)
            self._values.update(row)
            if self._manual:
                self._overrule(row)
            if now >= self.due:
                self.due = now + _SOON  # for whoever logs while they are done, or when they are interrupted
                self.due = self._chores(now)

    def forked(self) -> None:
        """In a child process: nobody else is there to give back a lock that was held."""
        self.lock = RLock()

    def _go_to(self, step: int) -> int:
        try:
            number = whole(step)
        except TypeError:
            raise RowError(f"step must be a whole number, not {step!r}") from None
        last = self._values.get(STEP, number)
        if number < last:
            if self._strict:
                raise StepError(f"step {number} comes after step {last}, and strict_steps=True refuses that")
            self._rewound(number, last)
        return number

    def _convert(self, value: Any) -> object:
        """What orjson asks when it does not know ``value``: the number in it, if it is a scalar."""
        self._asked += 1
        return scalar(value)

    def _long_way(self, values: Mapping[str, Any], number: int, before: int, now: int) -> tuple[dict[str, Any], bytes]:
        """The row in ``values`` and its line; gives the step back when they cannot be one."""
        after = self.step
        try:
            row = self._row(values, number, now)
            return row, encode_row(row)
        except TypeError as error:  # a RowError is one
            if self.step == after:  # else a handler logged meanwhile, and had the next one
                self.step = before
            if isinstance(error, RowError):
                raise
            raise RowError(f"the row of step {number} cannot be written: {error}") from None

    def _row(self, values: Mapping[str, Any], number: int, now: int) -> dict[str, Any]:
        """The row in ``values``, the long way: anything that is data, nested as it likes, with every rule applied."""
        if not isinstance(values, Mapping):
            raise RowError(f"log() takes a dictionary, not a {type(values).__name__}")
        row: dict[str, Any] = {TIMESTAMP: now / 1000, RUNTIME: (now - self._zero) / 1000}
        row |= flatten(plain_row(values))
        if STEP in row:
            raise RowError(f"{STEP!r} is the writer's own key: pass step= to log()")
        for key in (TIMESTAMP, RUNTIME):
            seconds = row[key]
            if not isinstance(seconds, (int, float)) or not math.isfinite(seconds):
                raise RowError(f"{key!r} must be a number of seconds, not {row[key]!r}")
        if self._rules:
            self._apply_definitions(row)
        return {STEP: number, **row}

    def _apply_definitions(self, row: dict[str, Any]) -> None:
        axes: dict[str, Any] = {}
        last = self.logged.values
        for key, value in row.items():
            rule = self._definitions.find(key)
            self.logged.observe(key, value, rule)
            if rule is not None and rule.step_metric is not None and rule.synced:
                axis = rule.step_metric
                if axis not in row and axis in last:
                    axes[axis] = last[axis]
        row |= axes

    def _overrule(self, row: dict[str, Any]) -> None:
        """A summary value that was set by hand gives way to one that is logged."""
        overruled = self._manual.keys() & row.keys()
        for key in overruled:
            self._manual.pop(key, None)  # a handler may have done it
        if overruled:
            self._summary.stale = True
            self.due = 0


def _let_through(error: TypeError) -> None:
    """Raises what only looks like a ``TypeError``: orjson wraps a ^C that came while it asked about a value."""
    cause = error.__cause__
    if cause is not None and not isinstance(cause, Exception):
        raise cause


def tail_of_rows(appender: Appender) -> tuple[int, float] | None:
    """The ``_step`` and ``_runtime`` of the last whole row in a file of rows; None when its end has none."""
    length, before = 1 << 16, -1
    while length <= _LONGEST_TAIL:
        tail = appender.tail(length)
        for line in reversed(tail.split(b"\n")):
            row = _parsed(line)
            if row is not None:
                runtime = row.get(RUNTIME)
                return row[STEP], float(runtime) if isinstance(runtime, (int, float)) else 0.0
        if len(tail) == before:
            break
        length, before = length * 8, len(tail)
    return None


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The row in ``line``, when it is one that says its step."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and type(row.get(STEP)) is int else None
