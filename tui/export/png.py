"""A chart as a PNG, by Pillow where that is installed: drawn twice as large and scaled down for smooth lines."""

from __future__ import annotations

import io
from typing import Any

from tui.export.dashes import dashed
from tui.export.ink import Inks
from tui.export.layout import FONT, Box, Layout, lay_out
from tui.export.sketch import Curve, Sketch, Stretch

_SCALE = 2


class PillowMissingError(OSError):
    """Pillow, which draws PNGs, is not installed."""


def write(sketch: Sketch, inks: Inks, width: int = 960, height: int = 480) -> bytes:
    """The picture.

    Args:
        sketch: What to draw.
        inks: The colours.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.

    Raises:
        PillowMissingError: it cannot be drawn here.
    """
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:
        raise PillowMissingError("PNG needs Pillow: pip install pillow, or write an .svg") from None
    layout = lay_out(sketch, width, height)
    image = Image.new("RGB", (width * _SCALE, height * _SCALE), inks.ground)
    font = _font(ImageFont)
    pen = _Pen(ImageDraw.Draw(image, "RGBA"), font, layout.box, inks)
    _axes(pen, sketch, layout)
    for curve in sketch.curves:
        _curve(pen, curve, band=sketch.smoothed)
    buffer = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _font(fonts: Any) -> Any:
    """DejaVu Sans, which knows most scripts, where the system has it; else Pillow's own Latin letters."""
    try:
        return fonts.truetype("DejaVuSans.ttf", FONT * _SCALE)
    except OSError:
        return fonts.load_default(FONT * _SCALE)


class _Pen:
    """Draws in the picture's own coordinates on a canvas that is larger."""

    def __init__(self, draw: Any, font: Any, box: Box, inks: Inks) -> None:
        self._draw = draw
        self._font = font
        self.box = box
        self.inks = inks

    def line(self, points: list[tuple[float, float]], colour: str, width: float = 1.0) -> None:
        self._draw.line(self._large(points), fill=colour, width=round(width * _SCALE), joint="curve")

    def polygon(self, points: list[tuple[float, float]], colour: str, opacity: float = 1.0) -> None:
        self._draw.polygon(self._large(points), fill=colour + f"{round(opacity * 255):02x}")

    def text(self, x: float, y: float, text: str, colour: str, anchor: str = "ls") -> None:
        self._draw.text((x * _SCALE, y * _SCALE), text, fill=colour, font=self._font, anchor=anchor)

    @staticmethod
    def _large(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * _SCALE, y * _SCALE) for x, y in points]


def _axes(pen: _Pen, sketch: Sketch, layout: Layout) -> None:
    box, inks = layout.box, pen.inks
    pen.text(layout.left, layout.title_y, sketch.title, inks.text)
    for entry in layout.entries:
        colour = inks.series[entry.swatch.slot % len(inks.series)]
        for piece in dashed([(entry.x, entry.y - 5), (entry.x + 14, entry.y - 5)], entry.swatch.marker):
            pen.line(piece, colour, 3)
        pen.text(entry.x + 20, entry.y, entry.text, inks.text)
    for tick in sketch.y_ticks:
        y = box.y_at(tick.at)
        pen.line([(box.left, y), (box.right, y)], inks.faint)
        pen.text(box.left - 8, y, tick.label, inks.dim, "rm")
    for tick in sketch.x_ticks:
        x = box.x_at(tick.at)
        pen.line([(x, box.bottom), (x, box.bottom + 5)], inks.dim)
        pen.text(x, box.bottom + 20, tick.label, inks.dim, "ms")
    pen.line([(box.left, box.bottom), (box.right, box.bottom)], inks.dim)
    pen.text(box.right, layout.caption_y, layout.caption, inks.dim, "rs")


def _curve(pen: _Pen, curve: Curve, *, band: bool) -> None:
    colour = pen.inks.series[curve.swatch.slot % len(pen.inks.series)]
    for stretch in curve.stretches:
        _stretch(pen, stretch, colour, curve.swatch.marker, band=band)
    for mark in curve.marks:
        x, y = pen.box.x_at(mark.at), pen.box.bottom
        pen.polygon([(x - 4, y), (x + 4, y), (x, y - 7)], colour)


def _stretch(pen: _Pen, stretch: Stretch, colour: str, marker: str, *, band: bool) -> None:
    xs = [pen.box.x_at(x) for x in stretch.x.tolist()]
    ys, lows, highs = ([pen.box.y_at(y) for y in row.tolist()] for row in (stretch.y, stretch.low, stretch.high))
    if len(xs) == 1:
        x, y = xs[0], ys[0]
        pen.polygon([(x - 2, y), (x, y - 2), (x + 2, y), (x, y + 2)], colour)
        return
    edge = list(zip(xs, highs, strict=True)) + list(zip(xs[::-1], lows[::-1], strict=True))
    pen.polygon(edge, colour, 0.18 if band else 0.35)
    for piece in dashed(list(zip(xs, ys, strict=True)), marker):
        pen.line(piece, colour, 1.6)
