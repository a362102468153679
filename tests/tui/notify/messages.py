"""Messages to send, and names that somebody made up to do harm."""

from __future__ import annotations

from pathlib import Path

from logstore.model.delta import RunDelta
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from tui.health.alert import Alert, Change, Level, What
from tui.notify.message import Message, compose

START = 1_785_672_000.0
HOSTILE = "ot\x1b]0;owned\x07ter\n\u202egnp.exe <!channel> \x9b31m;`id`$(id)"


def change(what: What = "raised", level: Level = "WARN", **fields: object) -> Change:
    values = {
        "rule": "stall",
        "run": "lab/otter",
        "level": level,
        "since": START,
        "cleared": START + 72.0 if what == "cleared" else None,
        "title": "no step for 1m12s",
        "evidence": "GPU 2 at 0 %, 3 data workers at 3 % CPU: loader stuck",
        "raised": START + 60,
        **fields,
    }
    return Change(what, Alert(**values), START + 72.0)  # type: ignore[arg-type]


def run(name: str = "otter") -> Run:
    made = Run("lab/otter", Path("/store/lab/otter"))
    made.apply(RunDelta(made.key, made.path, record=RunRecord(name=name, project="lab")))
    return made


def message(name: str = "otter", step: Change | None = None) -> Message:
    return compose(step or change(), run(name), "gpu01", "/store")
