"""Our themes: whatever is read in them can be read, and runs can be told apart."""

from __future__ import annotations

import pytest
from rich.color import Color

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


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_no_two_runs_have_one_colour(theme: object) -> None:
    assert isinstance(theme, type(themes.THEMES[0]))
    assert len({theme.variables[f"series-{slot}"] for slot in range(1, SLOTS + 1)}) == SLOTS


async def test_what_is_faint_is_found() -> None:
    app = ThemedApp(themes.DARK)
    async with app.run_test() as pilot:
        from textual.widgets import Static

        await app.screen.mount(Static("readable"), Static("hidden words", id="hidden"))
        app.screen.query_one("#hidden").styles.color = app.theme_variables["faint"]
        await pilot.pause()
        rows = frame(app.screen, app.size)
        assert {word for word, _ in faint(rows, app.theme_variables)} == {"hidden words"}
