"""The terminal: is it one, how large, which colours and characters, and what stands between it and the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.checks.finding import Finding

SMALLEST = (80, 24)

_SECTION = "terminal"


@dataclass(frozen=True, slots=True)
class Terminal:
    """What is known of the terminal a command runs in."""

    is_terminal: bool
    size: tuple[int, int]
    """Columns and rows."""
    encoding: str
    """The encoding of stdout."""
    environ: Mapping[str, str]


def check(terminal: Terminal) -> list[Finding]:
    """Everything about the terminal, without asking it anything."""
    if not terminal.is_terminal:
        return [Finding(_SECTION, "output", "ok", "no terminal: commands print plain text"), _characters(terminal)]
    findings = [_kind(terminal), _size(terminal), _colours(terminal), _characters(terminal)]
    return [*findings, *_between(terminal.environ), _synchronized()]


def _kind(terminal: Terminal) -> Finding:
    name = terminal.environ.get("TERM", "")
    if name in {"", "dumb", "unknown"}:
        advice = "export TERM=xterm-256color, or what your terminal's manual names"
        return Finding(_SECTION, "TERM", "fail", f"{name or 'not set'}: no cursor, no colours", advice)
    program = terminal.environ.get("TERM_PROGRAM")
    return Finding(_SECTION, "TERM", "ok", f"{name} ({program})" if program else name)


def _size(terminal: Terminal) -> Finding:
    columns, rows = terminal.size
    what = f"{columns} columns, {rows} rows"
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return Finding(_SECTION, "size", "warn", what, "make the window 80x24 or larger: charts need the room")
    return Finding(_SECTION, "size", "ok", what)


def _colours(terminal: Terminal) -> Finding:
    environ = terminal.environ
    if environ.get("NO_COLOR"):
        return Finding(_SECTION, "colours", "ok", "off, as NO_COLOR asks")
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return Finding(_SECTION, "colours", "ok", "16 million (COLORTERM)")
    if "256color" in environ.get("TERM", "") or environ.get("TERM", "").endswith("-direct"):
        return Finding(_SECTION, "colours", "ok", "256 (TERM); export COLORTERM=truecolor where the terminal has more")
    return Finding(
        _SECTION, "colours", "warn", "16 or fewer: curves are hard to tell apart", "export TERM=xterm-256color"
    )


def _characters(terminal: Terminal) -> Finding:
    encoding = terminal.encoding.lower().replace("_", "-")
    if encoding in {"utf-8", "utf8"}:
        return Finding(_SECTION, "characters", "ok", "UTF-8")
    advice = "export LC_ALL=C.UTF-8 (or another UTF-8 locale)"
    return Finding(_SECTION, "characters", "fail", f"{encoding or 'unknown'}: charts are drawn in Unicode", advice)


def _between(environ: Mapping[str, str]) -> list[Finding]:
    findings = []
    if environ.get("TMUX"):
        what = "tmux; copying needs 'set -s set-clipboard on', all colours 'set -ga terminal-features \",*:RGB\"'"
        findings.append(Finding(_SECTION, "multiplexer", "ok", what))
    elif environ.get("STY"):
        findings.append(Finding(_SECTION, "multiplexer", "ok", "screen; copying from the app does not get through it"))
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        what = "over ssh; on a slow link try 'tui watch --low-bandwidth'"
        findings.append(Finding(_SECTION, "connection", "ok", what))
    return findings


def _synchronized() -> Finding:
    return Finding(_SECTION, "synchronized output", "ok", "unknown here: the app asks the terminal when it starts")
