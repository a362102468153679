"""A run's summary, events and identity card as widgets."""

from __future__ import annotations

import math

from logstore.model.delta import Event
from tests.tui.panel_app import PanelApp
from tests.tui.store import NOW, Told, model
from tui.details.run_facts import summary_entries
from tui.widgets.event_list import EventList
from tui.widgets.identity import Identity
from tui.widgets.summary_list import SummaryList
from tui.widgets.text_view import Passage, TextView, wrapped

TOLD = Told(
    "otter",
    metrics={"val/loss": [3.0, 1.0, 2.0], "aux": [1.0, math.nan, 2.0]},
    record={"host": "gpu01", "notes": "a baseline"},
    summary={"verdict": "[good]"},
)
RUN = model(TOLD).runs[TOLD.key]
EVENTS = [Event(NOW - 300, "alert", "NaN", "at 8100", "ERROR"), Event(NOW - 9, "note", "try lr 1e-4")]


async def test_a_summary_has_its_values_right_aligned_with_a_note() -> None:
    shown = PanelApp(SummaryList(), lambda view: view.show(summary_entries(RUN)))
    async with shown.run_test(size=(60, 9)) as pilot:
        await pilot.pause()
        assert [line for line in shown.seen() if line] == [
            " summary       last  trend     best",
            " aux          2.000  ✖⡇        nan first at step 1",
            " duration    10m00s",
            " steps            2",
            ' verdict   "[good]"',
            " val/loss     2.000  ⣇⡄        min 1.000 at 1",
        ]


async def test_a_narrow_summary_has_neither_curves_nor_notes_cut_in_half() -> None:
    shown = PanelApp(SummaryList(), lambda view: view.show(summary_entries(RUN)))
    async with shown.run_test(size=(26, 9)) as pilot:
        await pilot.pause()
        assert shown.seen()[:2] == [" summary", " aux          2.000"]


async def test_a_summary_can_be_searched_and_copied() -> None:
    shown = PanelApp(SummaryList(), lambda view: view.show(summary_entries(RUN)))
    async with shown.run_test(size=(60, 9)) as pilot:
        await pilot.press("Y")
        assert shown.clipboard.splitlines()[0] == "aux\t2.0"
        await pilot.press("slash")
        await pilot.press(*"loss", "enter", "y")
        assert [line.split()[0] for line in shown.seen()[1:] if line] == ["val/loss"]
        assert shown.clipboard == "2.0"
        await pilot.press("slash")
        await pilot.press(*"zz")
        assert shown.seen()[1] == " no metric holds 'losszz': escape clears the search"


async def test_a_run_that_logged_nothing_says_so() -> None:
    shown: PanelApp[SummaryList] = PanelApp(SummaryList())
    async with shown.run_test(size=(60, 5)) as pilot:
        await pilot.press("y", "Y")
        assert shown.seen()[1] == " nothing logged yet: the first run.log() fills it"


async def test_events_stand_the_latest_first_and_can_be_searched() -> None:
    shown = PanelApp(EventList(), lambda view: view.show(EVENTS, NOW))
    async with shown.run_test(size=(60, 6)) as pilot:
        await pilot.pause()
        assert shown.seen()[0] == " events  2"
        assert [line.split()[0] for line in shown.seen()[1:3]] == ["✎", "✖"]
        await pilot.press("slash")
        await pilot.press(*"error", "enter", "y")
        assert [line.split()[0] for line in shown.seen()[1:] if line] == ["✖"]
        assert shown.clipboard == "ERROR NaN at 8100"


async def test_a_run_without_events_says_so() -> None:
    shown: PanelApp[EventList] = PanelApp(EventList())
    async with shown.run_test(size=(60, 5)) as pilot:
        await pilot.press("y")
        assert shown.seen()[1] == " no alerts, notes or resumes: run.alert(title) writes one"


async def test_the_identity_card_is_as_high_as_it_has_to_say_up_to_a_tenth() -> None:
    shown = PanelApp(Identity(), lambda card: card.show(RUN, NOW))
    async with shown.run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        assert shown.seen()[0] == " otter  ● running  process 100 is alive · for 10m00s"
        assert shown.widget.size.height == 6
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert shown.widget.size.height == 2
        assert shown.seen()[1].startswith(" step 2   duration 10m00s")


async def test_the_identity_card_grows_when_the_run_has_more_to_say() -> None:
    shown = PanelApp(Identity(), lambda card: card.show(RUN, NOW))
    async with shown.run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        failed = Told("otter", record={"state": "failed", "error": "ValueError: no", "notes": "a", "cwd": "/home"})
        shown.widget.show(model(failed).runs[failed.key], NOW)
        await pilot.pause()
        assert "ValueError: no" in "".join(shown.seen())
        assert shown.seen()[0].startswith(" otter  ✖ failed")


async def test_long_texts_are_wrapped_and_nothing_is_left_out() -> None:
    text = "".join(str(number) for number in range(60)) + "\n[bold]\x1b[31m"
    shown = PanelApp(TextView([Passage([], text), Passage([], "end")]))
    async with shown.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        assert "".join(line.strip() for line in shown.seen()) == text.replace("\n", "").replace("\x1b", "␛") + "end"
        await pilot.press("slash")
        await pilot.press(*"end")
        assert shown.seen()[0] == "  /end▏"


def test_wide_characters_are_wrapped_by_their_cells() -> None:
    assert list(wrapped("漢字漢字", 5)) == ["漢字", "漢字"]
    assert list(wrapped("", 5)) == [""]
    assert list(wrapped("abc", 1)) == ["abc"]
