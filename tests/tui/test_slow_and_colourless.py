"""``--low-bandwidth`` and ``NO_COLOR``: what the documentation says of them is what happens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.pty_program import program, tui
from tests.tui.sample_store import app_over, write_store
from tests.tui.waiting import ready, until
from tui.widgets.chart import Chart

FPS = """
import json, sys
from pathlib import Path
from tui.commands.watch import _app, load_settings
_app(Path(sys.argv[1]), load_settings(json.loads(sys.argv[2])), screen="watch", fresh=True)
from textual import constants
print(constants.MAX_FPS)
"""
STYLES = re.compile(rb"\x1b\[([\d;]*)m")
RGB = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")


@pytest.mark.parametrize(
    ("given", "frames"),
    [({}, 15), ({"low_bandwidth": True}, 2), ({"fps": 30}, 30), ({"fps": 30, "low_bandwidth": True}, 2)],
)
def test_so_many_frames_are_sent_at_most(given: dict[str, object], frames: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", FPS, str(tmp_path), json.dumps(given)]
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    answer = subprocess.run(command, env=environ, capture_output=True, text=True, check=True, timeout=50)
    assert answer.stdout.strip() == str(frames)


async def dots(tmp_path: Path, *, low_bandwidth: bool) -> int:
    """How many cells of all charts have dots in them."""
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", low_bandwidth=low_bandwidth)
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        await until(lambda: len(app.screen.query(Chart)) > 1, pilot)
        await ready(pilot)
        shown = [row.text for chart in app.screen.query(Chart) if chart.size for row in chart.frame.rows]
    return sum("\u2800" < character <= "\u28ff" for row in shown for character in row)


async def test_on_a_slow_link_curves_have_no_band_of_dots(tmp_path: Path) -> None:
    assert 0 < await dots(tmp_path / "slow", low_bandwidth=True) < await dots(tmp_path / "fast", low_bandwidth=False)


def colours(output: bytes) -> set[bytes]:
    """What of the styles that were sent has a hue."""
    found: set[bytes] = set()
    for style in STYLES.findall(output):
        found |= {b";".join(rgb) for rgb in RGB.findall(style) if len(set(rgb)) > 1}
        rest = RGB.sub(b"", style).split(b";")
        found |= {code for code in rest if code.isdigit() and (30 <= int(code) <= 38 or 40 <= int(code) <= 48)}
        found |= {code for code in rest if code.isdigit() and 90 <= int(code) <= 107}
    return found


@pytest.mark.parametrize(("no_color", "is_grey"), [("1", True), ("", False)])
def test_no_color_makes_everything_grey_and_loses_no_word(tmp_path: Path, no_color: str, is_grey: bool) -> None:
    environ = {"NO_COLOR": no_color}
    with program(tui("watch", str(write_store(tmp_path / "runs")), "--no-gpu"), tmp_path, environ) as app:
        app.until(b"brave-otter")
        app.until(b"val/acc")
        assert (colours(app.output) == set()) is is_grey
        for word in (b"finished", b"failed", b"crashed"):
            assert word in app.output
