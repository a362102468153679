"""``tui watch``: what is refused before a screen is drawn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("said", ["option", "file"])
def test_an_unknown_theme_is_named_with_those_that_there_are(store: Path, tmp_path: Path, said: str) -> None:
    options = ["--theme", "pink"] if said == "option" else []
    if said == "file":
        config = tmp_path / ".config" / "runwatch" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text('theme = "pink"\n')
    done = subprocess.run(
        [sys.executable, "-m", "tui", "watch", str(store), "--once", *options],
        env={"HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tui watch: no theme 'pink'; there are ")
    assert "runwatch-dark, runwatch-light, runwatch-safe" in done.stderr
    assert done.stderr.count("\n") == 1
