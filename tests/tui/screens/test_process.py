"""A process whole, and signals to it, with real processes of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from textual.pilot import Pilot

from collectors.backend import GpuProcess
from collectors.samples import Sample
from tests.tui.fake_machine import GIB, HOST, START, gpu, process, uuid
from tests.tui.legible import faint
from tests.tui.store import Told, model
from tests.tui.waiting import text, until
from tui import themes
from tui.frame_text import frame
from tui.model import Model
from tui.screens.base import RunwatchScreen
from tui.screens.process import ProcessScreen
from tui.screens.signal import SignalScreen
from tui.screens.system import SystemScreen
from tui.themed_app import ThemedApp
from tui.widgets.process_view import ProcessView
from tui.widgets.system_panels import SystemPanels

CHILDREN = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()', 'grandchild']).wait()"


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-c", CHILDREN, "train.py"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True) as process:
        yield process
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


class MachineApp(ThemedApp):
    """The machine of a run that ``pid`` writes, on ``host``, and of a stranger."""

    def __init__(self, pid: int, host: str | None = None, stranger: GpuProcess | None = None) -> None:
        super().__init__()
        self.host = host or os.uname().nodename
        self.model: Model = model(Told("brave-otter", record={"pid": pid, "host": self.host}))
        self.model.telemetry.host_name = self.host
        workers = tuple(process(900_001 + each, run=pid, role="worker") for each in range(3))
        members = (process(pid, gpus=(uuid(0),), command="python train.py"), *workers)
        on = [GpuProcess(pid, 8 * GIB, 90.0, name="python", user="ann"), *([stranger] if stranger else [])]
        self.model.telemetry.apply(Sample(START, HOST, (), (gpu(0, processes=tuple(on)),), members))
        self.system = SystemScreen(self.model)
        self.opened: list[str] = []
        self.told: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(self.system)

    def on_runwatch_screen_run_opened(self, message: RunwatchScreen.RunOpened) -> None:
        self.opened.append(message.key)

    def says(self) -> str:
        """What is told in passing."""
        return " ".join(str(notification.message) for notification in self._notifications)

    @property
    def panels(self) -> SystemPanels:
        return self.system.query_one(SystemPanels)


async def shown(pilot: Pilot[None], words: str) -> None:
    await until(lambda: words in text(pilot), pilot)


async def test_enter_shows_a_process_whole_and_leads_to_its_run(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await shown(pilot, "parents and children")
        await shown(pilot, "input() grandchild")
        for words in (f"process {child.pid}", "train.py", str(Path.cwd())[:40], "brave-otter", "8.0 GiB", "1 thread"):
            assert words in text(pilot)
        await pilot.press("r")
        await until(lambda: bool(app.opened), pilot)
        assert app.opened == [next(iter(app.model.runs))]
        assert not isinstance(app.screen, ProcessScreen)


async def test_from_a_process_one_goes_to_its_parent_and_back_down(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await shown(pilot, "input() grandchild")
        await pilot.press("k", "enter")
        await shown(pilot, f"process {os.getpid()}")
        await pilot.press("escape")
        await until(lambda: app.screen is app.system, pilot)
        assert app.panels.has_focus
        assert not app.opened


async def test_workers_that_share_a_row_lead_to_the_process_that_they_descend_from(
    child: subprocess.Popen[bytes],
) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("j", "K")
        await until(lambda: "3 processes share this row" in app.says(), pilot)
        await pilot.press("enter")
        await shown(pilot, f"process {child.pid}")


async def test_a_signal_is_sent_after_a_question_that_names_all(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.press("K")
        await until(lambda: isinstance(app.screen, SignalScreen), pilot)
        await shown(pilot, f"Send TERM to {child.pid} of ")
        line = next(line for line in text(pilot).splitlines() if "Send TERM" in line)
        assert line.rstrip().endswith("train.py (run brave-otter)?")
        assert "▸ TERM" in text(pilot)
        await pilot.press("y")
        await until(lambda: child.poll() is not None, pilot)
        assert child.returncode == -signal.SIGTERM
        await until(lambda: f"Sent TERM to {child.pid} {child.pid} has ended" in app.says(), pilot)


async def test_no_sends_nothing_and_another_signal_can_be_chosen(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(120, 40)) as pilot:
        for leave in ("n", "escape", "q"):
            await pilot.press("K")
            await until(lambda: isinstance(app.screen, SignalScreen), pilot)
            await pilot.press(leave)
            await until(lambda: app.screen is app.system, pilot)
        assert child.poll() is None
        await pilot.press("K")
        await shown(pilot, "▸ TERM")
        await pilot.press("j", "j")
        await shown(pilot, f"Send KILL to {child.pid}")
        await pilot.press("y")
        await until(lambda: child.poll() is not None, pilot)
        assert child.returncode == -signal.SIGKILL


async def test_a_child_can_be_signalled_from_the_sheet(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await shown(pilot, "input() grandchild")
        await pilot.press("j", "K")
        await shown(pilot, "grandchild (run brave-otter)?")
        await pilot.press("y")
        await until(lambda: child.poll() is not None, pilot)  # it waited for its child, and ends with it
        assert child.returncode == 0
        await shown(pilot, "it has ended")


async def test_what_is_on_another_machine_or_not_seen_gets_no_signal(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid, host="gpu01.elsewhere")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("K")
        await until(lambda: "it is on gpu01.elsewhere, out of reach" in app.says(), pilot)
        await pilot.press("enter")
        await shown(pilot, "it is on gpu01.elsewhere")
        assert "python train.py" in text(pilot)
    app = MachineApp(child.pid, stranger=GpuProcess(os.getpid(), GIB))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("G", "K")
        await until(lambda: "it is not seen from here" in app.says(), pilot)
        assert app.screen is app.system
    assert child.poll() is None


async def test_we_ourselves_get_none(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid, stranger=GpuProcess(os.getpid(), GIB, name="python"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("G", "K")
        await until(lambda: f"{os.getpid()} is this app" in app.says(), pilot)


async def test_its_command_is_copied(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await shown(pilot, "input() grandchild")
        await pilot.press("y")
        assert app.clipboard.endswith("train.py")


async def test_on_a_small_terminal_all_of_it_scrolls(child: subprocess.Popen[bytes]) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.press("enter")
        await shown(pilot, "command")
        assert "parents and children" not in text(pilot)
        await pilot.press("j", "j", "j")
        view = app.screen.query_one(ProcessView)
        await until(lambda: view.cursor == 3, pilot)
        view.rows_changed()
        assert view.cursor == 3  # it stays, though all these rows are of one process
        await until(lambda: view.row_count > 12, pilot)
        await pilot.press("G")
        await shown(pilot, "-c input")
        await pilot.press("g")
        await shown(pilot, "command")


def faint_in_sheet(app: MachineApp) -> set[tuple[str, float]]:
    """The words of the sheet, or the prompt, that can hardly be read."""
    region = next(iter(app.screen.children)).region
    rows = frame(app.screen, app.size)[region.y : region.bottom]
    return faint([row.crop(region.x, region.right) for row in rows], app.theme_variables)


@pytest.mark.parametrize("theme", [ours.name for ours in themes.THEMES])
async def test_a_process_and_the_question_are_legible(child: subprocess.Popen[bytes], theme: str) -> None:
    app = MachineApp(child.pid)
    async with app.run_test(size=(100, 40)) as pilot:
        app.theme = theme
        await pilot.press("enter")
        await shown(pilot, "parents and children")
        assert faint_in_sheet(app) == set()
        await pilot.press("K")
        await shown(pilot, "▸ TERM")
        assert faint_in_sheet(app) == set()


async def test_one_that_does_not_end_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.signal.LOOKS", 2)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", deaf], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        app = MachineApp(process.pid)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("K")
            await shown(pilot, "▸ TERM")
            await pilot.press("y")
            await until(lambda: f"{process.pid} still runs, 0 s after TERM" in app.says(), pilot)
        assert process.poll() is None
        process.kill()
