"""Screens with runs that a person has chosen: they can be removed, tagged, noted and renamed there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from textual import work
from textual.binding import Binding

from logstore.model.runs import Run
from tui import edits
from tui.details.run_facts import state_line
from tui.screens.base import RunwatchScreen
from tui.screens.prompt import ConfirmScreen, PromptScreen
from tui.show.text import clean


class EditingScreen(RunwatchScreen):
    """Says which runs are meant (``chosen``); the rest is here. Files are written in a thread."""

    BINDINGS = [
        Binding(
            "D", "remove", "Remove", id="runs.remove", show=False, tooltip="Move the runs to the trash, after asking"
        ),
        Binding("t", "tag", "Tags", id="runs.tag", show=False, tooltip="Add tags to the runs, or take tags away"),
        Binding("n", "note", "Notes", id="runs.note", show=False, tooltip="Write notes about the runs"),
        Binding("R", "rename", "Rename", id="runs.rename", show=False, tooltip="Give the run another name"),
    ]

    def chosen(self) -> Sequence[Run]:
        """The runs that are meant: the marked ones, else the one under the cursor."""
        raise NotImplementedError

    @work(exclusive=True, group="edit")
    async def action_remove(self) -> None:
        """Ask, then move the runs to the trash."""
        runs, now = self.chosen(), self.model.clock()
        details = tuple(f"{run.name}  {state_line(run, now)[0]}" for run in runs)
        if not runs:
            return
        meant = await self.app.push_screen_wait(ConfirmScreen(f"Move {_these(runs)} to the trash?", details))
        if meant:
            await self._do(lambda: edits.remove(runs, self.model.path, now))

    @work(exclusive=True, group="edit")
    async def action_tag(self) -> None:
        """Ask for tags to add and to take away."""
        runs = self.chosen()
        have = ", ".join(runs[0].record.tags) if len(runs) == 1 else ""
        hint = f"a word adds a tag, -word takes it away{f'; now: {clean(have)}' if have else ''}"
        words = await self._ask(runs, f"Tags of {_these(runs)}", "", hint)
        if words:
            await self._do(lambda: edits.tag(runs, words))

    @work(exclusive=True, group="edit")
    async def action_note(self) -> None:
        """Ask for the notes."""
        runs = self.chosen()
        before = runs[0].record.notes or "" if len(runs) == 1 else ""
        text = await self._ask(runs, f"Notes about {_these(runs)}", _one_line(before), "empty for none")
        if text is not None:
            await self._do(lambda: edits.note(runs, text))

    @work(exclusive=True, group="edit")
    async def action_rename(self) -> None:
        """Ask for another name; of several runs only the first is meant."""
        runs = self.chosen()[:1]
        name = await self._ask(runs, f"Another name for {_these(runs)}", runs[0].name if runs else "", "")
        if name is not None:
            await self._do(lambda: edits.rename(runs[0], name))

    async def _ask(self, runs: Sequence[Run], title: str, value: str, hint: str) -> str | None:
        return await self.app.push_screen_wait(PromptScreen(title, value, hint)) if runs else None

    async def _do(self, edit: Callable[[], str]) -> None:
        self.notify(clean(await asyncio.to_thread(edit)), timeout=6, markup=False)


def _these(runs: Sequence[Run]) -> str:
    return runs[0].name if len(runs) == 1 else f"{len(runs)} runs"


def _one_line(text: str) -> str:
    """``text`` where one line can hold it; what has more lines is written anew."""
    return "" if "\n" in text else text
