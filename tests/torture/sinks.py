"""Every payload in every place of a run against every sink: the whole product, of which ``make test`` takes a part."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.corpus import test_exports as exports
from tests.corpus.commands import call, complaints, of_change, of_run, of_store, of_text
from tests.corpus.hostile import PAYLOADS, everywhere, write_run
from tests.corpus.screens import Frame, hear, pages_of, running
from tests.corpus.test_screens import judge
from tui.screens.run import PAGES

WITHOUT_A_PLACE: tuple[Callable[[str], None], ...] = (
    exports.test_svg_is_a_picture_and_nothing_else,
    exports.test_png_is_a_picture,
    exports.test_csv_runs_nothing,
    exports.test_what_is_copied_can_be_pasted_into_a_shell,
    exports.test_a_webhook_gets_text_that_mentions_nobody,
    exports.test_a_command_gets_variables_that_are_one_line,
    exports.test_the_guard_says_one_harmless_line,
    exports.test_the_machine_in_plain_lines,
)
WITH_A_PLACE: tuple[Callable[[str, Path], None], ...] = (
    exports.test_a_copied_table_runs_nothing,
    exports.test_an_alert_can_be_written_into_the_events,
    exports.test_a_crash_report_is_harmless,
)


@dataclass
class Counts:
    """What came of it."""

    payloads: int = 0
    pairs: int = 0
    """Payloads times sinks."""
    faults: list[str] = field(default_factory=list)


def product() -> Counts:
    """All payloads against all sinks."""
    counts = Counts()
    with tempfile.TemporaryDirectory() as home, _variable("HOME", home):
        for number, (what, text) in enumerate(PAYLOADS.items()):
            counts.payloads += 1
            root = Path(home, str(number), "runs")
            write_run(root, 0, everywhere(text))
            write_run(root, 1, everywhere(text))
            for sink in _sinks(root, text):
                counts.pairs += 1
                try:
                    sink()
                except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
                    counts.faults.append(f"{what}: {type(error).__name__}: {error}"[:2000])
            asyncio.run(_screens(root, what, text, counts))
    return counts


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    yield
    if before is not None:
        os.environ[name] = before


def _sinks(root: Path, text: str) -> Iterator[Callable[[], None]]:
    """Everything that leaves the program."""
    yield from (partial(sink, text) for sink in WITHOUT_A_PLACE)
    for number, placed in enumerate(WITH_A_PLACE):
        place = root.parent / f"place{number}"
        place.mkdir()
        yield partial(placed, text, place)
    notification = exports.test_a_notification_of_the_terminal_is_one_sequence
    yield from (partial(notification, text, environ) for environ in exports.TERMINALS)
    yield from (partial(exports.test_text_is_a_picture, text, colour) for colour in (False, True))
    typed = os.fsdecode(text.encode("utf-8", "surrogatepass").replace(b"\x00", b""))
    files = root.parent / "files"
    files.mkdir()
    commands = (*of_store(root), *of_run(root, "demo/run0", "demo/run1"), *of_text(root, typed))
    commands += tuple(of_change(root, "demo/run1", typed, files))
    yield from (partial(_ask, arguments) for arguments in commands)


def _ask(arguments: Sequence[str]) -> None:
    found = complaints(arguments, call(arguments))
    assert not found, found


async def _screens(root: Path, what: str, text: str, counts: Counts) -> None:
    """The table, the machine, and every page of a run."""
    async with running(root, (140, 45)) as pilot:
        table = Frame(pilot)
        seen = {page: frame async for page, frame in pages_of(pilot, "demo/run1", (*PAGES, "post-mortem"))}
        hear(pilot, text)
        await pilot.press("m")
        seen["the machine"] = Frame(pilot)
    for name, frame in [("the table", table), *seen.items()]:
        counts.pairs += 1
        try:
            judge(frame)
        except AssertionError as error:
            counts.faults.append(f"{what}, {name}: {error}"[:2000])
