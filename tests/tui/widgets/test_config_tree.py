"""The config of one run as a tree."""

from __future__ import annotations

from tests.tui.panel_app import PanelApp
from tui.widgets.config_tree import ConfigTree
from tui.widgets.line_view import LineView

CONFIG = {"lr": 3e-4, "model": {"depth": 12, "head": {"dim": 64}}, "name": "ad\x1bamw [bold]", "empty": {}}


def tree_app() -> PanelApp[ConfigTree]:
    return PanelApp(ConfigTree(), lambda tree: tree.show(CONFIG))


async def test_keys_and_values_stand_in_two_columns_below_their_branches() -> None:
    shown = tree_app()
    async with shown.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        assert [line for line in shown.seen() if line] == [
            " config  5 keys",
            " lr        3e-4",
            " ▾ model",
            "   depth   12",
            "   ▾ head",
            "     dim   64",
            " name      ad␛amw [bold]",
            " empty     {}",
        ]


async def test_branches_close_and_open_and_stay_so_when_the_config_comes_again() -> None:
    shown = tree_app()
    async with shown.run_test(size=(40, 12)) as pilot:
        await pilot.press("down", "enter")
        assert [line for line in shown.seen() if line][2:4] == [" ▸ model  2 keys", " name      ad␛amw [bold]"]
        shown.widget.show({**CONFIG})
        await pilot.pause()
        assert shown.seen()[2] == " ▸ model  2 keys"
        await pilot.press("space")
        assert shown.seen()[2] == " ▾ model"


async def test_a_value_is_opened_and_copied() -> None:
    shown = tree_app()
    async with shown.run_test(size=(40, 12)) as pilot:
        await pilot.press("enter")
        (opened,) = shown.told
        assert isinstance(opened, LineView.Opened)
        row = shown.widget.row_at(opened.row)
        assert row is not None
        assert (row.path, row.value) == (("lr",), 3e-4)
        await pilot.press("y")
        assert shown.clipboard == "3e-4"
        await pilot.press("down", "y")
        assert shown.clipboard.splitlines()[1:3] == ['  "depth": 12,', '  "head": {']
        await pilot.press("Y")
        assert shown.clipboard.startswith('{\n  "lr": 0.0003,')


async def test_a_search_shows_what_matches_and_the_way_to_it() -> None:
    shown = tree_app()
    async with shown.run_test(size=(40, 12)) as pilot:
        await pilot.press("down", "enter")
        await pilot.press("slash")
        await pilot.press(*"dim")
        assert [line for line in shown.seen() if line] == [
            " config  5 keys  /dim▏",
            " ▾ model",
            "   ▾ head",
            "     dim   64",
        ]
        await pilot.press(*"zz")
        assert shown.seen()[1] == " nothing holds 'dimzz': escape clears the search"[:40].rstrip()


async def test_a_run_without_config_says_so() -> None:
    shown: PanelApp[ConfigTree] = PanelApp(ConfigTree())
    async with shown.run_test(size=(40, 5)) as pilot:
        await pilot.press("enter", "y")
        assert shown.seen()[1] == " no config: logstore.init(config=…)"
        assert (shown.told, shown.clipboard) == ([], "")
