"""Our themes: whatever is read in them can be read, and runs can be told apart."""

from __future__ import annotations

from itertools import combinations

import pytest
from rich.color import Color

from tests.tui.colour_vision import KINDS, difference
from tests.tui.legible import LEAST, MARKED, contrast, faint
from tui import themes
from tui.frame_text import frame
from tui.show.palette import SLOTS
from tui.themed_app import ThemedApp

INKS = ("foreground", "dim", "accent", "success", "warning", "error")


@pytest.mark.parametrize("theme", [ours.name for ours in themes.THEMES])
async def test_every_ink_can_be_read_on_every_ground(theme: str) -> None:
    app = ThemedApp(theme)
    async with app.run_test():
        colours = {name: Color.parse(text[:7]) for name, text in app.theme_variables.items() if text.startswith("#")}
    inks = [*INKS, *(name for name in colours if name.startswith(("series-", "state-")))]
    assert len(inks) >= len(INKS) + SLOTS + 8
    for grounds, least in ((("background", "surface", "panel"), LEAST), (("accent-muted", "warning-muted"), MARKED)):
        found = {(ink, ground): contrast(colours[ink], colours[ground]) for ink in inks for ground in grounds}
        assert {pair: round(value, 2) for pair, value in found.items() if value < least} == {}


@pytest.mark.parametrize(
    ("theme", "least", "least_to_some"),
    [(themes.DARK, 13, 6), (themes.LIGHT, 9, 4), (themes.SAFE, 12, 9)],
)
def test_any_two_runs_are_told_apart_by_their_colours(theme: str, least: float, least_to_some: float) -> None:
    """2 is just seen where two fields touch; thin curves need more."""
    variables = next(ours.variables for ours in themes.THEMES if ours.name == theme)
    series = [Color.parse(variables[f"series-{slot}"]) for slot in range(1, SLOTS + 1)]
    for kind in KINDS:
        pairs = {(one.name, other.name): difference(one, other, kind) for one, other in combinations(series, 2)}
        needed = least if kind == "all" else least_to_some
        assert {pair: round(found, 1) for pair, found in pairs.items() if found < needed} == {}, kind


async def test_what_is_faint_is_found() -> None:
    app = ThemedApp(themes.DARK)
    async with app.run_test() as pilot:
        from textual.widgets import Static

        await app.screen.mount(Static("readable"), Static("hidden words", id="hidden"))
        app.screen.query_one("#hidden").styles.color = app.theme_variables["faint"]
        await pilot.pause()
        rows = frame(app.screen, app.size)
        assert {word for word, _ in faint(rows, app.theme_variables)} == {"hidden words"}
