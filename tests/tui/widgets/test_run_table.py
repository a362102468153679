"""``tui.widgets.run_table``: what keys, mouse and changing rows do to what is on the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import MouseEvent, MouseScrollDown, MouseScrollLeft, MouseScrollRight, MouseScrollUp
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from tests.tui.table.fake_row import FakeRow, rows
from tui.show.palette import Swatch
from tui.show.text import width
from tui.table.columns import default_columns
from tui.table.query import compile_query
from tui.table.sorting import Order, Sort
from tui.themed_app import ThemedApp
from tui.themes import THEMES
from tui.widgets.run_table import RunTable

LOSS = "metric:val/loss"


class Watched(RunTable):
    """A table that notes which of its lines were asked to be painted."""

    def __init__(self, columns: Sequence[str], settle: float) -> None:
        super().__init__(columns, empty="no runs yet", settle=settle)
        self.painted: list[int] = []

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Watched:
        self.painted += [region.y for region in regions]
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Sample(ThemedApp):
    """A table and what it sent."""

    def __init__(self, given: Sequence[FakeRow], theme: str = THEMES[0].name, settle: float = 0.01) -> None:
        super().__init__(theme)
        self.rows = list(given)
        self.table = Watched(default_columns(["val/loss"]), settle)
        self.sent: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.set_rows(self.rows)
        self.table.focus()

    def on_run_table_opened(self, message: RunTable.Opened) -> None:
        self.sent.append(message)

    def on_run_table_cursor_moved(self, message: RunTable.CursorMoved) -> None:
        self.sent.append(message)

    def on_run_table_marks_changed(self, message: RunTable.MarksChanged) -> None:
        self.sent.append(message)

    def on_run_table_sort_changed(self, message: RunTable.SortChanged) -> None:
        self.sent.append(message)

    def on_run_table_columns_requested(self, message: RunTable.ColumnsRequested) -> None:
        self.sent.append(message)

    def on_run_table_group_requested(self, message: RunTable.GroupRequested) -> None:
        self.sent.append(message)

    def on_run_table_mine_changed(self, message: RunTable.MineChanged) -> None:
        self.sent.append(message)

    def on_run_table_group_changed(self, message: RunTable.GroupChanged) -> None:
        self.sent.append(message)

    def last(self, kind: type[Message]) -> Any:
        return [message for message in self.sent if isinstance(message, kind)][-1]


def text(table: RunTable) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


def marks(app: Sample) -> tuple[str, ...]:
    return app.table.marks


def sort(app: Sample) -> Sort:
    return app.table.sort


def names(table: RunTable) -> list[str]:
    return [line[3:].split()[0] for line in text(table)[1:] if line.strip()]


def column_x(table: RunTable, column_id: str) -> int:
    placed = table.view.columns.layout.find(column_id)
    assert placed is not None
    return placed.end - 1


def five() -> list[FakeRow]:
    return rows([3.0, 1.0, None, math.nan, 2.0])


async def test_rows_are_drawn_under_their_titles() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)):
        lines = text(app.table)
        assert lines[0].split() == ["run", "state", "step", "val/loss", "trend", "age"]
        assert lines[1].startswith(" ■ run-0     finished      –     3.000")
        assert lines[4].split()[:5] == ["■", "run-3", "finished", "–", "nan"]
        assert lines[6].strip() == lines[7].strip() == ""


async def test_what_only_live_runs_have_is_shown_from_the_first_live_run_on() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        app.rows[2].state = "running"
        app.table.touch(["r2"])
        await pilot.pause()
        assert text(app.table)[0].split()[5:] == ["step/s", "eta", "age"]
        app.rows[2].state = "finished"
        app.table.set_rows(app.rows)
        assert text(app.table)[0].split()[5:] == ["step/s", "eta", "age"]
        app.table.columns = ("name", "eta")
        assert text(app.table)[0].split() == ["run", "eta"]


async def test_names_that_differ_only_in_their_ends_are_told_apart() -> None:
    app = Sample([FakeRow(str(i), f"vit-large-patch14-imagenet21k-seed{i}") for i in range(3)])
    async with app.run_test(size=(60, 8)):
        assert len({line.split()[1] for line in text(app.table)[1:4]}) == 3


async def test_who_looks_at_the_first_row_sees_the_first_one_after_sorting_too() -> None:
    app = Sample(rows([float(i) for i in range(60)]))
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("s", "s")
        assert (app.table.cursor_key, names(app.table)[0]) == ("r59", "run-59")
        await pilot.press("r")
        assert (app.table.cursor_key, names(app.table)[0]) == ("r0", "run-0")
        await pilot.press("down", "r")
        assert app.table.cursor_key == "r1"


@pytest.mark.parametrize("size", [(40, 6), (80, 24), (160, 45)])
async def test_every_line_is_as_wide_as_the_table_whatever_the_names_are(size: tuple[int, int]) -> None:
    odd = ["日本語の実験", "a\x1b[31mred\nb", "[bold]x[/]", "e\u0301" * 30, "\u202eevil", ""]
    app = Sample([FakeRow(str(i), name) for i, name in enumerate(odd)])
    async with app.run_test(size=size):
        for line in text(app.table):
            assert width(line) == app.table.cells
            assert not [c for c in line if ord(c) < 32 or c == "\u202e"]
        assert "[bold]x" in "".join(text(app.table))


async def test_an_empty_table_says_why_it_is_empty() -> None:
    app = Sample([])
    async with app.run_test(size=(60, 6)):
        assert text(app.table)[2].strip() == "no runs yet"
        assert app.table.cursor_key is None
        app.table.empty = "run `tui demo` to see some"
        assert text(app.table)[2].strip() == "run `tui demo` to see some"
        app.table.set_rows(five())
        app.table.predicate = lambda _row: False
        assert text(app.table)[2].strip() == "no run passes the filter: esc shows all"


async def test_keys_move_the_cursor_and_say_so() -> None:
    app = Sample(rows([float(i) for i in range(100)]))
    async with app.run_test(size=(80, 11)) as pilot:
        await pilot.press("down", "j", "k")
        assert app.table.cursor_key == "r1"
        await pilot.press("pagedown")
        assert app.table.cursor_key == "r10"
        await pilot.press("G")
        assert app.table.cursor_key == "r99"
        assert names(app.table)[-1] == "run-99"
        await pilot.press("home", "up")
        assert app.table.cursor_key == "r0"
        assert names(app.table)[0] == "run-0"
        assert app.last(RunTable.CursorMoved).key == "r0"


async def test_enter_opens_the_run_under_the_cursor() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("down", "enter")
        opened = app.last(RunTable.Opened)
        assert (opened.key, opened.control) == ("r1", app.table)


async def test_space_marks_and_goes_on_and_marks_are_drawn() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("space", "space")
        assert marks(app) == ("r0", "r1")
        assert [line[0] for line in text(app.table)[1:4]] == ["▌", "▌", " "]
        await pilot.press("up", "space")
        assert app.last(RunTable.MarksChanged).keys == ("r0",)
        await pilot.press("u")
        assert marks(app) == ()
        await pilot.press("a")
        assert len(app.table.marks) == 5


async def test_shift_and_an_arrow_mark_a_range() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("down", "shift+down", "shift+down")
        assert marks(app) == ("r1", "r2", "r3")
        assert app.table.cursor_key == "r3"
        await pilot.press("u", "shift+up")
        assert marks(app) == ("r2", "r3")


async def test_s_sorts_by_the_column_under_the_column_cursor() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("s")
        assert names(app.table) == ["run-1", "run-4", "run-0", "run-3", "run-2"]
        assert "▲val/loss" in text(app.table)[0]
        assert app.last(RunTable.SortChanged).sort == (Order(LOSS),)
        await pilot.press("r")
        assert names(app.table) == ["run-0", "run-4", "run-1", "run-3", "run-2"]
        await pilot.press("right", "right", "right", "right", "S")
        assert sort(app) == (Order(LOSS, descending=True), Order("age"))
        assert "age" in text(app.table)[0]
        assert "▼1val/loss" in text(app.table)[0]


async def test_a_click_on_a_title_sorts_and_with_shift_adds() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.click(app.table, offset=(column_x(app.table, LOSS), 0))
        assert sort(app) == (Order(LOSS),)
        await pilot.click(app.table, offset=(column_x(app.table, "age"), 0), shift=True)
        assert sort(app) == (Order(LOSS), Order("age"))
        await pilot.click(app.table, offset=(1, 0))
        assert sort(app) == (Order(LOSS), Order("age"))


async def test_clicks_go_mark_and_open() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.click(app.table, offset=(10, 3))
        assert app.table.cursor_key == "r2"
        await pilot.click(app.table, offset=(0, 2))
        assert marks(app) == ("r1",)
        await pilot.click(app.table, offset=(10, 7))
        assert app.table.cursor_key == "r1"
        await pilot.click(app.table, offset=(10, 5), times=2)
        assert app.last(RunTable.Opened).key == "r4"


async def test_shift_and_a_click_mark_everything_between() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("down")
        await pilot.click(app.table, offset=(10, 4), shift=True)
        assert marks(app) == ("r1", "r2", "r3")
        assert app.table.cursor_key == "r3"


async def test_a_border_is_dragged_and_keys_set_widths_too() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        end = column_x(app.table, "name") + 1
        await pilot.mouse_down(app.table, offset=(end, 0))
        await pilot.hover(app.table, offset=(end + 6, 0))
        await pilot.mouse_up(app.table, offset=(end + 6, 0))
        assert app.table.view.columns.set_widths == {"name": 14}
        assert sort(app) == ()
        await pilot.press("greater_than_sign", "greater_than_sign", "less_than_sign")
        assert app.table.view.columns.set_widths[LOSS] == 9
        assert text(app.table)[0].index("state") == 19


async def test_columns_scroll_whole_and_the_name_stays() -> None:
    app = Sample(five())
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.press("right", "right", "right", "right")
        head = text(app.table)[0]
        assert head.split()[:2] == ["‹2", "run"]
        assert "age" in head
        assert "run-4" in text(app.table)[5]


async def test_the_column_cursor_is_seen_only_with_the_focus() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        underlined = [s.text for s in app.table.render_line(0) if s.style and s.style.underline]
        assert underlined == ["val/loss"]
        app.table.blur()
        await pilot.pause()
        assert not [s.text for s in app.table.render_line(0) if s.style and s.style.underline]


async def test_a_touched_row_is_the_only_line_that_is_painted() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        app.table.painted.clear()
        app.rows[1].values["step"] = 500
        app.table.touch(["r1"])
        assert app.table.painted == [2]
        assert " 500 " in text(app.table)[2]


async def test_a_touched_row_that_looks_the_same_is_not_painted() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        app.table.painted.clear()
        app.table.touch(["r1", "gone", "r4"])
        app.table.touch()
        app.table.set_rows(app.rows)
        assert app.table.painted == []


async def test_a_row_whose_colour_becomes_another_is_painted_though_nothing_else_of_it_changed() -> None:
    """Runs that come later may be older, and have their colours first."""
    app = Sample(five())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.table.painted.clear()
        row = app.rows[1]
        row.swatch = Swatch((row.swatch.slot + 1) % 12, "━")
        app.table.set_rows(app.rows, ())
        await pilot.pause()
        assert len(app.table.painted) == 1


async def test_a_row_out_of_sight_is_not_drawn() -> None:
    app = Sample(rows([float(i) for i in range(100)]))
    async with app.run_test(size=(80, 11)) as pilot:
        await pilot.pause()
        app.table.painted.clear()
        app.rows[70].values["step"] = 1
        app.table.touch(["r70"])
        assert app.table.painted == []


async def test_rows_move_only_when_the_order_settles_and_the_cursor_stays_on_its_run() -> None:
    app = Sample(five(), settle=60.0)
    async with app.run_test(size=(80, 8)) as pilot:
        app.table.sort = (Order(LOSS),)
        app.table.cursor_key = "r0"
        app.rows[0].values[LOSS] = 0.1
        app.table.touch(["r0"])
        await pilot.pause()
        assert names(app.table)[:3] == ["run-1", "run-4", "run-0"]
        app.table.settle()
        assert names(app.table)[:3] == ["run-0", "run-1", "run-4"]
        assert app.table.cursor_key == "r0"


async def test_the_order_settles_by_itself() -> None:
    app = Sample(five(), settle=0.02)
    async with app.run_test(size=(80, 8)) as pilot:
        app.table.sort = (Order(LOSS),)
        app.rows[0].values[LOSS] = 0.1
        app.table.touch(["r0"])
        for _ in range(100):
            await pilot.pause(0.02)
            if names(app.table)[0] == "run-0":
                break
        assert names(app.table)[:3] == ["run-0", "run-1", "run-4"]


async def test_the_view_moves_so_that_the_cursors_run_stays_on_its_line() -> None:
    app = Sample(rows([float(i) for i in range(100)]), settle=60.0)
    async with app.run_test(size=(80, 11)) as pilot:
        app.table.sort = (Order(LOSS),)
        app.table.cursor_key = "r50"
        await pilot.press("up", "up")
        line = names(app.table).index("run-48")
        for row in app.rows[60:90]:
            row.values[LOSS] = -1.0
        app.table.touch([row.key for row in app.rows])
        app.table.settle()
        await pilot.pause()
        assert app.table.cursor_key == "r48"
        assert names(app.table).index("run-48") == line


async def test_filter_hides_rows_and_keeps_marks() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("space", "space")
        app.table.predicate = lambda row: row.key > "r0"
        assert app.table.shown == ("r1", "r2", "r3", "r4")
        assert len(app.table.rows) == 5
        assert marks(app) == ("r1", "r0")
        app.table.predicate = None
        assert app.table.predicate is None
        assert names(app.table)[0] == "run-0"


async def test_b_colours_best_to_worst_with_signs_and_says_when_it_cannot() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("b")
        lines = text(app.table)
        assert "★1.000" in lines[2]
        assert "▽3.000" in lines[1]
        await pilot.press("b", "left", "b")
        assert "★" not in "".join(text(app.table))
        await pilot.pause()
        assert len(app._notifications) == 1


async def test_a_metric_that_says_nothing_is_coloured_as_define_metric_has_it() -> None:
    app = Sample(rows([3.0, 1.0, 2.0], "metric:quality"))
    async with app.run_test(size=(80, 8)) as pilot:
        app.table.columns = ["name", "metric:quality"]
        app.table.kinds = {"quality": ("max",)}
        assert app.table.kinds == {"quality": ("max",)}
        await pilot.press("b", "s")
        assert "★3.000" in text(app.table)[1]
        assert names(app.table) == ["run-0", "run-2", "run-1"]


async def test_p_keeps_a_run_at_the_top() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("end", "p")
        assert text(app.table)[1].startswith(" ■↑run-4")
        assert app.table.cursor_key == "r4"
        await pilot.press("p")
        assert names(app.table)[-1] == "run-4"


async def test_o_asks_for_the_columns_and_columns_can_be_set() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("o")
        assert app.last(RunTable.ColumnsRequested).table is app.table
        app.table.columns = ["name", "config.lr", LOSS]
        assert text(app.table)[0].split() == ["run", "lr", "val/loss"]
        assert app.table.columns == ("name", "config.lr", LOSS)
        with pytest.raises(ValueError, match="no column"):
            app.table.columns = ["name", "bogus"]


async def test_y_copies_the_value_and_Y_the_marked_rows() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("y")
        assert app.clipboard == "3.0"
        app.table.columns = ["name", LOSS]
        await pilot.press("Y")
        assert app.clipboard == f"name\t{LOSS}\nrun-0\t3.0\nrun-1\t1.0\nrun-2\t\nrun-3\tnan\nrun-4\t2.0\n"
        await pilot.press("space", "Y")
        assert app.clipboard == f"name\t{LOSS}\nrun-0\t3.0\n"


def wheel(kind: type[MouseEvent], table: RunTable, *, shift: bool) -> MouseEvent:
    return kind(table, x=1, y=1, delta_x=0, delta_y=0, button=0, shift=shift, meta=False, ctrl=False)


async def test_shift_and_the_wheel_scroll_the_columns() -> None:
    app = Sample(rows([float(i) for i in range(50)]))
    async with app.run_test(size=(40, 8)) as pilot:
        for kind, shift, hidden in (
            (MouseScrollDown, True, 1),
            (MouseScrollDown, True, 2),
            (MouseScrollUp, True, 1),
            (MouseScrollRight, False, 2),
            (MouseScrollLeft, False, 1),
        ):
            app.table.post_message(wheel(kind, app.table, shift=shift))
            await pilot.pause()
            assert app.table.view.columns.layout.hidden_left == hidden
        assert app.table.scroll_offset.y == 0
        app.table.post_message(wheel(MouseScrollDown, app.table, shift=False))
        await pilot.pause()
        assert app.table.scroll_offset.y > 0


async def test_fields_of_the_filter_that_no_run_has_are_named() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)):
        app.table.predicate = compile_query("val/loss<2 larning_rate<1")
        assert app.table.missing == ("larning_rate",)
        app.table.predicate = compile_query("val/loss<2")
        assert not app.table.missing


async def test_a_bare_name_in_the_filter_follows_the_rows_that_come() -> None:
    given = five()
    given[1].values["config.optim.lr"] = 0.1
    app = Sample(given)
    async with app.run_test(size=(80, 8)):
        app.table.predicate = compile_query("lr=0.1")
        assert (names(app.table), app.table.missing) == (["run-1"], ())
        more = FakeRow("r9", "run-9", values={"config.sched.lr": 0.1})
        app.table.set_rows([*given, more], ())
        assert not app.table.shown
        assert app.table.missing == ("lr, but optim.lr and sched.lr",)
        app.table.set_rows(given)
        assert names(app.table) == ["run-1"]


async def test_only_my_runs_are_shown_on_demand_and_the_titles_say_so() -> None:
    given = five()
    for row in given[:2]:
        row.values["is:mine"] = True
    app = Sample(given)
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("U")
        assert names(app.table) == ["run-0", "run-1"]
        assert text(app.table)[0].split()[:2] == ["my", "runs"]
        assert app.last(RunTable.MineChanged).only
        saved = app.table.state
        app.table.predicate = compile_query("val/loss>5")
        assert "no run of yours passes the filter" in text(app.table)[2]
        await pilot.press("U")
        app.table.predicate = None
        assert len(names(app.table)) == 5
        assert text(app.table)[0].split()[0] == "run"
    second = Sample(given)
    async with second.run_test(size=(80, 8)):
        second.table.restore(saved)
        assert names(second.table) == ["run-0", "run-1"]


async def test_state_is_plain_data_and_comes_back() -> None:
    by_loss: Sort = (Order(LOSS, descending=True),)
    first = Sample(five())
    async with first.run_test(size=(80, 8)) as pilot:
        first.table.sort = by_loss
        await pilot.press("down", "space")
        saved = first.table.state
    second = Sample([])
    async with second.run_test(size=(80, 8)) as pilot:
        second.table.restore(saved)
        second.table.set_rows(five())
        await pilot.pause()
        assert second.table.state == saved
        assert marks(second) == ("r4",)
        assert names(second.table)[:2] == ["run-0", "run-4"]
        assert second.last(RunTable.MarksChanged).keys == ("r4",)


async def test_a_run_that_goes_takes_its_mark_with_it() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("space", "space")
        app.table.set_rows(app.rows[1:])
        await pilot.pause()
        assert app.last(RunTable.MarksChanged).keys == ("r1",)


async def test_a_resized_table_keeps_the_cursor_in_sight() -> None:
    app = Sample(rows([float(i) for i in range(50)]))
    async with app.run_test(size=(80, 30)) as pilot:
        await pilot.press(*["down"] * 25)
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert "run-25" in names(app.table)
        assert {width(line) for line in text(app.table)} == {app.table.cells}


async def test_a_scrollbar_takes_its_cell_from_the_columns_and_covers_nothing() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)) as pilot:
        assert app.table.cells == 80
        app.table.set_rows(rows([float(i) for i in range(50)]))
        await pilot.pause()
        assert app.table.cells == 79
        assert {width(line) for line in text(app.table)} == {79}
        app.table.set_rows(five())
        await pilot.pause()
        assert {width(line) for line in text(app.table)} == {80}


async def colours(pilot: Pilot[None], table: RunTable) -> list[str]:
    await pilot.pause()
    strip: Strip = table.render_line(1)
    return [str(segment.style.color.name) for segment in strip if segment.style and segment.style.color]


async def test_every_theme_colours_the_same_lines() -> None:
    app = Sample(five())
    seen = []
    async with app.run_test(size=(80, 8)) as pilot:
        before = text(app.table)
        for theme in THEMES:
            app.theme = theme.name
            seen.append(await colours(pilot, app.table))
            assert text(app.table) == before
    assert seen[0] != seen[1] != seen[2]


async def test_numbers_that_outgrow_their_column_widen_it_instead_of_being_cut() -> None:
    app = Sample(five())
    async with app.run_test(size=(100, 8)) as pilot:
        app.rows[1].values[LOSS] = -1.25e-100
        app.table.touch(["r1"])
        await pilot.pause()
        assert "-1.25e-100" in text(app.table)[2]
        assert {width(line) for line in text(app.table)} == {100}


def test_every_key_can_be_remapped_and_explains_itself() -> None:
    bindings = [binding for binding in RunTable.BINDINGS if isinstance(binding, Binding)]
    assert len(bindings) == len(RunTable.BINDINGS)
    assert len({binding.id for binding in bindings}) == len(bindings)
    assert [b for b in bindings if not (b.id or "").startswith("table.") or not b.tooltip or not b.description] == []
    assert [binding.description for binding in bindings if binding.show] == ["open", "mark", "sort"]


async def test_T5_z_groups_by_the_column_and_enter_folds() -> None:
    given = five()
    for i, row in enumerate(given):
        row.values["meta:host"] = f"gpu-{i % 2}"
    app = Sample(given)
    async with app.run_test(size=(100, 9)) as pilot:
        await pilot.press("z")
        await pilot.pause()
        assert app.table.state["group"] is None
        assert app.last(RunTable.GroupRequested)
        app.table.columns = ["name", "meta:host", LOSS]
        await pilot.press("left", "z")
        assert app.table.group == "meta:host"
        await pilot.pause()
        assert app.last(RunTable.GroupChanged).column == "meta:host"
        assert names(app.table)[:2] == ["▾", "run-0"]
        assert text(app.table)[1].startswith(" ■ ▾ gpu-0 · 3")
        await pilot.press("home")
        assert app.table.cursor_key is None
        await pilot.pause()
        assert app.last(RunTable.CursorMoved).key is None
        await pilot.press("enter")
        assert text(app.table)[2].startswith(" ■ ▾ gpu-1 · 2")
        assert not [message for message in app.sent if isinstance(message, RunTable.Opened)]
        await pilot.press("space")
        assert marks(app) == ("r0", "r2", "r4")
        await pilot.press("z")
        assert app.table.state["group"] is None


async def test_a_run_at_the_top_is_seen_with_the_line_of_its_group() -> None:
    """Grouping a table that scrolls left the line of the first group out of sight, above the cursor."""
    given = rows([float(place) for place in range(30)])
    for i, row in enumerate(given):
        row.values["meta:host"] = f"gpu-{i % 2}"
    app = Sample(given)
    async with app.run_test(size=(100, 9)) as pilot:
        app.table.columns = ["name", "meta:host", LOSS]
        app.table.group = "meta:host"
        await pilot.pause()
        assert text(app.table)[1].startswith(" ■ ▾ gpu-0 · 15")
        await pilot.press("end", *["up"] * 14)
        await pilot.pause()
        assert app.table.cursor_key == "r1"
        assert text(app.table)[1].startswith(" ■ ▾ gpu-1 · 15")


async def test_a_touched_member_repaints_its_own_line_and_its_groups() -> None:
    given = five()
    app = Sample(given)
    async with app.run_test(size=(80, 9)) as pilot:
        app.table.group = "state"
        await pilot.pause()
        app.table.painted.clear()
        given[1].values[LOSS] = 7.0
        app.table.touch(["r1"])
        assert app.table.painted == [1, 3]


async def test_an_empty_table_takes_the_lines_that_say_so() -> None:
    app = Sample(five())
    async with app.run_test(size=(80, 8)):
        assert app.table.lines == 6
        app.table.predicate = compile_query("no-such-run")
        assert app.table.lines == 3
        assert "no run passes the filter" in text(app.table)[app.table.lines - 1]


async def test_the_line_of_a_group_says_what_is_so_now() -> None:
    given = five()
    for row in given:
        row.values["meta:host"] = "gpu-1"
    app = Sample(given)
    async with app.run_test(size=(80, 8)) as pilot:
        app.table.group = "meta:host"
        await pilot.press("g")
        await pilot.pause()
        assert "▾ gpu-1 · 5" in text(app.table)[1]
        app.table.predicate = compile_query("has val/loss")
        await pilot.pause()
        assert "▾ gpu-1 · 4" in text(app.table)[1]
        await pilot.press("enter")
        assert "▸ gpu-1 · 4" in text(app.table)[1]
