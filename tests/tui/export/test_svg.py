import math
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.charts.line import ChartSpec, Look
from tui.charts.smoothing import Smoothing
from tui.export.ink import inks_of
from tui.export.sketch import sketch
from tui.export.svg import write
from tui.show.palette import Swatch

Spec = Callable[..., ChartSpec]
SVG = "{http://www.w3.org/2000/svg}"
LIGHT = inks_of("runwatch-light")


def test_each_curve_is_a_group_with_its_line_its_band_and_its_colour(spec: Spec) -> None:
    root = ET.fromstring(write(sketch(spec([3, 2, 1], [4, 3, 2]), Look(smoothing=Smoothing(0.5)), 20), LIGHT))
    groups = root.findall(f"{SVG}g")
    assert [group.findtext(f"{SVG}title") for group in groups] == ["run-0", "run-1"]
    for slot, group in enumerate(groups):
        line, band = group.find(f"{SVG}polyline"), group.find(f"{SVG}polygon")
        assert line is not None
        assert band is not None
        assert line.get("stroke") == LIGHT.series[slot]


def test_the_second_round_of_colours_is_dashed_in_curve_and_legend(spec: Spec) -> None:
    given = spec([3, 2, 1])
    again = replace(given.lines[0], swatch=Swatch(0, "┅"))
    root = ET.fromstring(write(sketch(replace(given, lines=[given.lines[0], again]), Look(), 20), LIGHT))
    dashes = [line.get("stroke-dasharray") for line in root.iter(f"{SVG}polyline")]
    assert dashes == [None, "7 4"]
    assert "7 4" in [line.get("stroke-dasharray") for line in root.findall(f"{SVG}line")]


def test_size_and_words(spec: Spec) -> None:
    text = write(sketch(spec([3, 2, 1.5], metric="val/loss"), Look(), 20), LIGHT, 640, 320)
    root = ET.fromstring(text)
    assert (root.get("width"), root.get("height")) == ("640", "320")
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert words[0] == "val/loss"
    assert "run-0 1.500" in words
    assert "step" in words


def test_one_point_is_a_dot_and_nan_a_mark(spec: Spec) -> None:
    root = ET.fromstring(write(sketch(spec([1.0, math.nan, 2.0, 3.0]), Look(), 4), LIGHT))
    assert root.find(f".//{SVG}circle") is not None
    mark = root.find(f".//{SVG}path")
    assert mark is not None
    assert mark.findtext(f"{SVG}title") == "nan"


@given(st.text(max_size=30), st.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_name_gives_a_document_that_parses_and_holds_no_other_element(spec: Spec, name: str, metric: str) -> None:
    plain = write(sketch(spec([2, 1], names=["name"]), Look(), 5), LIGHT)
    text = write(sketch(spec([2, 1], names=[name], metric=metric), Look(), 5), LIGHT)
    tags = [node.tag for node in ET.fromstring(text).iter() if node.tag != f"{SVG}text"]
    assert tags == [node.tag for node in ET.fromstring(plain).iter() if node.tag != f"{SVG}text"]


def test_markup_in_a_name_is_text(spec: Spec) -> None:
    text = write(sketch(spec([2, 1], names=["<script>alert(1)</script>"]), Look(), 5), LIGHT)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_many_curves_share_the_legend_and_the_rest_is_counted(spec: Spec) -> None:
    text = write(sketch(spec(*([[2, 1]] * 30)), Look(), 5), LIGHT, 640, 480)
    root = ET.fromstring(text)
    assert len(root.findall(f"{SVG}g")) == 30
    assert "6 more curves" in text


def test_an_unknown_theme_is_named() -> None:
    with pytest.raises(KeyError, match="pink"):
        inks_of("pink")
