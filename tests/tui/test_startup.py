"""``tui.startup``: what is held back at the start comes back."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

from tui import startup


def test_the_collector_rests_until_the_app_stands() -> None:
    environ: dict[str, str] = {}
    try:
        startup.begin(environ)
        assert not gc.isenabled()
        startup.done()
        assert gc.isenabled()
        assert environ == {"OPENBLAS_NUM_THREADS": "1"}
    finally:
        gc.enable()
        gc.unfreeze()


def test_what_a_person_chose_stays() -> None:
    environ = {"OPENBLAS_NUM_THREADS": "8"}
    try:
        startup.begin(environ)
        assert environ == {"OPENBLAS_NUM_THREADS": "8"}
    finally:
        gc.enable()


def test_the_first_screen_loads_neither_charts_nor_alerts_nor_telemetry() -> None:
    code = "import sys, json, tui.app; print(json.dumps([name for name in sys.modules if name.startswith('tui')]))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)
    loaded = set(json.loads(answer.stdout))
    late = {
        "widgets.chart_grid",
        "charts.plot",
        "health.watchdog",
        "machine.telemetry",
        "screens.run",
        "screens.compare",
    }
    late |= {
        "screens.system",
        "screens.help",
        "screens.alerts",
        "screens.export",
        "widgets.column_chooser",
        "notify.webhook",
    }
    assert not loaded & {f"tui.{name}" for name in late}


def test_the_first_frame_waits_for_no_package_that_it_does_not_need() -> None:
    code = "import sys, json, tui.cli, tui.app, tui.thrifty_driver; print(json.dumps(list(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50)
    unneeded = {"importlib.metadata", "email", "watchfiles", "multiprocessing", "plotext", "psutil", "tui.crash"}
    assert not set(json.loads(answer.stdout)) & unneeded
