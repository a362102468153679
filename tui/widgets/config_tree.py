"""The config of one run as a tree: dim keys, bright values, branches that open and close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.details.config_rows import ConfigRow, Path, config_rows
from tui.show.spans import Line, Span, gap, mark, pad
from tui.show.text import clean, fit, width
from tui.show.values import pretty
from tui.widgets.line_view import LineView

INDENT = 2
_LONGEST = 400


class ConfigTree(LineView):
    """A nested config. Enter closes and opens a branch, and opens a value (``LineView.Opened``)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open_row", "Open", id="config.open", show=False, tooltip="Open or close; whole value"),
        Binding("y", "copy", "Copy", id="config.copy", tooltip="Copy the value under the cursor"),
        Binding("Y", "copy_all", "Copy config", id="config.copy_all", show=False, tooltip="Copy the config as JSON"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.config: Mapping[str, object] = {}
        self._shut: set[Path] = set()
        self._rows: list[ConfigRow] = []
        self._key_cells = self._leaves = 0

    def show(self, config: Mapping[str, object]) -> None:
        """Show another config; branches that are closed stay closed."""
        if config is not self.config:
            self.config = config
            self._leaves = sum(not row.keys for row in config_rows(config))
            self.rows_changed()

    def row_at(self, index: int) -> ConfigRow | None:
        """The row at ``index``, None where there is none."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def rows_changed(self) -> None:
        self._rows = config_rows(self.config, self._shut, self.needle)
        widest = max((INDENT * row.depth + width(clean(row.name)) for row in self._rows if not row.keys), default=0)
        self._key_cells = max(8, min(widest, self.scrollable_content_region.width // 2))
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def header(self) -> list[Line]:
        count = f"  {self._leaves} key{'s' * (self._leaves != 1)}" if self.config else ""
        return [[Span(" config", "strong"), Span(count, "dim"), *self.search_spans()]]

    def empty(self) -> Line:
        if self.needle:
            return [Span(f" nothing holds {clean(self.needle)!r}: escape clears the search", "dim")]
        return [Span(" no config: logstore.init(config=…)", "dim")]

    def row(self, index: int) -> Line:
        row = self._rows[index]
        indent = gap(1 + INDENT * row.depth)
        if row.keys:
            sign = Span("▸ " if row.closed else "▾ ", "dim")
            count = [Span(f"  {row.keys} keys", "dim")] if row.closed else []
            return self._fitted([indent, sign, Span(clean(row.name)), *count])
        name = fit(row.name, max(4, self._key_cells - INDENT * row.depth))
        return self._fitted([indent, Span(name, "dim"), gap(2), Span(clean(row.text[:_LONGEST]))])

    def _fitted(self, line: Line) -> Line:
        return mark(pad(line, self.scrollable_content_region.width), self.needle, "match")

    def action_open_row(self) -> None:
        row = self.row_at(self.cursor)
        if row is None:
            return
        if not row.keys:
            self.post_message(self.Opened(self, self.cursor))
            return
        self._shut ^= {row.path}
        self.rows_changed()

    def action_copy(self) -> None:
        row = self.row_at(self.cursor)
        if row is not None:
            self.app.copy_to_clipboard(pretty(row.value))
            self.notify("Copied the value", timeout=2)

    def action_copy_all(self) -> None:
        self.app.copy_to_clipboard(pretty(self.config))
        self.notify("Copied the config", timeout=2)
