"""The runs that this process has open, and the functions of the module that act on the current one.

Imported by ``import logstore`` in every training, so it loads nothing by itself: what ``init()`` needs comes with it.
"""

from __future__ import annotations

import os
import sys

from logstore.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta
    from pathlib import Path
    from typing import Any

    from logstore.writing.definitions import Definition
    from logstore.writing.exits import Exits
    from logstore.writing.outcomes import Outcome
    from logstore.writing.settings import Capture
    from logstore.writing.writer import RunWriter


class Session:
    """The runs that this process has open.

    Attributes:
        current: The run that the module's functions act on.
    """

    def __init__(self) -> None:
        self.current: RunWriter | None = None
        self._open: list[RunWriter] = []
        self._begun = 0
        self._taken: set[str] = set()
        self._exits: Exits | None = None

    def init(self, arguments: Mapping[str, Any], capture: Capture) -> RunWriter:
        """Begins a run, or gives back the one that is open; see the function ``init``."""
        from logstore.writing.beginning import begin
        from logstore.writing.settings import left_over, read_reinit, read_settings

        reinit = read_reinit(arguments["reinit"])
        previous = self.current if self.current is not None and not self.current.inherited else None
        if previous is not None and reinit == "return_previous":
            if arguments["reinit"] is None:
                previous.tell_unheard(arguments)
            return previous
        environ = left_over(os.environ, self._taken)
        settings = read_settings(arguments, capture, environ, _cwd(), sys.argv[0] if sys.argv else "")
        if previous is not None and reinit == "finish_previous":
            previous.finish()
        run = begin(settings, os.environ, self._begun, self._forget)
        self._begun += 1
        if run.id == os.environ.get("LOGSTORE_RUN_ID"):
            self._taken.add(run.id)
        if reinit != "create_new":
            self.current = run
        if not run.disabled:
            self._open.append(run)
            self._watch_exits().install()
        return run

    def require(self, what: str) -> RunWriter:
        """The current run.

        Raises:
            UsageError: There is none.
        """
        if self.current is None:
            raise UsageError(f"you must call logstore.init() before logstore.{what}{_spawned()}")
        return self.current

    def finish_all(self) -> None:
        """Finishes every run that is open, also those that are not current."""
        for run in [*self._open, *([self.current] if self.current is not None else [])]:
            run.finish()

    def _watch_exits(self) -> Exits:
        from logstore.writing.exits import Exits

        if self._exits is None:
            self._exits = Exits(self._conclude, self._wind_up, self._pulse)
            os.register_at_fork(after_in_child=self._forked)
        return self._exits

    def _forget(self, run: RunWriter) -> None:
        if self.current is run:
            self.current = None
        if run in self._open:
            self._open.remove(run)
        if not self._open and self._exits is not None:
            self._exits.remove()

    def _forked(self) -> None:
        """In a child process: its runs are the parent's, and so is their end."""
        for run in self._open:
            run.forked()
        self._open.clear()
        if self._exits is not None:
            self._exits.remove()

    def _pulse(self) -> object:
        return [(run.id, run.step, run.summary.get("_timestamp")) for run in self._open]

    def _conclude(self, outcome: Outcome) -> None:
        for run in self._open:
            run.conclude(outcome)

    def _wind_up(self, outcome: Outcome) -> None:
        for run in self._open:
            run.wind_up(outcome)


