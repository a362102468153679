"""``tui doctor``: what could keep it from working well here, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.options import dir_option, json_option
from tui.plain import output, paths
from tui.plain.output import Cell

if TYPE_CHECKING:
    from tui.checks.finding import Finding

_SIGNS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


@click.command()
@dir_option
@json_option
def doctor(*, directory: Path | None, as_json: bool) -> None:
    """Check terminal, GPU binding, watch limits, store and alerts.

    Each line is ok, warn or fail, and says what to do. Ends with 1 when something fails.
    """
    findings = [*_terminal(), *_machine(), *_store(directory), *_alerts(), *_versions()]
    counts = {status: sum(finding.status == status for finding in findings) for status in _SIGNS}
    if as_json:
        output.echo_json(
            {"healthy": not counts["fail"], **counts, "findings": [asdict(finding) for finding in findings]}
        )
    else:
        _print(findings)
    sys.exit(1 if counts["fail"] else 0)


def _terminal() -> list[Finding]:
    from tui.checks.terminal import Terminal, check

    columns, rows = shutil.get_terminal_size()
    return check(Terminal(sys.stdout.isatty(), (columns, rows), sys.stdout.encoding or "", os.environ))


def _machine() -> list[Finding]:
    from tui.checks import binding, devices, limits
    from tui.machine.sampled import command, sample

    return [*binding.check(), *devices.check(sample(command(0.2), time.time())), *limits.check()]


def _store(directory: Path | None) -> list[Finding]:
    from tui.checks import directory as place
    from tui.checks import runs
    from tui.checks.finding import Finding

    try:
        path = paths.existing(directory, os.environ, Path.cwd())
    except paths.StoreNotFoundError as error:
        return [Finding("store", "path", "fail" if directory else "ok", str(error))]
    found = Finding("store", "path", "ok", str(path.resolve()))
    below = path if path.is_dir() else path.parent
    return [found, *place.check(below, place.read_mountinfo()), *runs.check(path)]


def _alerts() -> list[Finding]:
    from tui.checks.alerts import ask_tmux, check
    from tui.settings import default_path

    return check(default_path(), os.environ, ask_tmux)


def _versions() -> list[Finding]:
    from tui.checks.versions import check

    return check()


def _print(findings: Sequence[Finding]) -> None:
    from tui.show.text import fit, width

    names = max(width(finding.name) for finding in findings)
    section = ""
    for finding in findings:
        if finding.section != section:
            if section:
                output.echo()
            section = finding.section
            output.echo_cells(Cell(section, "bold"))
        sign, colour = _SIGNS[finding.status]
        output.echo_hanging([Cell(f" {sign} {finding.status:4}", colour), fit(finding.name, names)], finding.what)
        if finding.advice:
            output.echo_hanging([" " * 7, " " * names], f"→ {finding.advice}")
