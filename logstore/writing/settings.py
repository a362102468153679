"""What ``init()`` was asked for: its arguments, and the environment where they are silent.

``LOGSTORE_X`` beats ``WANDB_X``, and an argument beats both.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from logstore.errors import UsageError
from logstore.format import DEFAULT_ROOT
from logstore.names import check, default_project
from logstore.writing.configuration import choose_keys, read_config
from logstore.writing.values import whole

Resume = Literal["allow", "must", "never", "auto"]
Reinit = Literal["return_previous", "finish_previous", "create_new"]

_TRUE = {"1", "true", "yes", "on"}
_MODES = ("online", "offline", "shared", "disabled", "dryrun", "run")
_RESUMES: Mapping[object, Resume | None] = {
    None: None,
    False: None,
    "": None,
    "false": None,
    True: "auto",
    "true": "auto",
    "auto": "auto",
    "allow": "allow",
    "must": "must",
    "never": "never",
}
_REINITS: Mapping[object, Reinit | None] = {
    None: None,
    "default": None,
    True: "finish_previous",
    False: "return_previous",
    "finish_previous": "finish_previous",
    "return_previous": "return_previous",
    "create_new": "create_new",
}
_UNSUPPORTED = ("fork_from", "resume_from", "tensorboard", "sync_tensorboard", "monitor_gym")


@dataclass(frozen=True, slots=True)
class Capture:
    """What to record beside the rows."""

    system: bool | float = True
    """Telemetry of the machine; a number is the interval in seconds."""
    console: bool = True
    git: bool = True
    packages: bool = True
    hardware: bool = True
    code: bool = False
    """The script itself."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides about a run before it begins."""

    root: Path
    project: str
    config: dict[str, Any]
    mode: str = "offline"
    id: str | None = None
    name: str | None = None
    group: str | None = None
    job_type: str | None = None
    tags: tuple[str, ...] | None = None
    notes: str | None = None
    resume: Resume | None = None
    rank: int | None = None
    total_steps: int | None = None
    free_config: bool = False
    """Whether config values may be changed without asking."""
    strict_steps: bool = False
    silent: bool = False
    capture: Capture = Capture()

    @property
    def disabled(self) -> bool:
        """Whether nothing is to be written."""
        return self.mode == "disabled"


def read_capture(
    system: object, console: object, git: object, packages: object, hardware: object, code: object
) -> Capture:
    """What to record, from the arguments of ``init()``.

    Raises:
        UsageError: ``system`` is neither true nor false nor a number of seconds.
    """
    if not isinstance(system, (bool, int, float)) or system < 0:
        raise UsageError(f"system is True, False or a number of seconds, not {system!r}")
    return Capture(system, bool(console), bool(git), bool(packages), bool(hardware), bool(code))


def read_settings(
    arguments: Mapping[str, Any], capture: Capture, environ: Mapping[str, str], cwd: Path, script: str
) -> Settings:
    """The settings of a run.

    Args:
        arguments: Those of ``init()``, by name; None means "not said".
        capture: What to record beside the rows.
        environ: The environment.
        cwd: Where the program runs.
        script: ``sys.argv[0]``.

    Raises:
        UsageError: An argument means nothing, or asks for something that there is not.
        BadNameError: The id or the project cannot be a directory.
        ConfigError: The config cannot be read.
    """
    _refuse_unsupported(arguments)
    said = _Said(arguments, environ)
    config = choose_keys(
        read_config(said.argument("config")),
        said.argument("config_include_keys"),
        said.argument("config_exclude_keys"),
    )
    run_id = said.text("id", "RUN_ID")
    project = said.text("project", "PROJECT")
    return Settings(
        root=_root(said.text("dir", "DIR", wandb=False), cwd),
        project=default_project(cwd, script) if project is None else check("project", project),
        config=config,
        mode=_mode(said, environ),
        id=None if run_id is None else check("run id", run_id),
        name=said.text("name", "NAME"),
        group=said.text("group", "RUN_GROUP"),
        job_type=said.text("job_type", "JOB_TYPE"),
        tags=_tags(said.argument("tags"), said.variable("TAGS")),
        notes=said.text("notes", "NOTES"),
        resume=read_resume(said.either("resume", "RESUME")),
        rank=said.number("rank"),
        total_steps=said.number("total_steps"),
        free_config=_free_config(said.argument("allow_val_change")),
        strict_steps=bool(said.argument("strict_steps")),
        silent=(said.variable("SILENT") or "").lower() in _TRUE,
        capture=capture,
    )


