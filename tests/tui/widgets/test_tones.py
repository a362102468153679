"""Tones: the theme's variables as styles, worked out anew when the theme changes."""

from __future__ import annotations

import pytest
from rich.color import Color
from textual.app import ComposeResult
from textual.widget import Widget

from tests.tui.legible import contrast
from tui import themes
from tui.show.palette import SLOTS
from tui.themed_app import ThemedApp
from tui.widgets.ink_styles import QUIET, TONES
from tui.widgets.painted import ROLES
from tui.widgets.table_paint import TONES as TABLE_TONES
from tui.widgets.tones import Tone, Tones


class Shown(ThemedApp):
    def __init__(self, theme: str = themes.DARK) -> None:
        super().__init__(theme)
        self.ground = Widget()

    def compose(self) -> ComposeResult:
        yield self.ground


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT, themes.SAFE, "nord", "textual-ansi"])
async def test_every_tone_has_a_look_in_every_theme(theme: str) -> None:
    app = Shown(theme)
    async with app.run_test():
        for tones in (TONES, ROLES, TABLE_TONES):
            looks = Tones(app.ground, tones)
            assert all(looks[name] for name in tones)


async def test_a_share_of_a_colour_is_mixed_with_what_lies_below() -> None:
    app = Shown()
    async with app.run_test():
        tones = Tones(
            app.ground, {"full": Tone("foreground"), "none": Tone("foreground", 0.0), "bold": Tone(bold=True)}
        )
        ground = app.ground.background_colors[1].rich_color
        assert tones["none"].color == ground
        assert tones["full"].color == Color.parse(themes.THEMES[0].foreground or "")
        assert tones["bold"].bold
        assert tones["bold"].color is None
        with pytest.raises(KeyError):
            tones["nothing"]


async def test_another_theme_is_seen_after_forgetting() -> None:
    app = Shown()
    async with app.run_test() as pilot:
        tones = Tones(app.ground, {"dim": Tone("dim")})
        before = tones["dim"]
        app.theme = themes.LIGHT
        await pilot.pause()
        assert tones["dim"] == before
        tones.forget()
        assert tones["dim"].color == Color.parse(themes.THEMES[1].variables["dim"])


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT, themes.SAFE])
async def test_a_line_that_recedes_is_found_and_quieter_than_any_other(theme: str) -> None:
    app = Shown(theme)
    async with app.run_test():
        tones, ground = Tones(app.ground, TONES), app.ground.background_colors[1].rich_color
        for slot in range(1, SLOTS + 1):
            quiet, full = (tones[f"{name}-{slot}"].color for name in ("quiet", "series"))
            assert quiet is not None
            assert full is not None
            assert QUIET <= contrast(quiet, ground) < QUIET + 0.5 < contrast(full, ground)
