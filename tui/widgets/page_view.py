"""The ground of a grid of charts: it puts each chart where its page says and draws the lines between them.

A heading stands above the row of charts in which its section begins; the last line lists folded sections and says what
all charts have in common and which page this is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.strip import Strip
from textual.widget import Widget

from tui.charts.celltext import cut, plain, width
from tui.charts.paging import Heading, Page, Place
from tui.widgets.chart import Chart

OPEN, FOLDED = "▾", "▸"
_BETWEEN = "   "

Part = tuple[str, str]


class PageLayout(Layout):
    """Places the charts of a ``PageView``; charts not on its page get no room, other children the last line."""

    name = "page"

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,
        greedy: bool = True,  # noqa: ARG002
    ) -> ArrangeResult:
        """A region for each chart."""
        parent.pre_layout(self)
        places = {place.metric: place for place in parent.page.places} if isinstance(parent, PageView) else {}
        return [WidgetPlacement(_region(child, places, size), NULL_OFFSET, NULL_SPACING, child) for child in children]


def _region(child: Widget, places: Mapping[str, Place], size: Size) -> Region:
    """Where a chart's place is; what is no chart gets the last line."""
    if not isinstance(child, Chart):
        return Region(0, max(0, size.height - 1), size.width, min(1, size.height))
    place = places.get(child.metric)
    return Region(place.left, place.top, place.width, place.height) if place else Region(0, 0, 0, 0)


class PageView(Widget):
    """Shows one page: ``page`` is set by the subclass, which also mounts the charts."""

    COMPONENT_CLASSES = {"page-view--heading", "page-view--rule", "page-view--foot"}
    DEFAULT_CSS = """
    PageView { width: 1fr; height: 1fr; }
    PageView > .page-view--heading { color: $dim; text-style: bold; }
    PageView > .page-view--rule { color: $faint; }
    PageView > .page-view--foot { color: $dim; }
    """

    def __init__(self, *, name: str | None, id: str | None, classes: str | None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._layout_of_page = PageLayout()
        self.page = Page()
        self.pattern_text = ""
        self.notes: tuple[str, ...] = ()
        self.empty_text = "no metrics yet"
        self.left_out_text = ""

    @property
    def layout(self) -> Layout:
        """Charts stand where the page says."""
        return self._layout_of_page

    def render_line(self, y: int) -> Strip:
        """A line that no chart covers."""
        base = self.rich_style
        parts = self._parts(y)
        if not parts:
            return Strip.blank(self.size.width, base)
        segments = [
            Segment(text, self.get_component_rich_style(f"page-view--{role}") if role else base) for text, role in parts
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _parts(self, y: int) -> list[Part]:
        headings = [heading for heading in self.page.headings if heading.top == y]
        if headings:
            return heading_parts(headings)
        if self.page.foot and y == self.size.height - 1:
            left = [*_folded_texts(self.page.folded), self.pattern_text]
            page = f"page {self.page.number + 1} of {self.page.pages}" if self.page.pages > 1 else ""
            return [(foot_text(left, [*self.notes, page], self.size.width), "foot")]
        if not self.page.places and y == self.size.height // 3:
            text = self.left_out_text or self.empty_text
            return [(cut(text, self.size.width).center(self.size.width), "foot")]
        return []

    def section_at(self, x: int, y: int) -> str | None:
        """The section whose heading, or whose name on the last line, is at these cells."""
        for heading in self.page.headings:
            if heading.top == y and heading.left <= x < heading.left + heading.width:
                return heading.section
        if not self.page.foot or y != self.size.height - 1:
            return None
        at = 1
        for name, text in zip(self.page.folded, _folded_texts(self.page.folded), strict=True):
            if at <= x < at + width(text):
                return name
            at += width(text) + len(_BETWEEN)
        return None


def heading_parts(headings: Sequence[Heading]) -> list[Part]:
    """The headings of one line, each with a rule up to the next."""
    parts: list[Part] = []
    at = 0
    for heading in headings:
        text = f" {OPEN} {_named(heading.section, heading.width - 6)} "
        parts += [(" " * (heading.left - at), ""), (text, "heading")]
        parts.append(("─" * max(0, heading.width - width(text)), "rule"))
        at = heading.left + heading.width
    return [part for part in parts if part[0]]


def foot_text(left: Sequence[str], right: Sequence[str], cells: int) -> str:
    """The last line; what stands on the right is kept where both do not fit."""
    end = " · ".join(text for text in right if text)
    space = max(0, cells - 2 - width(end))
    start = cut(_BETWEEN.join(text for text in left if text), space)
    return " " + start + " " * (space - width(start)) + end


def _folded_texts(folded: Mapping[str, int]) -> list[str]:
    return [f"{FOLDED} {_named(name, 24)} {count}" for name, count in folded.items()]


def _named(section: str, cells: int) -> str:
    return cut(plain(section) or "other", max(1, cells))