def left_over(environ: Mapping[str, str], taken: Collection[str]) -> Mapping[str, str]:
    """The environment as it is for the next run of a process: an id that one of its runs has ``taken`` is not in it.

    A program that logs several runs would otherwise log all of them into the one that it was to continue.
    """
    if environ.get("LOGSTORE_RUN_ID") not in taken:
        return environ
    return {name: value for name, value in environ.items() if name not in {"LOGSTORE_RUN_ID", "LOGSTORE_RESUME"}}


def read_resume(word: object) -> Resume | None:
    """What ``resume=`` asks for; None means that the run must be new.

    Raises:
        UsageError: It is none of the words.
    """
    key = word.lower() if isinstance(word, str) else word
    if not isinstance(key, (str, bool, type(None))) or key not in _RESUMES:
        raise UsageError(f"resume is 'allow', 'must', 'never', 'auto' or True, not {word!r}")
    return _RESUMES[key]


def read_reinit(word: object) -> Reinit:
    """What to do when a run is open already; by default scripts get it back, and notebooks begin another.

    Raises:
        UsageError: It is none of the words.
    """
    if not isinstance(word, (str, bool, type(None))) or word not in _REINITS:
        raise UsageError(f"reinit is one of {', '.join(map(repr, _REINITS))}, not {word!r}")
    return _REINITS[word] or ("finish_previous" if in_notebook() else "return_previous")


def in_notebook() -> bool:
    """Whether this program is a notebook's kernel."""
    return "ipykernel" in sys.modules


class _Said:
    """Arguments, and the environment behind them."""

    def __init__(self, arguments: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._environ = environ

    def argument(self, name: str) -> Any:
        return self._arguments.get(name)

    def variable(self, name: str, *, wandb: bool = True) -> str | None:
        own = self._environ.get(f"LOGSTORE_{name}")
        theirs = self._environ.get(f"WANDB_{name}") if wandb else None
        return own or theirs or None

    def either(self, argument: str, variable: str, *, wandb: bool = True) -> Any:
        given = self.argument(argument)
        return self.variable(variable, wandb=wandb) if given is None else given

    def number(self, argument: str) -> int | None:
        given = self.argument(argument)
        try:
            return None if given is None else whole(given)
        except TypeError:
            raise UsageError(f"{argument} takes a whole number, not {given!r}") from None

    def text(self, argument: str, variable: str, *, wandb: bool = True) -> str | None:
        given = self.either(argument, variable, wandb=wandb)
        if given is None:
            return None
        if not isinstance(given, (str, int, os.PathLike)) or isinstance(given, bool):
            raise UsageError(f"{argument} takes a text, not {given!r}")
        return os.fspath(given) if isinstance(given, os.PathLike) else str(given)


def _refuse_unsupported(arguments: Mapping[str, Any]) -> None:
    for name in _UNSUPPORTED:
        if arguments.get(name):
            raise UsageError(f"{name}= is not supported: leave it out")


def _root(directory: str | None, cwd: Path) -> Path:
    return cwd / Path(directory or DEFAULT_ROOT).expanduser()


def _mode(said: _Said, environ: Mapping[str, str]) -> str:
    if said.argument("mode") is None and environ.get("WANDB_DISABLED", "").lower() in _TRUE:
        return "disabled"
    mode = str(said.either("mode", "MODE") or "offline").lower()
    if mode not in _MODES:
        raise UsageError(f"mode is one of {', '.join(_MODES[:4])}, not {mode!r}")
    return mode


def _tags(tags: str | Iterable[object] | None, variable: str | None) -> tuple[str, ...] | None:
    if tags is None:
        return None if variable is None else tuple(tag.strip() for tag in variable.split(",") if tag.strip())
    return read_tags(tags)


def read_tags(tags: str | Iterable[object]) -> tuple[str, ...]:
    """Tags without repetition, in order; one text is one tag.

    Raises:
        UsageError: They are neither.
    """
    if not isinstance(tags, Iterable):
        raise UsageError(f"tags takes a list of texts, not {tags!r}")
    return tuple(dict.fromkeys([tags] if isinstance(tags, str) else map(str, tags)))


def _free_config(allowed: bool | None) -> bool:
    return in_notebook() if allowed is None else bool(cast("object", allowed))
