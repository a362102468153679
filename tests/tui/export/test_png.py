import io
import math
import sys
from collections.abc import Callable

import pytest

from tui.charts.line import ChartSpec, Look
from tui.charts.smoothing import Smoothing
from tui.export.ink import inks_of
from tui.export.png import PillowMissingError, write
from tui.export.sketch import sketch

Spec = Callable[..., ChartSpec]
LIGHT = inks_of("runwatch-light")


def test_a_picture_of_that_size_in_the_colours_of_the_curves(spec: Spec) -> None:
    image_module = pytest.importorskip("PIL.Image")
    drawn = sketch(spec([1.0] * 50, [2.0] * 50, [1, math.nan, 3]), Look(smoothing=Smoothing(0.3)), 100)
    image = image_module.open(io.BytesIO(write(drawn, LIGHT, 400, 200)))
    assert (image.format, image.size) == ("PNG", (400, 200))
    colours = {colour for _, colour in image.getcolors(1 << 20)}
    for slot in range(2):
        wanted = tuple(int(LIGHT.series[slot][i : i + 2], 16) for i in (1, 3, 5))
        assert any(all(abs(a - b) < 40 for a, b in zip(colour, wanted, strict=True)) for colour in colours)


def test_one_point_can_be_drawn(spec: Spec) -> None:
    pytest.importorskip("PIL.Image")
    assert write(sketch(spec([1.0]), Look(), 10), LIGHT, 100, 80).startswith(b"\x89PNG")


def test_without_pillow_it_says_what_to_install(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(PillowMissingError, match="pip install pillow"):
        write(sketch(spec([1.0]), Look(), 10), LIGHT)
