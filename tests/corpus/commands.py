"""Every subcommand that says something of a store, as command lines; and how their answers are judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from tests.corpus.hostile import faults
from tui.cli import tui


def of_store(root: Path) -> Iterator[Sequence[str]]:
    """Commands that speak of all runs."""
    place = str(root)
    yield "ls", place
    yield "ls", place, "--json"
    yield "ls", place, "--columns", "name,state,tags,notes,host,group,text,loss,said"
    yield "ls", place, "--columns", "name,state,tags,notes,host,group,text,loss,said", "--json"
    yield "watch", place, "--once", "--no-gpu", "--size", "200x60"
    yield "doctor", "--dir", place
    yield "doctor", "--dir", place, "--json"
    yield "plot", "loss", "--dir", place
    yield "plot", "loss", "--dir", place, "--json"
    yield "rm", "--filter", "step>=0", "--dir", place
    yield "rm", "--filter", "step>=0", "--dir", place, "--json"
    yield "tag", "--filter", "step>=0", "--dir", place
    yield "note", "--filter", "step>=0", "--dir", place
    yield "ls", place, "--best", "loss"
    yield "ls", place, "--best", "loss", "--json"
    yield "diff", "--best", "loss", "--all", "--dir", place
    for more in ((), ("--json",)):
        yield "wait", "--filter", "step>=0", "--timeout", "0", "--dir", place, *more


def of_run(root: Path, run: str, other: str) -> Iterator[Sequence[str]]:
    """Commands that speak of one run."""
    place = ("--dir", str(root))
    for more in ((), ("--json",)):
        yield "show", run, *place, *more
        yield "tail", run, *place, *more
        yield "tail", run, "--console", "-n", "1000", *place, *more
        yield "diff", run, other, "--all", *place, *more
        yield "plot", "loss", run, *place, *more
        yield "tag", run, *place, *more
        yield "note", run, *place, *more


def of_change(root: Path, run: str, text: str, files: Path) -> Iterator[Sequence[str]]:
    """Commands that change a run, take it away and bring it back, and write its numbers into files."""
    place = ("--dir", str(root))
    for more in ((), ("--json",)):
        yield "tag", run, "--add", text, *place, *more
        yield "note", run, f"--message={text}", *place, *more
        yield "mv", *place, *more, "--", run, text.replace("/", "|")  # with a slash it names a project
        yield "export", run, "-o", str(files / "all.csv"), *place, *more
        yield "export", run, "-o", str(files / "all.jsonl"), *place, *more
        yield "export", run, "-o", str(files / "all.parquet"), *place, *more
        yield "rm", run, *place, *more
        yield "trash", *place, *more
        yield "rm", "--restore", run, *place, *more
        yield "tag", run, "--remove", text, *place, *more
    yield "rm", run, *place
    yield "trash", "--empty", *place


OTHERS: Mapping[str, str] = {
    "gpu": "test_exports.test_the_machine_in_plain_lines",
    "guard": "test_exports.test_the_guard_says_one_harmless_line",
    "demo": "says what watch says, of runs that are its own",
}
"""Commands that are judged elsewhere, and where."""


def of_text(root: Path, text: str) -> Iterator[Sequence[str]]:
    """Commands that are given a hostile text, and most often refuse it."""
    place = ("--dir", str(root))
    for name in ("show", "tail", "rm", "tag", "note"):
        yield name, *place, "--", text
    yield "plot", *place, "--", text
    yield "wait", "--timeout", "0", *place, "--", text
    yield "ls", str(root), "--best", text
    yield "diff", *place, "--best", text
    yield "plot", "loss", *place, "-o", f"/nowhere/{text}.svg"
    yield "ls", str(root), "--filter", text
    yield "ls", str(root), "--sort", text
    yield "ls", str(root), "--columns", text
    yield "watch", "--once", "--no-gpu", "--size", text, str(root)


def call(arguments: Sequence[str]) -> Result:
    """What a command answers."""
    return CliRunner().invoke(tui, list(arguments), prog_name="tui")


def complaints(arguments: Sequence[str], result: Result, *, colours: bool = False) -> list[str]:
    """What is wrong with an answer; empty when nothing is."""
    found = [f"{arguments}: {fault}" for fault in faults(result.output, colours=colours)]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        found.append(f"{arguments}: {result.exception!r}")
    if "--json" in arguments and result.exit_code == 0:
        try:
            for line in result.stdout.splitlines() if arguments[0] == "tail" else [result.stdout]:
                json.loads(line)
        except ValueError as error:
            found.append(f"{arguments}: {error}")
    return found
