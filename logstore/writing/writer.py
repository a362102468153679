"""``RunWriter``: one run as the program that logs it sees it.

Everything that ``log()`` was given is on disk when it returns; config and the like when the call that changes them
returns. No thread is started. What has to happen now and then (a summary value that waits, the helper's findings, a
directory that somebody deleted) happens inside ``log()``, at most once a second, and at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from logstore.errors import LogstoreError, UsageError
from logstore.format import STEP
from logstore.writing.alerts import WAIT, Alerts, read_level
from logstore.writing.appender import Appender
from logstore.writing.clock import now
from logstore.writing.configuration import Config
from logstore.writing.definitions import Definition, Definitions, parse_definition
from logstore.writing.document import Document
from logstore.writing.facts import RunFacts
from logstore.writing.folder import Folder
from logstore.writing.notices import Notices
from logstore.writing.outcomes import Outcome
from logstore.writing.ranks import Place
from logstore.writing.recorders import Recorders
from logstore.writing.rowlog import RowLog
from logstore.writing.summaries import Summary

_SUMMARY_PAUSE = 1.0
_BUSY, _IDLE = 1_000, 10_000  # milliseconds until the next chores
_PATIENCE = 2.0


@dataclass(slots=True)
class Files:
    """What this process writes of a run. In disabled mode there is no folder and no rows, and nothing is written."""

    record: Document
    config: Document
    summary: Document
    events: Alerts
    rows: Appender | None = None
    folder: Folder | None = None

    def forked(self) -> None:
        """In a child process: rows and events go on, the documents stay the parent's."""
        for document in (self.record, self.config, self.summary):
            document.detach()
        self.events.forked()
        if self.rows is not None:
            self.rows.forked()

    def close(self) -> None:
        """Closes what is open."""
        self.events.close()
        if self.folder is not None:
            self.folder.close()


@dataclass(frozen=True, slots=True)
class Start:
    """Where a run begins, and how it takes what it is given."""

    step: int = 0
    runtime: float = 0.0
    strict: bool = False
    free_config: bool = False
    resumed: bool = False


