"""The help of every command, as ``docs/cli.md`` has it; ``python -m tui.plain.reference`` writes it.

<!-- help: tui ls -->
...
<!-- end -->
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tui.cli import COMMANDS, tui

WIDTH = 100

_BLOCK = re.compile(r"<!-- help: tui(?: ([a-z]+))? -->\n.*?<!-- end -->", re.DOTALL)


def help_text(name: str) -> str:
    """What ``tui NAME --help`` prints; of an empty name, ``tui --help``."""
    parent = click.Context(tui, info_name="tui", terminal_width=WIDTH, **tui.context_settings)
    if not name:
        return tui.get_help(parent)
    command = tui.get_command(parent, name)
    if command is None:
        raise KeyError(f"no command {name!r}: there are {', '.join(COMMANDS)}")
    return command.get_help(click.Context(command, parent, info_name=name))


def renewed(text: str) -> str:
    """``text`` with every block of help as the commands have it now.

    Raises:
        KeyError: a block names no command.
    """
    return _BLOCK.sub(lambda block: _block(block[1] or ""), text)


def described(text: str) -> list[str]:
    """The commands whose help ``text`` holds, in its order."""
    return [name for name in _BLOCK.findall(text) if name]


def _block(name: str) -> str:
    full = f"tui {name}".rstrip()
    return f"<!-- help: {full} -->\n```text\n{help_text(name)}\n```\n<!-- end -->"


def main(arguments: Sequence[str]) -> None:
    """Bring the named files up to date."""
    for path in map(Path, arguments):
        path.write_text(renewed(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
