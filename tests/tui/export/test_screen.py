"""``tui.export.screen``: a frame of the app as SVG, PNG and text."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.export import screen as module
from tui.export.screen import CELL, KINDS, FontMissingError, screen

INK = Style(color="#ff0000", bgcolor="#000040", bold=True)
ROWS = [
    Strip([Segment("run ", INK), Segment("⣿日", Style(color="#00ff00"))]),
    Strip([Segment("", INK), Segment("a<b>&c ", Style(reverse=True, underline=True))]),
]


def test_text_is_what_the_cells_say() -> None:
    assert screen(".txt", ROWS, "#101010", "t") == "run ⣿日\na<b>&c\n".encode()


def test_an_svg_holds_the_text_and_is_well_formed() -> None:
    root = ET.fromstring(screen(".svg", ROWS, "#101010", "runwatch"))
    text = "".join(root.itertext()).replace("\xa0", " ")
    assert root.tag.endswith("svg")
    assert "a<b>&c" in text
    assert "⣿" in text


def test_a_png_has_a_cell_for_each_and_its_colours() -> None:
    picture = Image.open(io.BytesIO(screen(".png", ROWS, "#101010", "t"))).convert("RGB")
    assert picture.size == (7 * CELL[0], 2 * CELL[1])
    assert picture.getpixel((3 * CELL[0] + 4, 4)) == (0, 0, 64)
    colours = {colour for _, colour in picture.getcolors(4096) or []}
    assert (0, 255, 0) in colours
    assert (16, 16, 16) in colours


def test_without_a_font_the_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FONTS", ("no-such-font.ttf",))
    with pytest.raises(
        FontMissingError, match=r"needs a font such as no-such-font\.ttf: install it, or write an \.svg"
    ):
        screen(".png", ROWS, "#101010", "t")


def test_every_kind_is_made() -> None:
    assert all(screen(kind, ROWS, "#101010", "t") for kind in KINDS)
