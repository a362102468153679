"""The strip and the panels of the machine as widgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from rich.color import Color
from textual.strip import Strip

from collectors.samples import ProcessSample, Sample
from tests.tui.fake_machine import HOST, START, gpu, machine, process, run, swatches, uuid
from tests.tui.panel_app import PanelApp
from tui.machine.telemetry import Telemetry
from tui.widgets.gpu_strip import GpuStrip
from tui.widgets.process_list import ProcessList
from tui.widgets.system_panels import SystemPanels

RUNS = {each.key: each for each in (run("p/brave-otter", 100), run("p/dim-heron", 300))}
SWATCHES = swatches(list(RUNS.values()))


class Watched(GpuStrip):
    """Notes which of its rows are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.rows.append(y)
        return super().render_line(y)


def show(strip: GpuStrip, telemetry: Telemetry) -> None:
    strip.show(telemetry, telemetry.owners(RUNS), SWATCHES)


def labels(lines: Iterable[str]) -> list[str]:
    return [line.split()[0] for line in lines if line]


async def test_the_strip_is_as_high_as_its_devices_want_and_follows_their_number() -> None:
    telemetry = machine([gpu(0, 97.0, [100]), gpu(1, 0.0, [300])], ticks=3)
    shown = PanelApp(GpuStrip(), lambda strip: show(strip, telemetry))
    async with shown.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        assert labels(shown.seen()) == ["gpu", "0", "1", "cpu"]
        assert shown.seen()[1].rstrip().endswith("brave-otter")
        show(shown.widget, machine([gpu(index) for index in range(5)]))
        await pilot.pause()
        assert labels(shown.seen()) == ["gpu", "0", "1", "2", "3", "4", "cpu"]
        show(shown.widget, machine([]))
        await pilot.pause()
        assert shown.seen()[0].split(":")[0] == " no GPU"


async def test_the_strip_says_the_same_in_fewer_lines_where_there_is_less_room() -> None:
    telemetry = machine([gpu(index) for index in range(16)])
    shown = PanelApp(GpuStrip(), lambda strip: show(strip, telemetry))
    shown.widget.styles.max_height = 2
    async with shown.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert shown.seen()[0].startswith(" 16 gpu ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇ 97 %")
        assert labels(shown.seen()) == ["16", "cpu"]


async def test_only_the_rows_that_changed_are_drawn_again() -> None:
    telemetry = machine([gpu(0, 97.0), gpu(1, 50.0)], ticks=3)
    shown = PanelApp(Watched(), lambda strip: show(strip, telemetry))
    async with shown.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        shown.widget.rows.clear()
        telemetry.apply(Sample(telemetry.time or START, HOST, gpus=(gpu(0, 97.0), gpu(1, 51.0))))
        show(shown.widget, telemetry)
        await pilot.pause()
        assert set(shown.widget.rows) == {2}
        shown.widget.rows.clear()
        show(shown.widget, telemetry)
        await pilot.pause()
        assert shown.widget.rows == []


MEMBERS = [process(100, gpus=(uuid(0),), rank=0), process(300, gpus=(uuid(1),), cpu=3.0)]


def two(members: Sequence[ProcessSample] = MEMBERS) -> Telemetry:
    return machine([gpu(0, 97.0, [100]), gpu(1, 0.0, [300])], processes=members, ticks=90)


class Panels(PanelApp[SystemPanels]):
    """Notes which processes are asked for."""

    def on_process_list_chosen(self, message: ProcessList.Chosen) -> None:
        self.told.append(message)


def panels(telemetry: Telemetry) -> Panels:
    return Panels(SystemPanels(), lambda widget: widget.show(telemetry, RUNS, SWATCHES))


async def test_the_machine_stays_above_and_the_processes_scroll() -> None:
    ranks = [process(100 + rank, run=100, role="rank", rank=rank, gpus=(uuid(0),)) for rank in range(20)]
    shown = panels(two(ranks))
    async with shown.run_test(size=(100, 16)) as pilot:
        await pilot.pause()
        above = ["gpus", "gpu", "0", "1", "cpu", "processes", "pid"]
        assert labels(line for line in shown.seen() if line)[:9] == [*above, "100", "101"]
        await pilot.press("G")
        await pilot.pause()
        assert labels(line for line in shown.seen() if line)[:7] == above
        assert labels(shown.seen())[-1] == "119"


@pytest.mark.parametrize("count", [1, 2, 4, 8, 16, 32])
async def test_processes_have_rows_however_many_devices_there_are(count: int) -> None:
    members = [process(100 + each, gpus=(uuid(each),)) for each in range(8)]
    shown = panels(machine([gpu(each, 97.0, [100]) for each in range(count)], processes=members))
    async with shown.run_test(size=(80, 21)) as pilot:
        await pilot.pause()
        lines = labels(line for line in shown.seen() if line)
        assert lines[lines.index("pid") + 1 :][:4] == ["100", "101", "102", "103"]
        assert sum(line.count("97 %") for line in shown.seen()) in {count, 1}


