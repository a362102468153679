"""Commands that print load no screen: what a fresh process has loaded after one of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

CODE = """
import os, sys
from tui.cli import tui
try:
    tui(sys.argv[1:], prog_name="tui")
except SystemExit as ended:
    assert not ended.code, ended.code
heavy = {"textual", "plotext", "psutil", "pynvml", "watchfiles", "collectors"}
print("heavy:", sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
print("threads:", os.environ["OPENBLAS_NUM_THREADS"])
"""


@pytest.mark.parametrize(
    "command",
    [
        ["ls"],
        ["ls", "--best", "val/loss", "--json"],
        ["show", "brave-otter", "--json"],
        ["diff", "brave-otter", "fond-ibis"],
        ["tail", "brave-otter"],
        ["wait", "brave-otter"],
        ["export", "--format", "csv", "-o", "-"],
        ["plot", "val/loss"],
        ["tag", "brave-otter", "-a", "x"],
        ["note", "brave-otter"],
        ["mv", "brave-otter", "x"],
        ["rm", "brave-otter"],
        ["trash"],
    ],
    ids=" ".join,
)
def test_a_command_that_prints_loads_no_screen_and_one_thread_of_numpy(store: Path, command: Sequence[str]) -> None:
    known = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", CODE, *command],
        env={**known, "LOGSTORE_DIR": str(store)},
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    drawn_with = ["plotext"] if command[0] == "plot" else []
    assert done.stdout.splitlines()[-2:] == [f"heavy: {drawn_with}", "threads: 1"]
