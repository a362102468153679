"""What became of alerts: a log for the screen and, where that is wanted, one line per step in the run's events.

A line is an event as docs/format.md has it, of kind ``alert``, with ``rule``, ``what`` (raised, worse, cleared),
``subject``, ``since`` and, when it is over, ``seconds``. It is one ``write`` on an O_APPEND descriptor, so that it can
stand between those of the training. Nothing is written unless a caller asks for it; a store that must not be written is
never asked.
"""

from __future__ import annotations

import math
import os
import stat
from collections import deque
from collections.abc import Iterable, Mapping
from typing import get_args

import orjson

from logstore.format import EVENTS_FILE, encode_row
from logstore.model.delta import Event
from logstore.model.runs import Run
from logstore.writing.values import plain_row
from tui.health.alert import Alert, Change, Level

KEPT = 1000
"""Steps that the log remembers."""

SAME = 60.0
"""Seconds within which two watchers of one store find the same."""
TAIL = 1 << 16
"""Bytes at the end of a run's events in which the line of another watcher is looked for."""

_MOMENTS = frozenset({"crashed", "finished", "logged"})
"""Rules of what happens at one moment: never cleared, so never open."""


class AlertLog:
    """The steps in the life of all alerts, the latest last; the oldest are forgotten."""

    def __init__(self, size: int = KEPT) -> None:
        self._changes: deque[Change] = deque(maxlen=size)

    def add(self, changes: Iterable[Change]) -> None:
        """Take in what ``Watchdog.changes`` holds."""
        self._changes.extend(changes)

    def __len__(self) -> int:
        return len(self._changes)

    @property
    def changes(self) -> list[Change]:
        """All steps, the latest last."""
        return list(self._changes)

    def of(self, run: str) -> list[Change]:
        """The steps of one run's alerts, the latest last."""
        return [change for change in self._changes if change.alert.run == run]


def row(change: Change) -> dict[str, object]:
    """A step as a line of ``events.jsonl`` holds it."""
    alert, over = change.alert, change.what == "cleared"
    fields: dict[str, object] = {
        "_timestamp": round(change.time, 3),
        "kind": "alert",
        "title": change.text if over else alert.title,
        "text": "" if over else alert.evidence,
        "level": "INFO" if over else alert.level,
        "rule": alert.rule,
        "what": change.what,
        "subject": alert.subject,
        "since": round(alert.since, 3),
    }
    return fields | ({"seconds": round(alert.seconds(change.time), 3)} if over else {})


def append(run: Run, change: Change) -> str | None:
    """Write a step into the run's ``events.jsonl``; why it could not be written, or None.

    A foreign run has no such file and gets none; what the training logged itself, or another watcher wrote a moment
    ago, stands there already. Meant for a thread: a file server may take its time.
    """
    if run.foreign or change.alert.rule == "logged":
        return None
    path, told = run.path / EVENTS_FILE, row(change)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags, 0o666)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return f"{path}: no regular file"
            if not _stands_there(descriptor, told):
                os.write(descriptor, encode_row(plain_row(told)))
        finally:
            os.close(descriptor)
    except OSError as error:
        return f"{path}: {error.strerror}"
    return None


def _stands_there(descriptor: int, told: Mapping[str, object]) -> bool:
    """Whether the last line about the same thing says the same, and was written just now."""
    end = os.fstat(descriptor).st_size
    for line in reversed(os.pread(descriptor, TAIL, max(0, end - TAIL)).splitlines()):
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(found, dict) and all(found.get(name) == told[name] for name in ("kind", "rule", "subject")):
            apart = abs(_number(found, "_timestamp", -math.inf) - _number(told, "_timestamp", 0.0))
            return apart < SAME and all(found.get(name) == told[name] for name in ("what", "level"))
    return False


def still_open(run: Run) -> list[Alert]:
    """Alerts that a watcher wrote into the run's events and did not clear."""
    found: dict[tuple[str, str], Alert] = {}
    for event in run.events:
        if event.kind != "alert" or "rule" not in event.fields:
            continue
        rule, subject, what = (str(event.fields.get(name, "")) for name in ("rule", "subject", "what"))
        if what == "cleared":
            found.pop((rule, subject), None)
        elif not _is_moment(rule, subject):
            found[rule, subject] = _alert(run.key, rule, subject, event)
    return list(found.values())


def _is_moment(rule: str, subject: str) -> bool:
    """Whether an alert tells what happened at one moment: an error of a device, a kill for memory, an end."""
    words = subject.split()
    reported = rule == "hardware" and len(words) > 2 and words[-1].isdigit()
    return rule in _MOMENTS or reported or (rule == "host_memory" and words[-1:] == ["oom"])


def _alert(key: str, rule: str, subject: str, event: Event) -> Alert:
    level: Level = event.level if event.level in get_args(Level) else "INFO"  # type: ignore[assignment]
    since = _number(event.fields, "since", event.time)
    return Alert(rule, key, level, since, None, event.title, event.text, subject, event.time)


def _number(fields: Mapping[str, object], name: str, default: float) -> float:
    value = fields.get(name)
    return float(value) if isinstance(value, (int, float)) else default
