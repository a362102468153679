"""A chart as an SVG document: plain elements, no script, no style sheet, no font of its own (SVG 1.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from tui.export.dashes import DASHES
from tui.export.ink import Inks
from tui.export.layout import FONT, Box, Entry, Layout, lay_out
from tui.export.sketch import Curve, Sketch, Stretch
from tui.show.palette import Swatch


@dataclass(frozen=True, slots=True)
class _Pen:
    """Turns shares of the square into coordinates of the document."""

    box: Box

    def point(self, x: float, y: float) -> str:
        return f"{self.box.x_at(x):.1f},{self.box.y_at(y):.1f}"

    def points(self, xs: Iterable[float], ys: Iterable[float]) -> str:
        return " ".join(self.point(x, y) for x, y in zip(xs, ys, strict=True))


def write(sketch: Sketch, inks: Inks, width: int = 960, height: int = 480) -> str:
    """The document.

    Args:
        sketch: What to draw.
        inks: The colours.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
    """
    layout = lay_out(sketch, width, height)
    pen = _Pen(layout.box)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif" font-size="{FONT}">',
        f"<title>{escape(sketch.title)}</title>",
        f'<rect width="100%" height="100%" fill="{inks.ground}"/>',
        _text(layout.left, layout.title_y, sketch.title, inks.text, weight="600"),
        *(_entry(entry, inks) for entry in layout.entries),
        *_axes(sketch, layout, inks),
    ]
    for curve in sketch.curves:
        parts += _curve(curve, pen, inks, band=sketch.smoothed)
    return "\n".join([*parts, "</svg>", ""])


def _axes(sketch: Sketch, layout: Layout, inks: Inks) -> Iterable[str]:
    box = layout.box
    for tick in sketch.y_ticks:
        y = box.y_at(tick.at)
        yield _line(box.left, y, box.right, y, inks.faint)
        yield _text(box.left - 8, y + 4, tick.label, inks.dim, anchor="end")
    for tick in sketch.x_ticks:
        x = box.x_at(tick.at)
        yield _line(x, box.bottom, x, box.bottom + 5, inks.dim)
        yield _text(x, box.bottom + 20, tick.label, inks.dim, anchor="middle")
    yield _line(box.left, box.bottom, box.right, box.bottom, inks.dim)
    yield _text(box.right, layout.caption_y, layout.caption, inks.dim, anchor="end")


def _entry(entry: Entry, inks: Inks) -> str:
    colour = inks.series[entry.swatch.slot % len(inks.series)]
    y = f"{entry.y - 5.5:.1f}"
    where = f'x1="{entry.x:.1f}" y1="{y}" x2="{entry.x + 14:.1f}" y2="{y}"'
    swatch = f'<line {where} stroke="{colour}" stroke-width="3"{_dashes(entry.swatch)}/>'
    return swatch + _text(entry.x + 20, entry.y, entry.text, inks.text)


def _curve(curve: Curve, pen: _Pen, inks: Inks, *, band: bool) -> Iterable[str]:
    colour = inks.series[curve.swatch.slot % len(inks.series)]
    yield f"<g><title>{escape(curve.name)}</title>"
    for stretch in curve.stretches:
        yield from _stretch(stretch, pen, colour, _dashes(curve.swatch), band=band)
    for mark in curve.marks:
        x, y = pen.box.x_at(mark.at), pen.box.bottom
        yield f'<path d="M{x - 4:.1f} {y:.1f}h8l-4 -7z" fill="{colour}"><title>{escape(mark.kind)}</title></path>'
    yield "</g>"


def _dashes(swatch: Swatch) -> str:
    """The attribute that dashes a line."""
    on_off = DASHES.get(swatch.marker)
    return "" if on_off is None else f' stroke-dasharray="{on_off[0]:g} {on_off[1]:g}"'


def _stretch(stretch: Stretch, pen: _Pen, colour: str, dashes: str, *, band: bool) -> Iterable[str]:
    if len(stretch.x) == 1:
        x, y = pen.box.x_at(float(stretch.x[0])), pen.box.y_at(float(stretch.y[0]))
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{colour}"/>'
        return
    edge = pen.points(stretch.x, stretch.high) + " " + pen.points(stretch.x[::-1], stretch.low[::-1])
    yield f'<polygon points="{edge}" fill="{colour}" opacity="{0.18 if band else 0.35}"/>'
    yield (
        f'<polyline points="{pen.points(stretch.x, stretch.y)}" fill="none" stroke="{colour}" stroke-width="1.6" '
        f'stroke-linejoin="round"{dashes}/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start", weight: str = "400") -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" font-weight={quoteattr(weight)}'
    return f"<text {where}>{escape(text)}</text>" if text else ""
