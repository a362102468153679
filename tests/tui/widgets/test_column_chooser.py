"""``tui.widgets.column_chooser``: search, choose and order columns with the keyboard or the mouse."""

from __future__ import annotations

from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import OptionList

from tui.table.choices import available
from tui.themed_app import ThemedApp
from tui.widgets.column_chooser import ColumnChooser

OFFERED = available(["val/loss", "acc"], ["lr"])


class Sample(ThemedApp):
    """Opens a chooser and keeps what it gave."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[tuple[str, ...] | None] = []

    def on_mount(self) -> None:
        self.push_screen(ColumnChooser(OFFERED, ["name", "state", "step"]), self.given.append)


def lines(pilot: Pilot[None]) -> list[str]:
    found = pilot.app.screen.query_one(OptionList)
    return [str(option.prompt) for option in found.options]


async def test_chosen_columns_are_listed_first_with_their_place_and_meaning() -> None:
    async with Sample().run_test(size=(80, 24)) as pilot:
        assert lines(pilot)[0].split()[:4] == ["✓", "1", "state", "what"]
        assert lines(pilot)[1].startswith("✓ 2 step")
        assert lines(pilot)[2].startswith("    step/s")


async def test_enter_shows_and_hides_and_escape_gives_the_columns() -> None:
    app = Sample()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", *"loss min", "enter", "escape")
        assert app.given == [("name", "step", "metric:val/loss:min")]


async def test_nothing_changed_is_nothing_given() -> None:
    app = Sample()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "up", "escape")
        assert app.given == [None]


async def test_columns_are_moved_with_shift_and_an_arrow_and_the_highlight_goes_with_them() -> None:
    app = Sample()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "shift+up")
        assert lines(pilot)[0].startswith("✓ 1 step")
        await pilot.press("ctrl+down", "escape")
        assert app.given == [None]


async def test_a_column_that_is_not_offered_can_be_typed_by_its_id() -> None:
    app = Sample()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"config.warmup", "enter", "escape")
        assert app.given == [("name", "state", "step", "config.warmup")]


async def test_a_column_can_be_typed_as_in_a_filter() -> None:
    app = Sample()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"best(val/loss)", "enter", "escape")
        assert app.given == [("name", "state", "step", "metric:val/loss:best")]


async def test_a_search_that_finds_nothing_does_nothing() -> None:
    app = Sample()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"zzz", "down", "enter", "shift+up", "escape")
        assert app.given == [None]


async def test_a_click_chooses() -> None:
    app = Sample()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(OptionList, offset=(6, 2))
        await pilot.press("escape")
        assert app.given == [("name", "state", "step", "speed")]


async def test_odd_names_are_shown_as_text() -> None:
    app = Sample()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(ColumnChooser(["metric:[bold]\x1b[31mx"], ["name"]))
        await pilot.pause()
        assert "[bold]␛[31mx" in lines(pilot)[0]


def test_every_key_can_be_remapped_and_explains_itself() -> None:
    bindings = [binding for binding in ColumnChooser.BINDINGS if isinstance(binding, Binding)]
    assert [b for b in bindings if not (b.id or "").startswith("chooser.") or not b.tooltip] == []


async def test_its_border_tells_the_keys_as_they_are_set() -> None:
    app = Sample()
    app.set_keymap({"chooser.done": "f10"})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        told = str(pilot.app.screen.query_one("#frame").border_subtitle)
        assert told.startswith("⏎ show/hide")
        assert told.endswith("f10 done")


async def test_a_click_beside_it_closes_it_with_what_was_chosen() -> None:
    app = Sample()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await pilot.click("#frame", offset=(0, 0))
        assert app.given == []
        await pilot.click(offset=(1, 1))
        assert app.given == [("name", "step")]
