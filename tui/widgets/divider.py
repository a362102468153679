"""Two panes and the rule between them, which is dragged with the mouse or moved by keys.

The panes stand beside each other, or one above the other where the style sheet gives ``Divided`` a vertical layout.
Until a person moves the rule, the style sheet says how large the first pane is; then its share does, one for each way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

LEAST, MOST = 0.2, 0.8
"""The least and the largest share of the first pane: neither one is lost, in a terminal of any size."""
BESIDE, STACKED = "beside", "stacked"


class Divider(Widget):
    """The rule. It tells where it is to be."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Divider { width: 1; height: 1fr; color: $faint; pointer: ew-resize; }
    Divider.-stacked { width: 1fr; height: 1; pointer: ns-resize; }
    Divider:hover { color: $dim; }
    Divider.-held { color: $accent; }
    """
    GRIP = 9
    """Cells of the rule where the panes are stacked: whole lines part the charts."""

    class Dragged(Message):
        """The rule is to be under this cell of the screen."""

        def __init__(self, x: int, y: int) -> None:
            super().__init__()
            self.x, self.y = x, y

    class Released(Message):
        """The rule was clicked twice: it is to be where it was at first."""

    def __init__(self) -> None:
        super().__init__()
        self._line: Strip | None = None

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # all of its lines look the same
        """The rule: a thin line, or a grip in the middle of a blank one."""
        if self._line is None:
            text = ("─" * self.GRIP).center(self.size.width) if self.has_class("-stacked") else "▏"
            style = self.rich_style
            self._line = Strip([Segment(text, style)]).adjust_cell_length(self.size.width, style)
        return self._line

    def notify_style_update(self) -> None:
        """Forget what it looked like."""
        super().notify_style_update()
        self._line = None

    def on_resize(self) -> None:
        """Forget how wide it was."""
        self._line = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the rule."""
        if event.button == 1:
            self.capture_mouse()

    def on_mouse_capture(self) -> None:
        """Show that it is held."""
        self.add_class("-held")

    def on_mouse_release(self) -> None:
        """Show that it is not."""
        self.remove_class("-held")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Ask to go along with the pointer."""
        if self.has_class("-held"):
            self.post_message(self.Dragged(int(event.screen_x), int(event.screen_y)))

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """A double click asks for the place that it had at first."""
        event.stop()
        if event.chain == 2:
            self.post_message(self.Released())


class Divided(Container):
    """Two panes that share a width or a height.

    Args:
        first: The pane at the left or the top; the style sheet gives it its size until a person does.
        second: The other one, which has what is left.
    """

    BINDINGS = [
        Binding(
            "left_parenthesis",
            "move(-1)",
            "smaller",
            show=False,
            id="panes.smaller",
            tooltip="More room for the charts, less for the runs; a mouse drags the line between them",
        ),
        Binding(
            "right_parenthesis",
            "move(1)",
            "larger",
            show=False,
            id="panes.larger",
            tooltip="More room for the runs, less for the charts",
        ),
        Binding(
            "underscore",
            "reset",
            "even",
            show=False,
            id="panes.reset",
            tooltip="Runs and charts as large as at first; a double click on the line does the same",
        ),
    ]
    STEPS: Mapping[str, int] = {BESIDE: 4, STACKED: 1}
    """Cells that a key moves the rule by."""

    def __init__(self, first: Widget, second: Widget, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._first, self._second = first, second
        self._rule = Divider()
        self._shares: dict[str, float] = {}

    def compose(self) -> ComposeResult:
        yield self._first
        yield self._rule
        yield self._second

    @property
    def way(self) -> str:
        """How the panes stand to each other now: ``beside`` or ``stacked``."""
        return STACKED if self.styles.layout is not None and self.styles.layout.name == "vertical" else BESIDE

    @property
    def share(self) -> float | None:
        """How much of the room the first pane has, or None where the style sheet says it."""
        return self._shares.get(self.way)

    def on_resize(self) -> None:
        """The panes may stand to each other in the other way now."""
        self._arrange()

    def on_divider_dragged(self, message: Divider.Dragged) -> None:
        """Put the rule under the pointer."""
        message.stop()
        room = self.content_region
        self._move_to(message.y - room.y if self.way == STACKED else message.x - room.x)

    def on_divider_released(self, message: Divider.Released) -> None:
        """Put the rule where it was at first."""
        message.stop()
        self.action_reset()

    def action_move(self, steps: int) -> None:
        """So many steps more for the first pane."""
        size = self._first.outer_size
        cells = size.height if self.way == STACKED else size.width
        self._move_to(cells + steps * self.STEPS[self.way])

    def action_reset(self) -> None:
        """Give the panes the sizes that the style sheet says."""
        self._shares.pop(self.way, None)
        self._arrange()

    def _move_to(self, cells: int) -> None:
        """Give the first pane so many cells, as far as the other one can spare them."""
        size = self.content_size
        room = size.height if self.way == STACKED else size.width
        if room:
            self._shares[self.way] = min(max(cells / room, LEAST), MOST)
            self._arrange()

    def _arrange(self) -> None:
        way, share, styles = self.way, self.share, self._first.styles
        self._rule.set_class(way == STACKED, "-stacked")
        size = None if share is None else f"{math.ceil(share * 1e6) / 1e4}%"  # a hair less would lose a whole cell
        most = None if share is None else "100%"
        styles.width, styles.max_width = (size, most) if way == BESIDE else (None, None)
        styles.height, styles.max_height = (size, most) if way == STACKED else (None, None)

    # -- what is remembered ---------------------------------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """Where a person put the rule, as plain data for ``restore``."""
        return {"divider": dict(self._shares)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what ``state`` gave another time; what does not fit is ignored."""
        kept = state.get("divider")
        for way in (BESIDE, STACKED):
            share = kept.get(way) if isinstance(kept, Mapping) else None
            if isinstance(share, int | float) and LEAST <= share <= MOST:
                self._shares[way] = float(share)
        self._arrange()
