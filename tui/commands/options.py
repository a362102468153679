"""Options that several commands share."""

from __future__ import annotations

import math
from pathlib import Path

import click


class Span(click.ParamType[float]):
    """A span of time: ``90s``, ``30m``, ``1h30m``, or a number of seconds; passed on in seconds."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds that ``value`` means."""
        from tui.table.matching import operand

        meant = operand(str(value))
        seconds = meant.number if meant.seconds is None else meant.seconds
        if seconds is None or not 0 <= seconds < math.inf:
            self.fail(f"{value!r} is no span of time such as 90s, 30m or 2h", param, ctx)
        return seconds


dir_option = click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    help="Directory of runs (default: $LOGSTORE_DIR, else ./runs, else here when logs are here).",
)
"""``--dir``: passed to the command as ``directory``."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
"""``--json``: passed to the command as ``as_json``."""
