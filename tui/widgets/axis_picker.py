"""The line in which the x axis of all charts is chosen: a part of its name is typed, the arrows go through the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.charts.line import STEP, XAxis
from tui.charts.xaxes import matching
from tui.show.text import clean, width

_GAP = 3


class AxisPicker(Horizontal):
    """One line: what is typed, and at its right the axes that match, the chosen one marked."""

    DEFAULT_CSS = """
    AxisPicker { height: 1; background: $background; color: $foreground; }
    AxisPicker > Input { width: 30; background: $background; color: $foreground; }
    AxisPicker > Static { width: 1fr; height: 1; }
    AxisPicker > .axis-picker--prompt { width: 8; color: $accent; padding: 0 0 0 1; }
    AxisPicker .axis-picker--other { color: $dim; }
    AxisPicker .axis-picker--chosen { color: $accent; text-style: bold underline; }
    """
    COMPONENT_CLASSES = {"axis-picker--other", "axis-picker--chosen"}
    BINDINGS = [
        Binding("enter", "take", "take", id="charts.axis_take", tooltip="Take this x axis", priority=True),
        Binding("escape", "cancel", "cancel", id="charts.axis_cancel", tooltip="Leave the x axis as it is"),
        Binding("down", "step(1)", "next", id="charts.axis_next", tooltip="The next x axis"),
        Binding("up", "step(-1)", "before", id="charts.axis_before", tooltip="The x axis before"),
    ]

    @dataclass
    class Chosen(Message):
        """A person is done: with another axis, or (None) without. ``metric`` is the chart they came from."""

        picker: AxisPicker
        axis: XAxis | None
        metric: str | None

        @property
        def control(self) -> AxisPicker:
            """The picker."""
            return self.picker

    def __init__(self) -> None:
        super().__init__()
        self._axes: Sequence[XAxis] = ()
        self._found: Sequence[XAxis] = ()
        self._at = 0
        self._now = STEP
        self._metric: str | None = None
        self._input = Input(placeholder="a part of its name", compact=True)

    def compose(self) -> ComposeResult:
        yield Static("x axis", classes="axis-picker--prompt", markup=False)
        yield self._input
        yield Static("", id="matches", markup=False)

    def open(self, axes: Sequence[XAxis], now: XAxis, metric: str | None) -> None:
        """Begin to choose.

        Args:
            axes: What there is to choose from.
            now: What is in force.
            metric: The chart that a person comes from.
        """
        self._axes, self._now, self._metric = axes, now, metric
        self.display = True
        with self.prevent(Input.Changed):
            self._input.value = ""
        self._narrow("")
        self.call_after_refresh(self._input.focus)

    @property
    def axis(self) -> XAxis | None:
        """The axis that enter would choose; None where nothing matches."""
        return self._found[self._at] if self._found else None

    def _narrow(self, text: str) -> None:
        self._found = matching(self._axes, text)
        self._at = self._found.index(self._now) if not text and self._now in self._found else 0
        self._say()

    def _say(self) -> None:
        """Show the matches from the chosen one's neighbourhood on, as many as there is room for."""
        if self.is_mounted:
            self.query_one("#matches", Static).update(self._matches(self.size.width - 40))

    def _matches(self, cells: int) -> Text:
        other, chosen = (
            self.get_component_rich_style(f"axis-picker--{name}", partial=True) for name in ("other", "chosen")
        )
        if not self._found:
            return Text("no metric of that name was logged", other, no_wrap=True)
        count = f"{self._at + 1} of {len(self._found)}" if len(self._found) > 1 else ""
        names = [clean(axis.label) for axis in self._found]
        line = _row(names, self._at, cells - len(count) - _GAP, other, chosen)
        return line.append(" " * _GAP + count, other)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    def action_take(self) -> None:
        """Take the chosen axis, where there is one."""
        if self._found:
            self._close(self.axis)

    def action_step(self, places: int) -> None:
        """Go so many matches on, and round."""
        if self._found:
            self._at = (self._at + places) % len(self._found)
            self._say()

    def action_cancel(self) -> None:
        """Leave the axis as it is."""
        self._close(None)

    def on_resize(self) -> None:
        """There is room for other matches."""
        self._say()

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Leave the axis as it is when the focus goes elsewhere; not when it is the terminal's that goes."""
        self.display = self.screen.focused is self._input or not self.app.app_focus

    def _close(self, axis: XAxis | None) -> None:
        self.display = False
        self.post_message(self.Chosen(self, axis, self._metric))


def _row(names: Sequence[str], at: int, cells: int, other: Style, chosen: Style) -> Text:
    """The names around the one at ``at`` that fit beside each other."""
    first = last = at
    left = cells - width(names[at])
    while True:
        after = last + 1 < len(names) and left >= width(names[last + 1]) + _GAP
        before = first > 0 and left >= width(names[first - 1]) + _GAP
        if not (after or before):
            break
        if after and (last - at <= at - first or not before):
            last += 1
            left -= width(names[last]) + _GAP
        else:
            first -= 1
            left -= width(names[first]) + _GAP
    line = Text(no_wrap=True, overflow="ellipsis", end="")
    for place in range(first, last + 1):
        line.append(" " * _GAP if place > first else "").append(names[place], chosen if place == at else other)
    return line
