"""Alerts: whether the settings can be read, where alerts are sent, and whether the way there is open."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tui.checks.finding import Finding
from tui.health.checked import AlertSettingsError
from tui.notify.configured import load
from tui.notify.destinations import Destinations
from tui.settings import SettingsError

PASSING = frozenset({"on", "all"})
PATIENCE = 2.0
"""Seconds that tmux may take to answer."""

_SECTION = "alerts"


def check(path: Path, environ: Mapping[str, str], passthrough: Callable[[], str | None]) -> list[Finding]:
    """What is to be said of the settings in the file ``path``.

    Args:
        path: of config.toml; it need not be there.
        environ: the environment.
        passthrough: says what tmux has for ``allow-passthrough``; None where it knows no such option, or is not there.
    """
    try:
        _, destinations = load(path)
        sinks = [sink.name for sink in destinations.sinks(environ)]
    except (SettingsError, AlertSettingsError) as error:
        return [
            Finding(_SECTION, "settings", "fail", str(error), "mend that line; docs/settings.md lists what there is")
        ]
    read = Finding(_SECTION, "settings", "ok", str(path) if path.exists() else f"the defaults: there is no {path}")
    return [read, _sent(destinations, sinks), *_command(destinations), *_terminal(destinations, environ, passthrough)]


def _sent(destinations: Destinations, sinks: list[str]) -> Finding:
    own = (("the bell", destinations.bell), ("the terminal's notifications", destinations.terminal != "off"))
    ways = [*(name for name, wanted in own if wanted), *sinks]
    what = ", ".join(ways) if ways else "nowhere: the table [notify] of config.toml is not set"
    return Finding(_SECTION, "sent to", "ok", what)


def _command(destinations: Destinations) -> list[Finding]:
    program = destinations.command[0] if destinations.command else None
    if program is None or shutil.which(program) is not None:
        return []
    return [
        Finding(_SECTION, "command", "fail", f"{program}: not found", "give its full path in config.toml, [notify]")
    ]


def _terminal(
    destinations: Destinations, environ: Mapping[str, str], passthrough: Callable[[], str | None]
) -> list[Finding]:
    """Inside tmux a notification ends, unless that passes it on; before its version 3.3 it passed all on."""
    if destinations.terminal == "off" or not environ.get("TMUX"):
        return []
    said = passthrough()
    if said is None or said in PASSING:
        return [Finding(_SECTION, "tmux", "ok", "passes notifications on")]
    advice = "tmux set -g allow-passthrough on (and the same in ~/.tmux.conf)"
    return [Finding(_SECTION, "tmux", "warn", f"allow-passthrough is {said}: notifications end there", advice)]


def ask_tmux() -> str | None:
    """What tmux has for ``allow-passthrough``."""
    command = ["tmux", "show-options", "-gqv", "allow-passthrough"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return shown.stdout.strip() or None