class BeforeInit:
    """What stands for ``logstore.config`` and ``logstore.summary`` while there is no run: every use is an error."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):  # what is asked by copy, pickle, inspect and the like
            raise AttributeError(key)
        raise UsageError(
            f"you must call logstore.init() before logstore.{object.__getattribute__(self, '_name')}.{key}"
        )

    def __setattr__(self, key: str, value: object) -> None:
        getattr(self, key)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, key)

    def __setitem__(self, key: str, value: object) -> None:
        getattr(self, key)


session = Session()


def init(
    project: str | None = None,
    *,
    name: str | None = None,
    config: object = None,
    group: str | None = None,
    job_type: str | None = None,
    tags: Iterable[str] | None = None,
    notes: str | None = None,
    id: str | None = None,  # noqa: A002  its name everywhere
    dir: str | os.PathLike[str] | None = None,  # noqa: A002  its name everywhere
    mode: str | None = None,
    resume: str | bool | None = None,
    rank: int | None = None,
    total_steps: int | None = None,
    strict_steps: bool = False,
    system: bool | float = True,
    console: bool = True,
    git: bool = True,
    packages: bool = True,
    hardware: bool = True,
    save_code: bool | None = None,
    reinit: str | bool | None = None,
    allow_val_change: bool | None = None,
    config_exclude_keys: Iterable[str] | None = None,
    config_include_keys: Iterable[str] | None = None,
    entity: str | None = None,
    force: bool | None = None,
    anonymous: str | None = None,
    settings: object = None,
    fork_from: str | None = None,
    resume_from: str | None = None,
    tensorboard: bool | None = None,
    sync_tensorboard: bool | None = None,
    monitor_gym: bool | None = None,
) -> RunWriter:
    """Begins a run and makes it the current one.

    What is not given comes from the environment: ``LOGSTORE_DIR``, ``_MODE``, ``_PROJECT``, ``_NAME``, ``_RUN_ID``,
    ``_RESUME``, ``_RUN_GROUP``, ``_JOB_TYPE``, ``_TAGS``, ``_NOTES``, and but for the first from ``WANDB_…``.

    Args:
        project: The project; by default the name of the git repository, or of the script.
        name: A name for people; one like brave-otter-7 is made up.
        config: Hyperparameters: a dictionary, parsed arguments, a dataclass, the path of a YAML or JSON file.
        group: Runs that belong together.
        job_type: The kind of job within the group: train, eval.
        tags: Short words to find it by. On a resume they replace those that were there.
        notes: A text about it.
        id: The run's id and the name of its directory; eight random characters by default.
        dir: The store, a directory; ``./runs`` by default.
        mode: ``"disabled"`` writes nothing; ``"online"``, ``"offline"`` and ``"shared"`` all write files.
        resume: What to do about an ``id`` that exists: ``"allow"`` continues or makes it, ``"must"`` continues it,
            ``"never"`` refuses it, and so does saying nothing; ``"auto"`` or True continues the latest unfinished run
            of this script in this directory.
        rank: This process's rank; by default what torchrun, Slurm or Open MPI say.
        total_steps: How many steps the run will have, for an ETA.
        strict_steps: Refuse steps that go backwards, instead of keeping them and saying so once.
        system: Record telemetry of the machine; a number is the interval in seconds.
        console: Copy stdout and stderr.
        git: Record commit, branch, remote, uncommitted changes and untracked files.
        packages: Record the installed packages.
        hardware: Record CPU, memory and GPUs.
        save_code: Keep a copy of the script.
        reinit: What to do while a run is open: ``"return_previous"`` (the default in scripts), ``"finish_previous"``
            (in notebooks), or ``"create_new"``, which leaves the current run current.
        allow_val_change: Let config values be changed without asking; by default in notebooks.
        config_exclude_keys: Keys of ``config`` to leave out.
        config_include_keys: The only keys of ``config`` to take.
        entity: Ignored, as there are no accounts; so are ``force``, ``anonymous`` and ``settings``.
        force: Ignored.
        anonymous: Ignored.
        settings: Ignored.
        fork_from: Not supported, as ``resume_from``, ``tensorboard``, ``sync_tensorboard`` and ``monitor_gym``.
        resume_from: Not supported.
        tensorboard: Not supported.
        sync_tensorboard: Not supported.
        monitor_gym: Not supported.

    Returns:
        The run, also as ``logstore.run``; a context manager that finishes it.

    Raises:
        LogstoreError: The run cannot begin; the message says why, and nothing is left behind.
    """
    arguments = dict(locals())
    from logstore.writing.settings import read_capture

    return session.init(arguments, read_capture(system, console, git, packages, hardware, save_code))


def log(values: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
    """Writes ``values`` as one line of the current run; see ``RunWriter.log``."""
    run = session.current
    if run is None:
        run = session.require("log()")
    run.log(values, step, commit)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Ends the current run, if there is one; see ``RunWriter.finish``."""
    if session.current is not None:
        session.current.finish(exit_code, quiet)


def define_metric(
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
    """Says how a metric of the current run is to be taken; see ``RunWriter.define_metric``."""
    run = session.require("define_metric()")
    return run.define_metric(name, step_metric, step_sync, hidden, summary, overwrite, goal=goal, objective=objective)


def alert(title: str, text: str = "", level: object = None, wait_duration: float | timedelta | None = None) -> None:
    """Writes an alert of the current run; see ``RunWriter.alert``."""
    session.require("alert()").alert(title, text, level, wait_duration)


def live(name: str) -> Any:
    """The module's ``run``, ``config`` and ``summary``: those of the current run."""
    run = session.current
    if name == "run":
        return run
    return BeforeInit(name) if run is None else getattr(run, name)


def _spawned() -> str:
    """Why there is no run, in a process that multiprocessing started afresh, such as a worker of a DataLoader."""
    from logstore.names import is_child

    return "; a spawned process knows nothing of its parent's run: log from the parent" if is_child() else ""


def _cwd() -> Path:
    from pathlib import Path

    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(f"the working directory is gone: {error.strerror}") from error
