"""The strip and the panels of the machine as widgets."""

from __future__ import annotations

from collections.abc import Iterable

from textual.strip import Strip

from collectors.samples import Sample
from tests.tui.fake_machine import HOST, START, gpu, machine, process, run, swatches, uuid
from tests.tui.panel_app import PanelApp
from tui.machine.telemetry import Telemetry
from tui.widgets.gpu_strip import GpuStrip
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


async def test_the_panels_show_devices_processes_and_host_and_scroll() -> None:
    members = [process(100, gpus=(uuid(0),), rank=0), process(300, gpus=(uuid(1),))]
    telemetry = machine([gpu(0, 97.0, [100]), gpu(1, 0.0, [300])], processes=members, ticks=90)
    shown = PanelApp(SystemPanels(), lambda panels: panels.show(telemetry, RUNS, SWATCHES))
    async with shown.run_test(size=(100, 10)) as pilot:
        await pilot.pause()
        assert labels(shown.seen()) == ["gpus", "gpu", "0", "1", "processes", "pid", "100", "300"]
        await pilot.press("G")
        assert labels(shown.seen())[-4:] == ["cpu", "ram", "disk", "net"]
        await pilot.press("up", "up")
        assert labels(shown.seen())[-1] == "ram"
        await pilot.press("g")
        assert labels(shown.seen())[0] == "gpus"


async def test_the_panels_begin_by_saying_what_they_wait_for() -> None:
    telemetry = Telemetry()
    shown = PanelApp(SystemPanels(), lambda panels: panels.show(telemetry, {}, {}))
    async with shown.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        assert [line for line in shown.seen() if line] == [
            " gpus  no GPU: waiting for the first sample",
            " processes  no run has one here",
            " host  waiting for the first sample",
        ]


async def test_on_a_wide_terminal_the_host_stands_beside_the_processes() -> None:
    members = [process(100, gpus=(uuid(0),), rank=0), process(300, gpus=(uuid(1),))]
    telemetry = machine([gpu(0, 97.0, [100]), gpu(1, 0.0, [300])], processes=members, ticks=90)
    shown = PanelApp(SystemPanels(), lambda panels: panels.show(telemetry, RUNS, SWATCHES))
    async with shown.run_test(size=(200, 20)) as pilot:
        await pilot.pause()
        lines = [line for line in shown.seen() if line.strip()]
        assert labels(lines) == ["gpus", "gpu", "0", "1", "processes", "pid", "100", "300", "net"]
        assert labels(line[104:].strip() for line in lines[4:]) == ["host", "cpu", "ram", "disk", "net"]
