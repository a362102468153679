"""The command ``tui``: names of commands, loaded only when one of them is called.

``tui --help`` imports click and nothing of a screen, an array or a chart. Whatever goes wrong for a reason outside the
program ends as one line on stderr that names the culprit. Exit codes: 0 done, 1 it could not be done (or ``doctor``
found a failure), 2 the command line was not understood.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NamedTuple

import click

from logstore.errors import LogstoreError
from tui.show.text import clean


class Lazy(NamedTuple):
    """A command that is not loaded yet: ``module:attribute`` and its line in the help."""

    target: str
    summary: str


COMMANDS = {
    "watch": Lazy("tui.commands.watch:watch", "Watch runs live: table, charts, GPUs, configs."),
    "guard": Lazy("tui.commands.guard:guard", "Watch without a screen; print and send alerts."),
    "ls": Lazy("tui.commands.ls:ls", "List the runs of a store as a table."),
    "show": Lazy("tui.commands.show:show", "Show one run: identity, state and why, config, summary, files."),
    "diff": Lazy("tui.commands.diff:diff", "Put the configs and summaries of runs side by side."),
    "tail": Lazy("tui.commands.tail:tail", "Print the last rows of a run, and the next ones as they come."),
    "wait": Lazy("tui.commands.wait:wait", "Wait until runs have ended, and say how."),
    "plot": Lazy("tui.commands.plot:plot", "Draw one metric of some runs, or write it as SVG, PNG, CSV or text."),
    "export": Lazy("tui.commands.export:export", "Write every logged number as Parquet, CSV or JSON lines."),
    "rm": Lazy("tui.commands.rm:rm", "Move runs into the trash, or back."),
    "trash": Lazy("tui.commands.trash:trash", "List what was removed, or delete it for good."),
    "mv": Lazy("tui.commands.mv:mv", "Give a run another name, or move runs to another project."),
    "tag": Lazy("tui.commands.tag:tag", "Add tags to runs, or take tags from them."),
    "note": Lazy("tui.commands.note:note", "Set the notes of runs, or print them."),
    "gpu": Lazy("tui.commands.gpu:gpu", "Show the GPUs, the host and who uses them."),
    "doctor": Lazy("tui.commands.doctor:doctor", "Check terminal, GPU binding, watch limits and store."),
    "demo": Lazy("tui.commands.demo:demo", "Train a few small networks and watch them."),
}


class Refusal(click.ClickException):
    """A failure that is told in one line on stderr."""

    def __init__(self, message: str, command: str = "tui") -> None:
        super().__init__(message)
        self.command = command

    def show(self, file: IO[Any] | None = None) -> None:
        """Print ``tui: what went wrong`` without anything a terminal would act on."""
        click.echo(f"{self.command}: {clean(self.message)}", file=file or sys.stderr)


class Misuse(Refusal):
    """A command line that was not understood."""

    exit_code = 2


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        """Import the command ``cmd_name``; None where there is none of that name."""
        lazy = COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        module, _, attribute = lazy.target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        command.short_help = lazy.summary
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; where there is none of that name, say which there are."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, cutoff=0.8)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(COMMANDS)}"
            raise Misuse(f"no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        """List the commands from their summaries alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the options before the command's name."""
        with _told_in_one_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and turn what the world refused into one line."""
        with _told_in_one_line():
            return super().invoke(ctx)


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "tui"
        message = error.format_message()
        if error.ctx is not None and not message.endswith("?"):
            message = f"{message.rstrip('.')}. Try '{command} --help'."
        raise Misuse(message, command) from error
    except (BrokenPipeError, Refusal):
        raise
    except KeyboardInterrupt as stopped:
        raise click.exceptions.Exit(128 + signal.SIGINT) from stopped
    except (click.ClickException, LogstoreError) as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(_reason(error)) from error


def _reason(error: OSError) -> str:
    if error.strerror is None:
        return str(error)
    return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"


def version() -> str:
    """The installed version of Runwatch; ``unknown`` in a checkout that was never installed."""
    from importlib import metadata

    try:
        return metadata.version("runwatch")
    except metadata.PackageNotFoundError:
        return "unknown"


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"runwatch {version()}")
        ctx.exit()


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    *("-V", "--version"),
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version.",
)
@click.pass_context
def tui(ctx: click.Context) -> None:
    """Watch machine-learning training runs in the terminal.

    Runs are plain files: point a command at a directory of them, or set LOGSTORE_DIR; without either, ./runs is taken.

    For scripts: what answers has --json, nothing asks, and errors are one line on stderr. Exit codes: 0 done, 1 it
    could not be done or a run that was waited for failed, 2 not understood, 124 'tui wait' ran out of time.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Entry point of the console command."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # it is closed: what is written goes nowhere
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (open as long as the program runs)
        else:
            stream.reconfigure(errors="replace")  # a terminal without UTF-8 gets a ?, not a traceback
    tui(prog_name="tui")
