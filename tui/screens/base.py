"""What all screens share: the header row, the alert line, the key row, and how they are told of news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen

from logstore.model.runs import Changes
from tui.model import Model
from tui.show.header import Counts
from tui.widgets.alert_line import AlertLine, Notice
from tui.widgets.header_bar import HeaderBar
from tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from tui.health.alert import Change
    from tui.widgets.chart_pages import ChartPages


CALM = 10.0
"""Seconds between two looks at how long the same alerts have been there: each one is a frame to the terminal."""


class RunwatchScreen(Screen[None]):
    """A screen over the model. The app sets its attributes and calls ``show``; it sends messages upwards.

    Args:
        model: What is looked at.
        view: What a person set on a screen of this kind another time, as its ``view`` gave it.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    KIND: ClassVar[str] = ""
    """What kind of screen it is, in a word: under it is remembered what was set."""

    counts: reactive[Counts] = reactive(Counts())
    clock: reactive[str] = reactive("")
    share: reactive[float | None] = reactive(None)
    note: reactive[str] = reactive("")
    trail: reactive[str] = reactive("")
    """Where in the store one is: the path, and what is open below it."""
    notices: reactive[tuple[Notice, ...]] = reactive(())
    """What is wrong, as far as it concerns this screen; the newest last."""

    class Began(Message):
        """The screen has its parts: from now on it can be told of what there is."""

    @dataclass
    class RunOpened(Message):
        """A person wants to see one run."""

        key: str

    def __init__(self, model: Model, view: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.model = model
        self.set_reactive(RunwatchScreen.trail, str(model.path))
        self._view = view or {}
        self._told: tuple[object, float] = ((), 0.0)

    def fit(self, size: Size) -> Self:
        """Take the classes of a terminal of this size beforehand: nothing is styled and laid out twice."""
        for breakpoints, cells in ((self.HORIZONTAL_BREAKPOINTS, size.width), (self.VERTICAL_BREAKPOINTS, size.height)):
            self.add_class(*[name for least, name in breakpoints or () if cells >= least][-1:])
        return self

    def on_mount(self) -> None:
        self.post_message(self.Began())

    def compose(self) -> ComposeResult:
        yield HeaderBar().data_bind(
            path=RunwatchScreen.trail,
            counts=RunwatchScreen.counts,
            clock=RunwatchScreen.clock,
            share=RunwatchScreen.share,
            note=RunwatchScreen.note,
        )
        yield from self.compose_body()
        yield AlertLine().data_bind(notices=RunwatchScreen.notices)
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """What stands between the header and the alert line."""
        raise NotImplementedError

    def show(self, changes: Changes) -> None:
        """Bring what ``changes`` touched up to date; called on the UI thread, only while this screen is seen."""
        raise NotImplementedError

    def show_telemetry(self) -> None:
        """A sample of the machine has come in."""

    def show_alerts(self, notices: Sequence[Notice], changes: Sequence[Change]) -> None:  # noqa: ARG002
        """Tell of what is wrong now, as far as it concerns this screen; ``changes`` is what was raised and cleared."""
        mine, now = tuple(notice for notice in notices if self.concerns(notice)), self.model.clock()
        which = [(notice.run_key, notice.level, notice.time) for notice in mine]
        if which != self._told[0] or abs(now - self._told[1]) >= CALM:
            self._told, self.notices = (which, now), mine

    def concerns(self, notice: Notice) -> bool:  # noqa: ARG002
        """Whether ``notice`` is to be told on this screen."""
        return True

    def in_sight(self) -> Sequence[str]:
        """The runs that are on the screen, which are read first; those of the first screen when there are none."""
        return ()

    def title_text(self) -> str:
        """What the terminal's title says while this screen is seen."""
        return f"runwatch {self.model.path}"

    def on_chart_pages_state_changed(self, message: ChartPages.StateChanged) -> None:
        """Give one chart all room, or take it back."""
        self.make_room(message.grid)

    def make_room(self, grid: ChartPages) -> None:
        """Take the class for one chart in all the room there is, where ``grid`` shows one."""
        self.set_class(grid.full is not None, "-full")

    @on(AlertLine.Clicked)
    def _open_alert(self, message: AlertLine.Clicked) -> None:
        if message.run_key in self.model.runs:
            self.post_message(self.RunOpened(message.run_key))

    def view(self) -> dict[str, Any]:
        """What a person set here, as plain data."""
        return {}

    def restore(self, view: Mapping[str, Any]) -> None:
        """Take back what ``view`` gave another time; anything that does not fit is ignored."""
