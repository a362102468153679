"""Every sheet that lies over a screen, against every payload in every place in which it shows foreign text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.containers import Container
from textual.screen import ModalScreen

from tests.corpus.hostile import MARK, NOW, PAYLOADS
from tests.corpus.screens import Frame
from tests.corpus.test_screens import judge
from tui.details.key_lines import Entry as Key
from tui.details.run_facts import Fact
from tui.exporting import Thing
from tui.health.alert import Alert
from tui.health.alert_lines import Entry
from tui.screens.export import ExportScreen
from tui.screens.group import GroupScreen
from tui.screens.help import HelpScreen
from tui.screens.prompt import ConfirmScreen, PromptScreen
from tui.screens.value import ValueScreen
from tui.show.spans import Span
from tui.show.text import clean
from tui.table.ways import Way
from tui.themed_app import ThemedApp
from tui.widgets.alert_list import AlertDetail, AlertList
from tui.widgets.environment import Environment
from tui.widgets.text_view import Passage

TEXTS = tuple(PAYLOADS.values())
Sheet = Callable[[], ModalScreen[Any]]


def thing(text: str) -> Thing:
    return Thing(f"chart {text}", text, {".svg": lambda: b"", ".png": lambda: b""})


def alert(text: str) -> Entry:
    return Entry(Alert(text, text, "ERROR", NOW - 9, None, text, text, text, NOW - 9), text, "series-1")


class Alerts(ModalScreen[None]):
    """The parts of the alert log, with entries that no rule would raise."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self._entries = [alert(text) for text in texts]

    def compose(self) -> Any:
        with Container():
            yield AlertList()
            yield AlertDetail()

    def on_mount(self) -> None:
        self.query_one(AlertList).show(self._entries, NOW)
        self.query_one(AlertDetail).show(self._entries[-1])


class Surroundings(ModalScreen[None]):
    """What is told of a run's environment."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self._texts = texts

    def compose(self) -> Any:
        yield Environment()

    def on_mount(self) -> None:
        self.query_one(Environment).show([Fact(text, text) for text in self._texts])


def one_by_one() -> Iterator[Sheet]:
    """Sheets that show one text."""
    for text in TEXTS:
        yield lambda text=text: PromptScreen(text, text, text)  # type: ignore[misc]
        yield lambda text=text: ExportScreen([thing(text), thing("loss")], Path("/exp") / text)  # type: ignore[misc]


def together() -> Iterator[Sheet]:
    """Sheets that show many."""
    for start in range(0, len(TEXTS), 10):
        texts = TEXTS[start : start + 10]
        passages = [Passage([Span(clean(text))], text) for text in texts]
        yield lambda texts=texts, passages=passages: ValueScreen(texts[0], passages, texts[0])  # type: ignore[misc]
        yield lambda texts=texts: ConfirmScreen(texts[0], texts)  # type: ignore[misc]
        ways = [Way(text, text, ((text, 3), (text, 2))) for text in texts]
        yield lambda ways=ways: GroupScreen(ways)  # type: ignore[misc]
        yield lambda texts=texts: HelpScreen([Key(text, text, text) for text in texts])  # type: ignore[misc]
        yield lambda texts=texts: Alerts(texts)  # type: ignore[misc]
        yield lambda texts=texts: Surroundings(texts)  # type: ignore[misc]


@pytest.mark.timeout(240)  # a hundred screens, on a machine that may be busy
@pytest.mark.parametrize(("sheets", "size"), [(one_by_one, (120, 12)), (together, (200, 60)), (together, (60, 20))])
async def test_every_sheet(sheets: Callable[[], Iterator[Sheet]], size: tuple[int, int]) -> None:
    app: App[None] = ThemedApp()
    shown = ""
    async with app.run_test(size=size) as pilot:
        for sheet in sheets():
            await app.push_screen(sheet())
            await pilot.pause()
            seen = Frame(pilot)
            judge(seen)
            shown += seen.text
            await app.pop_screen()
    assert MARK in shown
