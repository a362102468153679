"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

dir_option = click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    help="Directory of runs (default: $LOGSTORE_DIR, else ./runs, else here when logs are here).",
)
"""``--dir``: passed to the command as ``directory``."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
"""``--json``: passed to the command as ``as_json``."""