async def test_the_panels_begin_by_saying_what_they_wait_for() -> None:
    shown = PanelApp(SystemPanels(), lambda widget: widget.show(Telemetry(), {}, {}))
    async with shown.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        assert [line for line in shown.seen() if line] == [
            " gpus  no GPU: waiting for the first sample",
            " host  waiting for the first sample",
            " processes  no run has one here",
        ]


async def test_on_a_wide_terminal_the_parts_of_the_host_stand_in_two_columns() -> None:
    shown = panels(two())
    async with shown.run_test(size=(200, 30)) as pilot:
        await pilot.pause()
        lines = [line for line in shown.seen() if line.strip()]
        assert labels(lines)[:6] == ["gpus", "gpu", "0", "1", "host", "cpu"]
        assert labels(line[100:].strip() for line in lines[5:8]) == ["ram", "disk", "net"]


async def test_the_cursor_stays_on_its_process_when_the_order_changes() -> None:
    telemetry = two()
    shown = panels(telemetry)
    async with shown.run_test(size=(100, 24)) as pilot:
        await pilot.press("j")
        assert shown.widget.pids_at(shown.widget.cursor) == (300,)
        shown.widget.order = "cpu"
        assert [tuple(shown.widget.pids_at(row)) for row in range(2)] == [(100,), (300,)]
        busier = [MEMBERS[0], process(300, gpus=(uuid(1),), cpu=99.0)]
        telemetry.apply(Sample(START + 200, HOST, gpus=(gpu(0), gpu(1)), processes=tuple(busier)))
        shown.widget.show(telemetry, RUNS, SWATCHES)
        assert [tuple(shown.widget.pids_at(row)) for row in range(2)] == [(300,), (100,)]
        assert shown.widget.cursor == 0


async def test_where_its_process_has_gone_the_cursor_stays_at_its_place() -> None:
    telemetry = two()
    shown = panels(telemetry)
    async with shown.run_test(size=(100, 24)) as pilot:
        await pilot.press("j")
        telemetry.apply(Sample(START + 200, HOST, gpus=(gpu(0), gpu(1)), processes=(MEMBERS[0],)))
        shown.widget.show(telemetry, RUNS, SWATCHES)
        assert (shown.widget.row_count, shown.widget.cursor) == (1, 0)
        await pilot.press("j", "k", "G")
        assert shown.widget.cursor == 0


async def test_processes_are_searched_and_the_machine_stays() -> None:
    shown = panels(two())
    async with shown.run_test(size=(100, 24)) as pilot:
        await pilot.press("slash", *"heron", "enter")
        assert [tuple(shown.widget.pids_at(row)) for row in range(shown.widget.row_count)] == [(300,)]
        assert "/heron" in "".join(shown.seen())
        assert labels(line for line in shown.seen() if line)[:4] == ["gpus", "gpu", "0", "1"]
        await pilot.press("slash", *"zz", "enter")
        assert "no process holds 'heronzz': escape clears the search" in "".join(shown.seen())
        await pilot.press("escape")
        assert shown.widget.row_count == 2


async def test_a_double_click_asks_for_all_of_a_process() -> None:
    shown = panels(two())
    async with shown.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        row = next(place for place, line in enumerate(shown.seen()) if line.split()[:1] == ["300"])
        await pilot.click(SystemPanels, offset=(8, row), times=2)
        assert [tuple(message.pids) for message in shown.told if isinstance(message, ProcessList.Chosen)] == [(300,)]


async def test_a_click_on_a_title_orders_by_it() -> None:
    shown = panels(two())
    async with shown.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        y, titles = next((y, line) for y, line in enumerate(shown.seen()) if line.split()[:1] == ["pid"])
        for title, order in (("gpu mem", "memory"), ("cpu", "cpu"), ("role", "cpu"), ("run", "run")):
            await pilot.click(SystemPanels, offset=(titles.index(title) + 1, y))
            assert shown.widget.order == order
        await pilot.click(SystemPanels, offset=(98, y))
        assert shown.widget.order == "run"


async def test_bars_are_grey_beside_those_of_runs_and_else_in_the_accent() -> None:
    shown = panels(machine([gpu(0, 97.0, [100]), gpu(1, 97.0, [777])], ticks=90))
    async with shown.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        inks = [_bar(shown, row) for row in (2, 3)]
        assert inks == [shown.widget.role_style(role).color for role in ("series-1", "dim")]
        shown.widget.show(machine([gpu(0, 97.0, [777])], ticks=90), RUNS, SWATCHES)
        await pilot.pause()
        assert _bar(shown, 2) == shown.widget.role_style("accent").color


def _bar(shown: Panels, row: int) -> Color | None:
    """The colour of the strip in a row."""
    return next(style.color for text, style, _ in shown.widget.render_line(row) if "▇▇" in text and style)
