"""The page of a run that did not finish, as a widget."""

from __future__ import annotations

from tests.tui.panel_app import PanelApp
from tests.tui.store import NOW, Told, model
from tui.details.postmortem import post_mortem
from tui.widgets.postmortem import PostMortemView

TOLD = Told(
    "otter",
    metrics={"val/loss": [3.0, 1.0, 2.0]},
    record={"state": "failed", "exit_code": 1, "error": "ValueError: [bold]x", "command": ["python", "t.py"]},
)
CARD = post_mortem(model(TOLD).runs[TOLD.key], [f"line {i}" for i in range(40)], None, NOW)


async def test_the_card_is_shown_scrolled_searched_and_its_command_copied() -> None:
    shown = PanelApp(PostMortemView(), lambda view: view.show(CARD, NOW))
    async with shown.run_test(size=(70, 16)) as pilot:
        await pilot.pause()
        assert shown.seen()[0].rstrip("▁▂▃▄▅▆▇█ ") == " ✖ an exception: ValueError: [bold]x"
        await pilot.press("y")
        assert shown.clipboard == "LOGSTORE_RUN_ID=otter LOGSTORE_RESUME=allow python t.py"
        await pilot.press("end")
        await pilot.pause()
        assert any("line 39" in line for line in shown.seen())
        await pilot.press("slash")
        await pilot.press(*"line 2")
        assert shown.seen()[0].startswith("  /line 2")


async def test_before_there_is_a_card_it_says_what_it_does() -> None:
    shown: PanelApp[PostMortemView] = PanelApp(PostMortemView())
    async with shown.run_test(size=(60, 5)) as pilot:
        await pilot.press("y")
        assert shown.seen()[0] == " looking at what is left"
