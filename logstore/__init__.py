"""What a run is on disk: writing it, following it, asking it questions.

Three lines log a training::

    import logstore

    logstore.init(project="mnist", config={"lr": 1e-3})
    logstore.log({"train/loss": loss})  # as often as you like; on disk when it returns

``logstore.run``, ``logstore.config`` and ``logstore.summary`` belong to the current run. The format of the files is in
``docs/format.md`` and ``logstore.format``. Reading begins with ``Store(path)``.

Importing this loads a few hundred lines; writing a run loads the standard library and orjson, reading one numpy.
"""

from __future__ import annotations

from logstore.errors import LogstoreError, UsageError
from logstore.writing.session import alert, define_metric, finish, init, live, log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from logstore.model.records import RunRecord
    from logstore.model.runs import Run, Runs
    from logstore.model.series import Series
    from logstore.model.state import State
    from logstore.store import Store
    from logstore.writing.configuration import Config
    from logstore.writing.summaries import Summary
    from logstore.writing.writer import RunWriter

    config: Config
    run: RunWriter | None
    summary: Summary

__all__ = [
    "LogstoreError",
    "Run",
    "RunRecord",
    "RunWriter",
    "Runs",
    "Series",
    "State",
    "Store",
    "UsageError",
    "alert",
    "config",
    "define_metric",
    "finish",
    "init",
    "log",
    "run",
    "summary",
]

_LIVE = ("config", "run", "summary")
_HOMES = {
    "Run": "logstore.model.runs",
    "RunRecord": "logstore.model.records",
    "RunWriter": "logstore.writing.writer",
    "Runs": "logstore.model.runs",
    "Series": "logstore.model.series",
    "State": "logstore.model.state",
    "Store": "logstore.store",
}


def __getattr__(name: str) -> Any:
    """The attributes that change with the current run, and those whose modules are loaded when they are needed."""
    if name in _LIVE:
        return live(name)
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    there = (
        "" if name.startswith("_") else f": it has {', '.join(each for each in __all__ if each.islower())} and Store"
    )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{there}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