class RunWriter(RunFacts):
    """A run that is being logged, made by ``logstore.init``. As a context manager it finishes the run.

    Attributes:
        config: The hyperparameters.
        summary: Last values, and what was set by hand.
        resumed: Whether the run existed before.
        inherited: Whether this is a forked child's copy, which appends rows and events but owns nothing else.
    """

    def __init__(self, path: Path, place: Place, files: Files, start: Start, notices: Notices) -> None:
        """A run whose files are open."""
        super().__init__(path, place, files.record)
        self.resumed = start.resumed
        self.inherited = False
        self.config = Config(files.config.fields, files.config.save, free=start.free_config)
        self._files = files
        self._recorders = Recorders()
        self._notices = notices
        self._definitions = Definitions.from_json(files.record.fields.get("metrics"))
        self._rows = RowLog(
            files.rows.write if files.rows is not None else _ignore,
            self._definitions,
            files.summary,
            self._do_chores,
            self._note_rewind,
            step=start.step,
            runtime=start.runtime,
            strict=start.strict,
        )
        self.summary = Summary(self._rows.logged, files.summary.fields, self._summary_changed)
        self._outcome: Outcome | None = None
        self._finished = False
        self._on_finish: Callable[[RunWriter], None] = _ignore
        # The shortest way for the call that is made most: no method between the caller and the rows.
        self.log = self._rows.log if files.rows is not None else self._hold  # type: ignore[method-assign]

    def attach(self, recorders: Recorders, on_finish: Callable[[RunWriter], None]) -> None:
        """Takes charge of what goes on beside the rows; ``on_finish`` is called when the run is finished."""
        self._recorders = recorders
        self._on_finish = on_finish

    # -- what the training calls

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
            UsageError: The run is finished.
        """
        self._rows.log(values, step, commit)

    def define_metric(
        self,
        name: str,
        step_metric: str | Definition | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | Iterable[str] | None = None,
        overwrite: bool | None = None,
        *,
        goal: str | None = None,
        objective: str | None = None,
    ) -> Definition:
        """Says how a metric, or every metric that begins so (``val/*``), is to be taken.

        Args:
            name: The metric; a ``*`` may stand at its end.
            step_metric: The metric that is its x axis.
            step_sync: Whether a row that lacks the x axis gets its last value; True where ``step_metric`` is given.
            hidden: Whether charts leave it out.
            summary: Any of min, max, mean, last, first, copy and none, with commas between; or best, with ``goal``.
            overwrite: Forget what was said of this name before, instead of adding to it.
            goal: ``minimize`` or ``maximize``.
            objective: Another word for ``goal``.

        Raises:
            DefinitionError: That means nothing.
        """
        rule = parse_definition(name, step_metric, step_sync, hidden, summary, goal if goal is not None else objective)
        with self._rows.lock:
            now = self._definitions.define(rule, overwrite=bool(overwrite))
            self._record.update({"metrics": self._definitions.to_json()})
        return now

    def alert(
        self, title: str, text: str = "", level: object = None, wait_duration: float | timedelta | None = None
    ) -> None:
        """Writes an alert for whoever watches.

        Args:
            title: A few words, less than 64 characters; what is longer is cut, and stands whole in the text.
            text: The rest.
            level: INFO, WARN or ERROR.
            wait_duration: Seconds during which an alert of the same title is not written again; 60 by default.

        Raises:
            UsageError: ``level`` is none of the words.
        """
        seconds = wait_duration.total_seconds() if isinstance(wait_duration, timedelta) else wait_duration
        with self._rows.lock:
            self._files.events.alert(str(title), str(text), read_level(level), WAIT if seconds is None else seconds)

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:  # noqa: ARG002  as W&B has it
        """Ends the run: ``finished``, or ``failed`` where ``exit_code`` is not 0. Finishing twice changes nothing."""
        self.close(Outcome.of_code(exit_code))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(Outcome("finished", 0) if error is None else Outcome.of_exception(error))

    @property
    def step(self) -> int:
        """The step of the next row, or of the one that is open."""
        return self._rows.step

    @property
    def last_step(self) -> int | None:
        """The step of the row that was logged last; None before there is one."""
        return self._rows.logged.values.get(STEP)

    @property
    def disabled(self) -> bool:
        """Whether nothing is written."""
        return self._files.folder is None

    @property
    def rows_lost(self) -> int:
        """Rows that the disk did not take."""
        return 0 if self._files.rows is None else self._files.rows.missing

    def __repr__(self) -> str:
        return f"<RunWriter {self.project}/{self.id} {self.name!r}>"

    # -- the end

    def conclude(self, outcome: Outcome) -> None:
        """Writes the exit record, and nothing more. The first outcome stands."""
        self._recorders.flush()
        if self._outcome is None:
            self._outcome = outcome
            self._record.fields.update({"ended": now(), **outcome.to_json()})
        self._record.update({"rows_lost": self.rows_lost or None})
        if self._files.summary.stale:
            self._files.summary.save()

    def wind_up(self, outcome: Outcome) -> None:
        """Ends what goes on beside the rows and writes the exit record; rows that come later are still taken."""
        self._collect(_PATIENCE)
        recorders, self._recorders = self._recorders, Recorders()
        recorders.stop()
        self.conclude(outcome)

    def close(self, outcome: Outcome) -> None:
        """Ends the run and lets go of its files."""
        if self._finished:
            return
        self._finished = True
        self.log = self._refuse_row  # type: ignore[method-assign]
        with self._rows.lock:
            if self._files.rows is not None:
                self._files.rows.close()
            self.wind_up(outcome)
            self._files.close()
        self._on_finish(self)
        if self.rows_lost:
            self._notices.warn("lost", f"{self.rows_lost} rows of {self.name} could not be written and are lost")

    def forked(self) -> None:
        """In a child process: what is appended still goes to the run, everything else stays the parent's."""
        self.inherited = True
        if self._recorders.console is not None:
            self._recorders.console.forked()
        self._recorders = Recorders()
        self._files.forked()
        self._rows.forked()

    # -- now and then

    def _do_chores(self, now: int) -> int:
        """Does what is due at ``now``, in milliseconds; returns when to come again."""
        self._collect(0.0)
        self._recorders.look()
        waiting = self._recorders.waiting
        if self._files.summary.stale:
            waiting |= not self._files.summary.save_soon(_SUMMARY_PAUSE)
        if self._files.rows is not None and self._files.rows.deleted:
            where = f"{self.path}/{self._files.rows.name}"
            self._notices.warn("deleted", f"{where} was deleted: rows logged from now on go nowhere")
        return now + (_BUSY if waiting else _IDLE)

    def _collect(self, patience: float) -> None:
        """Takes over what the helper found out, if it has."""
        found = self._recorders.findings(patience)
        if found:
            git = self._record.fields.get("git") or {}
            self._record.update({"git": {**git, **found}})

    def tell_unheard(self, arguments: Mapping[str, Any]) -> None:
        """Says what another ``init()`` asked for in vain, since this run is open; once for each such list."""
        from logstore.writing.unheard import told, unheard

        names = [] if self.disabled else unheard(arguments, self)
        if names:
            line = told(self, names)
            self._notices.warn(line, line)

    def _summary_changed(self) -> None:
        if not self._files.summary.save_soon(_SUMMARY_PAUSE):
            self._rows.due = 0

    def _note_rewind(self, step: int, last: int) -> None:
        """Steps went backwards: the row is kept, and it is said once."""
        text = f"step {step} was logged after step {last}; rows are kept, and of equal steps the later one counts"
        is_told = self.inherited or self.disabled  # a forked child's rows have steps of their own
        if not is_told and self._notices.once("rewind"):
            self._notices.say(text)
            self._files.events.add("out_of_order", "Steps went backwards", text, "WARN", step=step, last=last)

    def _hold(self, values: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """``log()`` in disabled mode: refuses and writes nothing, but the summary is what it would be."""
        with suppress(LogstoreError):
            self._rows.log(values, step, commit)

    def _refuse_row(self, values: object = None, step: object = None, commit: object = None) -> None:  # noqa: ARG002
        raise UsageError(f"run {self.name!r} is finished: log() after finish()")


def _ignore(*_: object, **__: object) -> None:
    return None
