"""What each room really loads, proved in fresh processes: the rule of the three rooms, and lightness."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after ``code``."""
    ask = f"{code}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=50)
    return set(answer.stdout.split())


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        ("import logstore", {"numpy", "textual", "rich", "psutil", "pynvml", "click", "plotext", "tui", "collectors"}),
        ("import collectors.child, collectors.sampler", {"numpy", "textual", "rich", "click", "tui", "logstore"}),
        ("import tui.cli", {"textual", "numpy", "plotext", "psutil", "pynvml", "collectors"}),
        ("import tui.charts.plot", {"textual", "rich", "plotext", "psutil", "pynvml"}),
        ("import tui.commands.watch", {"textual", "plotext", "pynvml"}),
    ],
)
def test_what_is_not_needed_is_not_loaded(code: str, forbidden: set[str]) -> None:
    assert loaded(code) & forbidden == set()


def test_pynvml_is_loaded_by_the_sampler_alone() -> None:
    assert "pynvml" not in loaded("import tui.app")
