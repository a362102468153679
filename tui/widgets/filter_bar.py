"""The filter's line: what is typed, how many rows pass, and what is wrong with it, all in one row.

What is typed is compiled at each key. While it is no filter yet (``lr<``), the last one that was stays in force, and
the right side says what is expected: quietly where only the end is missing, as an error where something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tui.show.text import clean
from tui.table.fields import field_names
from tui.table.order import Predicate
from tui.table.query import QueryError, compile_query

_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
"""Names that need no quotes; only these are offered."""


class FilterBar(Horizontal):
    """One line to type a filter in."""

    DEFAULT_CSS = """
    FilterBar { height: 1; width: 1fr; background: $background; }
    FilterBar > .filter-bar--prompt { width: 3; color: $accent; padding: 0 1; }
    FilterBar > Input { width: 1fr; min-width: 16; background: $background; }
    FilterBar > .filter-bar--note { width: auto; max-width: 70%; padding: 0 1; color: $dim; }
    FilterBar > .filter-bar--note.-wrong { color: $error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="filter.cancel", tooltip="Leave the filter as it was before"),
        Binding("enter", "submit", "keep", id="filter.keep", tooltip="Keep the filter", priority=True),
        Binding("down", "submit", "rows", show=False, id="filter.rows", tooltip="Keep the filter and go to the rows"),
    ]

    @dataclass
    class Sent(Message):
        """What all messages of the bar have: who sent them, and the filter."""

        bar: FilterBar
        text: str
        predicate: Predicate | None
        """The filter; None when the line is empty."""

        @property
        def control(self) -> FilterBar:
            """The bar, for ``@on(..., selector)``."""
            return self.bar

    @dataclass
    class Changed(Sent):
        """Another filter was typed, and it is one."""

    @dataclass
    class Submitted(Sent):
        """A person is done with typing."""

    @dataclass
    class Cancelled(Sent):
        """A person wants the filter as it was when typing began."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._words = _Words()
        self._input = Input(
            placeholder="name, lr<1e-3, state=running, …", suggester=self._words, compact=True, select_on_focus=False
        )
        self._note = Static("", classes="filter-bar--note", markup=False)
        self._good: tuple[str, Predicate | None] = ("", None)
        self._before: tuple[str, Predicate | None] = self._good
        self._counts = ""
        self._is_asked = False
        self._error: QueryError | None = None

    def compose(self) -> ComposeResult:
        yield Static("/", classes="filter-bar--prompt")
        yield self._input
        yield self._note

    @property
    def text(self) -> str:
        """The last text that was a filter."""
        return self._good[0]

    @text.setter
    def text(self, text: str) -> None:
        self._input.value = text

    @property
    def predicate(self) -> Predicate | None:
        """The last filter; None when there is none."""
        return self._good[1]

    def count(self, shown: int, total: int, missing: Iterable[str] = ()) -> None:
        """Say that ``shown`` of ``total`` rows pass, and which fields no row has (most likely misspelt)."""
        self._counts = f"{shown} of {total}"
        unknown = ", ".join(map(clean, missing))
        if unknown:
            self._counts = f"no run has {unknown} · {self._counts}"
        self._say()

    def know(self, names: Iterable[str]) -> None:
        """Offer these config keys and metrics while a person types."""
        self._words.names = (*field_names(), *(name for name in names if _PLAIN.fullmatch(name)))

    def focus(self, scroll_visible: bool = True) -> FilterBar:
        """Begin to type; what is the filter now is what a cancel goes back to."""
        self._before = self._good
        # At once, not with the next message: what is typed right after the key that led here belongs into the line.
        self.screen.set_focus(self._input, scroll_visible)
        return self

    def action_cancel(self) -> None:
        """Go back to the filter of before."""
        self._input.value = self._before[0]
        self._good = self._before
        self._fault(None)
        self.post_message(self.Cancelled(self, *self._good))

    def action_submit(self) -> None:
        """Keep the filter; where what is typed is none, say what is wrong with it, and stay."""
        self._is_asked = True
        if self._error is None:
            self.post_message(self.Submitted(self, *self._good))
        else:
            self._say()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == self._good[0]:
            self._fault(None)
            return
        try:
            predicate = compile_query(event.value)
        except QueryError as error:
            self._fault(error)
            return
        self._good = (event.value, predicate if event.value.strip() else None)
        self._fault(None)
        self.post_message(self.Changed(self, *self._good))

    def _fault(self, error: QueryError | None) -> None:
        self._error, self._is_asked = error, False
        self._say()

    def _say(self) -> None:
        at_end = self._error is not None and self._error.position >= len(self._input.value.rstrip())
        unfinished = at_end and not self._is_asked
        self._note.set_class(self._error is not None and not unfinished, "-wrong")
        self._note.update(self._message(unfinished=unfinished))

    def _message(self, *, unfinished: bool) -> Text:
        text = self._counts
        if self._error is not None:
            text = clean(f"… {self._error.expected}" if unfinished else f"✖ {self._error}")
        return Text(text, no_wrap=True, overflow="ellipsis")


class _Words(Suggester):
    """Completes the name that is being typed at the end of the line."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.names: tuple[str, ...] = field_names()

    async def get_suggestion(self, value: str) -> str | None:
        return completed(value, self.names)


def completed(text: str, names: Iterable[str]) -> str | None:
    """``text`` with the name at its end completed to the first of ``names`` that begins so, or None."""
    head = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")
    begun = text[len(head) :]
    if not begun or head.rstrip().endswith(("=", "<", ">", "~", ":")):
        return None
    return next((head + name for name in names if name.startswith(begun) and name != begun), None)
