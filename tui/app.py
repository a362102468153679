"""The app, as a table of contents: its screens, its keys, its themes, and the loops that feed the model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from collectors.child import SamplerChild
from logstore.runs import Changes
from logstore.store import Budget
from tui import crash, remembered, themes
from tui.follow import Follower, Progress, Source
from tui.model import Model
from tui.screens.base import RunwatchScreen
from tui.screens.compare import CompareScreen
from tui.screens.help import HelpScreen
from tui.screens.run import RunScreen
from tui.screens.system import SystemScreen
from tui.screens.watch import WatchScreen
from tui.settings import Settings
from tui.wake import Wake


class RunwatchApp(App[None]):
    """Watches one store. ``model`` is changed only here, on the UI thread; the screens are told what changed."""

    TITLE = "runwatch"
    CSS_PATH = "styles.tcss"
    BINDINGS = [
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave Runwatch; the trainings go on"),
        Binding("question_mark", "help", "Help", id="app.help", tooltip="All keys of this screen"),
        Binding("T", "next_theme", "Theme", id="app.theme", show=False, tooltip="Next theme: dark, light, safe"),
    ]
