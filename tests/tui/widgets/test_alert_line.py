"""``tui.widgets.alert_line``: the newest notice in whole clauses, and the way to all of them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from tui.themed_app import ThemedApp
from tui.widgets.alert_line import AlertLine, Notice

NAN = Notice("ERROR", "waves", "loss is inf since step 220: first grad_norm at step 220, then loss", 0.0, "demo/waves")
HOT = Notice("WARN", "", "GPU 2 is hot", 1.0)


class Sample(ThemedApp):
    BINDINGS = [Binding("A", "alerts", "Alerts", id="app.alerts")]

    def __init__(self) -> None:
        super().__init__()
        self.clicked: list[str] = []

    def compose(self) -> ComposeResult:
        yield AlertLine()

    def action_alerts(self) -> None:
        """A key with the id of the app's."""

    def on_alert_line_clicked(self, message: AlertLine.Clicked) -> None:
        self.clicked.append(message.run_key)


async def test_nothing_is_said_when_all_is_well() -> None:
    app = Sample()
    async with app.run_test(size=(80, 3)):
        assert app.query_one(AlertLine).render_line(0).text.strip() == ""


async def test_the_newest_notice_is_said_in_whole_clauses_with_the_key_to_all() -> None:
    app = Sample()
    async with app.run_test(size=(80, 3)) as pilot:
        line = app.query_one(AlertLine)
        line.notices = (HOT, NAN)
        await pilot.pause()
        text = line.render_line(0).text
        assert text.startswith("✖ waves: loss is inf since step 220  ")
        assert text.rstrip().endswith("A 2 alerts")
        await pilot.resize_terminal(120, 3)
        assert "first grad_norm at step 220, then loss" in line.render_line(0).text


async def test_a_notice_without_a_short_clause_is_cut() -> None:
    app = Sample()
    async with app.run_test(size=(40, 3)) as pilot:
        line = app.query_one(AlertLine)
        line.notices = (Notice("WARN", "a-very-long-name-of-a-run", "something", 0.0, "k"),)
        await pilot.pause()
        assert line.render_line(0).text.startswith("⚠ a-very-long-na… ")


async def test_a_click_asks_for_the_run() -> None:
    app = Sample()
    async with app.run_test(size=(80, 3)) as pilot:
        await pilot.click(AlertLine)
        app.query_one(AlertLine).notices = (NAN,)
        await pilot.click(AlertLine)
        await pilot.pause()
        assert app.clicked == ["demo/waves"]


async def test_what_is_only_worth_knowing_does_not_stand_before_what_is_wrong() -> None:
    app = Sample()
    async with app.run_test(size=(80, 3)) as pilot:
        line = app.query_one(AlertLine)
        line.notices = (NAN, Notice("INFO", "waves", "finished", 5.0, "demo/other"))
        await pilot.pause()
        assert line.render_line(0).text.startswith("✖ waves: loss is inf")
        await pilot.click(AlertLine)
        assert app.clicked == ["demo/waves"]
        line.notices = line.notices[1:]
        await pilot.pause()
        assert line.render_line(0).text.startswith("· waves: finished")
