"""``tui show``: one run in full, without its points."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.options import dir_option, json_option
from tui.commands.stores import open_for, tell_problems
from tui.plain import output
from tui.plain.output import Cell
from tui.show.text import clean, fit, width

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from tui.plain.troubles import Trouble

_LATEST_EVENTS = 5
_INDENT = "  "
_LONGEST, _WIDEST = 60, 20
"""Cells of a name and of a value of the summary that line up with the others; longer ones go beyond their column."""
_MOST = 400
"""Cells of a value that are shown; --json has all of it."""
_LEVELS = {"WARN": "yellow", "ERROR": "red"}


@click.command()
@click.argument("run")
@dir_option
@json_option
def show(*, run: str, directory: Path | None, as_json: bool) -> None:
    """Show one run: identity, state and why, what is wrong with it, config, summary, files; how it ended.

    RUN is a name, an id, project/id or a path, or the beginning of a name where it fits no other run.
    """
    reading = open_for(directory, [run])
    (found,) = reading.find([run])
    reading.complete([found])
    tell_problems(found.problems)
    now = time.time()
    wrong = _troubles(found, now)
    if as_json:
        from tui.plain.run_json import whole

        alerts = [each._asdict() for each in wrong]
        output.echo_json({**whole(found, now), "alerts": alerts, "post_mortem": _post_mortem_json(found, now)})
        return
    _head(found, now)
    _wrong(wrong)
    _identity(found)
    _post_mortem(found, now)
    _config(found)
    _summary(found)
    _events(found, now)
    _files(found)


def _head(run: Run, now: float) -> None:
    from tui.details.run_facts import state_line
    from tui.table.rows import state_shape

    word, why = state_line(run, now)
    output.echo_cells(Cell(run.name, "bold"), output.state_cell(word, f"{state_shape(word)} {word}"), why)


def _identity(run: Run) -> None:
    from tui.details.run_facts import identity

    facts = [("path", str(run.path)), *((fact.name, fact.text) for fact in identity(run))]
    _pairs(facts)


def _troubles(run: Run, now: float) -> list[Trouble]:
    from tui import settings
    from tui.plain.troubles import troubles

    return troubles(run, now, settings.load(settings.default_path()).alerts)


def _wrong(troubles: Sequence[Trouble]) -> None:
    from tui.table.rows import ALARMS

    for each in troubles:
        output.echo_hanging([Cell(ALARMS.get(each.level, "·"), _LEVELS.get(each.level))], each.text)


def _post_mortem(run: Run, now: float) -> None:
    from tui.details.console_lines import printed
    from tui.details.postmortem_lines import console_title, facts
    from tui.details.remains import examine

    card = examine(run, now)
    if card is None:
        return
    _title(f"post-mortem: {card.cause}")
    _pairs(facts(card, now))
    if card.console:
        output.echo_cells(Cell(_INDENT + console_title(card), "bright_black"))
    for line in card.console:
        output.echo(_INDENT * 2 + printed(line))


def _post_mortem_json(run: Run, now: float) -> dict[str, object] | None:
    from dataclasses import asdict

    from tui.details.remains import examine

    card = examine(run, now)
    return None if card is None else asdict(card)


def _config(run: Run) -> None:
    from tui.details.config_rows import config_rows

    rows = config_rows(run.config)
    if rows:
        _title("config")
        _pairs([(_INDENT * row.depth + row.name, row.text) for row in rows])


def _summary(run: Run) -> None:
    from tui.details.run_facts import summary_entries

    entries = summary_entries(run)
    if entries:
        _title("summary")
        names = _common((entry.name for entry in entries), _LONGEST)
        numbers = _common((entry.text for entry in entries), _WIDEST)
        for entry in entries:
            name = fit(entry.name, max(names, width(clean(entry.name))))
            head = [Cell(_INDENT + name), Cell(fit(entry.text, numbers, "right"))]
            if width(clean(entry.text)) > numbers:
                output.echo_hanging(head[:1], fit(entry.text, min(_MOST, width(clean(entry.text)))))
            else:
                output.echo_cells(*head, Cell(entry.note, "yellow" if entry.trouble else None))


def _common(texts: Iterable[str], most: int) -> int:
    """The cells of the widest of ``texts`` that takes no more than ``most``."""
    return max((cells for text in texts if (cells := width(clean(text))) <= most), default=0)


def _events(run: Run, now: float) -> None:
    from tui.details.event_lines import latest_first
    from tui.show.moments import moment

    events = latest_first(run.events)
    if not events:
        return
    _title("events" if len(events) <= _LATEST_EVENTS else f"events: the last {_LATEST_EVENTS} of {len(events)}")
    headings = [output.Heading(""), output.Heading(""), output.Heading(""), output.Heading("")]
    rows = [[moment(event.time, now), event.level, event.title, event.text] for event in events[:_LATEST_EVENTS]]
    output.echo_table(headings, rows, _INDENT)


def _files(run: Run) -> None:
    from tui.plain.run_json import files
    from tui.show import units

    _title("files")
    headings = [output.Heading(""), output.Heading("", "right")]
    output.echo_table(headings, [[name, units.size(size)] for name, size in files(run.path)], _INDENT)


def _title(text: str) -> None:
    output.echo()
    output.echo_cells(Cell(text, "bold"))


def _pairs(pairs: Sequence[tuple[str, str]]) -> None:
    names = max((width(clean(name)) for name, _ in pairs), default=0)
    for name, text in pairs:
        output.echo_hanging([Cell(_INDENT + fit(name, names), "bright_black")], text)
