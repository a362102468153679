"""Every screen of the app against every payload: shown harmlessly, aligned, and never as markup or a command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.corpus.hostile import LEGAL_NAMES, PAYLOADS, cells, everywhere, faults, in_turn, write_run
from tests.corpus.screens import Frame, hear, pages_of, press, running
from tui.screens.run import BADLY, PAGES


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run for each payload, which has it everywhere."""
    root = tmp_path_factory.mktemp("hostile") / "runs"
    for number, text in enumerate(PAYLOADS.values()):
        write_run(root, number, everywhere(text))
    return root


def judge(seen: Frame) -> None:
    """Fails where a frame could do anything, or where a row is not exactly as wide as the terminal."""
    assert faults(seen.text) == []
    assert faults(seen.colours, colours=True) == []
    width = seen.size.width
    assert [line for line in seen.lines if cell_len(line) != width] == []
    assert [line for line in seen.lines if cells(line) != width] == []


async def test_the_table_and_its_sheets(store: Path) -> None:
    async with running(store, (300, 90)) as pilot:
        watch = Frame(pilot)
        judge(watch)
        assert "[bold red]PWNED" in watch.text
        for keys in (
            ("o",),
            ("escape", "slash", *"PWNED"),
            ("enter",),
            ("escape", "question_mark"),
            ("escape", "a", "c"),
        ):
            judge(await press(pilot, *keys))


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_small_terminals(store: Path, size: tuple[int, int]) -> None:
    async with running(store, size) as pilot:
        judge(Frame(pilot))
        judge(await press(pilot, "end", "enter"))


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 15))
async def test_the_pages_of_a_run(tmp_path: Path, start: int) -> None:
    """Every page against every payload in some place; ``make torture`` has every payload in every place."""
    failed = start - start % 5 + 1
    write_run(tmp_path / "runs", failed, in_turn(start))
    async with running(tmp_path / "runs", (140, 45)) as pilot:
        async for _, seen in pages_of(pilot, f"demo/run{failed}", (*PAGES, BADLY)):
            judge(seen)


async def test_the_machine_screen(tmp_path: Path) -> None:
    async with running(tmp_path, (140, 45)) as pilot:
        await pilot.press("m")
        for text in PAYLOADS.values():
            hear(pilot, text)
            pilot.app.screen.show_telemetry()  # type: ignore[attr-defined]
            judge(Frame(pilot))


async def test_names_of_files_and_directories(tmp_path: Path) -> None:
    for number, name in enumerate(LEGAL_NAMES.values()):
        project = tmp_path / "runs" / name
        project.mkdir(parents=True, exist_ok=True)
        if number % 2:
            (project / f"{name}.jsonl").write_text('{"loss": 1}\n{"loss": 2}\n')
        else:
            (project / f"{name}-id").mkdir()
            (project / f"{name}-id" / "run.json").write_text("{}")
            (project / f"{name}-id" / f"system.{name}.jsonl").write_text(
                '{"_timestamp": 1790000000, "cpu/percent": 1}\n'
            )
    async with running(tmp_path / "runs", (200, 80)) as pilot:
        judge(Frame(pilot))
        judge(await press(pilot, "enter", "4"))


async def test_the_path_of_the_store(tmp_path: Path) -> None:
    root = tmp_path / "\x1b[2J[bold]\u202e損" / os.fsdecode(b"\xff") / "\n"
    root.mkdir(parents=True)
    async with running(root, (100, 12)) as pilot:
        judge(Frame(pilot))
