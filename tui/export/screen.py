"""A frame of the app as the bytes of a file: a vector picture, pixels, or text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.export.png import PillowMissingError
from tui.frame_text import plain
from tui.show.text import width

KINDS = (".svg", ".png", ".txt")
"""What a screen can be written as, by the end of the file's name."""
FONTS = ("DejaVuSansMono.ttf", "JetBrainsMono-Regular.ttf", "LiberationMono-Regular.ttf")
"""Fonts in which every character, braille too, is as wide as the others."""
CELL = (9, 18)
FONT_SIZE = 15
_DOTS = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""The bits of a braille character, row by row."""


class FontMissingError(OSError):
    """No font is installed in which a screen could be drawn."""


def screen(kind: str, rows: Sequence[Strip], ground: str, title: str) -> bytes:
    """The frame as ``kind``, one of ``KINDS``.

    Args:
        kind: The end of the file's name.
        rows: The frame, as ``tui.frame_text.frame`` gives it.
        ground: The colour of what nothing is drawn on, as ``#rrggbb``.
        title: What stands above a picture.

    Raises:
        OSError: it cannot be drawn here; the message says what is missing.
    """
    if kind == ".txt":
        return plain(list(rows)).encode("utf-8", "replace")
    if kind == ".png":
        return _png(rows, ground)
    return _svg(rows, title).encode("utf-8", "replace")


def _svg(rows: Sequence[Strip], title: str) -> str:
    from rich.console import Console
    from rich.segment import Segments

    columns = max((row.cell_length for row in rows), default=1)
    console = Console(width=columns, height=len(rows), file=io.StringIO(), force_terminal=True, record=True)
    console.print(Segments([part for row in rows for part in (*row, Segment("\n"))]), end="", soft_wrap=True)
    return console.export_svg(title=title)


def _png(rows: Sequence[Strip], ground: str) -> bytes:
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        raise PillowMissingError("PNG needs Pillow: pip install pillow, or write an .svg") from None
    columns = max((row.cell_length for row in rows), default=1)
    image = Image.new("RGB", (columns * CELL[0], len(rows) * CELL[1]), ground)
    draw, font = ImageDraw.Draw(image), _font()
    for y, row in enumerate(rows):
        x = 0
        for segment in filter(None, row):
            _segment(draw, font, x * CELL[0], y * CELL[1], segment, ground)
            x += segment.cell_length
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _font() -> Any:
    from PIL import ImageFont

    for name in FONTS:
        try:
            return ImageFont.truetype(name, FONT_SIZE)
        except OSError:
            continue
    raise FontMissingError(f"PNG of a screen needs a font such as {FONTS[0]}: install it, or write an .svg")


def _segment(draw: Any, font: Any, x: int, y: int, segment: Segment, ground: str) -> None:
    """One run of cells of one style, character by character, so that every one stands in its cell."""
    style = segment.style or Style.null()
    ink, paper = _colour(style.color, "#c0c0c0"), _colour(style.bgcolor, ground)
    if style.reverse:
        ink, paper = paper, ink
    draw.rectangle((x, y, x + segment.cell_length * CELL[0] - 1, y + CELL[1] - 1), fill=paper)
    for character in segment.text:
        if 0x2800 <= ord(character) <= 0x28FF:
            _braille(draw, x, y, ord(character) - 0x2800, ink)
        elif character != " ":
            draw.text((x, y), character, font=font, fill=ink, stroke_width=0.4 if style.bold else 0, stroke_fill=ink)
        x += width(character) * CELL[0]
    if style.underline:
        draw.line((x - segment.cell_length * CELL[0], y + CELL[1] - 2, x - 1, y + CELL[1] - 2), fill=ink)


def _braille(draw: Any, x: int, y: int, bits: int, ink: str) -> None:
    for place, bit in enumerate(_DOTS):
        if bits & bit:
            left, top = x + 1 + 4 * (place % 2), y + 1 + round(4.5 * (place // 2))
            draw.rectangle((left, top, left + 2, top + 2), fill=ink)


def _colour(colour: Color | None, default: str) -> str:
    if colour is None or colour.is_default:
        return default
    return colour.get_truecolor().hex
