"""The run under the cursor in a few lines: state and why, who it is, its best values, how its config differs. Pure.

What is told first where there are few lines stands first: state, identity, values, config. Nothing is cut in half: a
part that does not fit with its title and one line is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logstore.model.runs import Run
from logstore.model.series import Series
from tui.details.config_rows import config_rows
from tui.details.diff import ConfigDiff, DiffRow
from tui.details.run_facts import metric_direction, state_line
from tui.show import units
from tui.show.moments import moment
from tui.show.spans import Line, Span, cells, gap, pad
from tui.show.text import clean, fit, fit_middle, width, wrapped
from tui.table.rows import state_shape

DIFFERS = "differs in"
_VALUES = 4
"""Metrics whose best values are told."""
_MARGIN = 1
_LEAST = 2
"""Lines of a part that are worth showing where not all fit: its title and one row, before how many more there are."""
_OTHERS = 3
"""Values of other runs that are told beside one of this run."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a panel tells of.

    Attributes:
        run: The run under the cursor.
        role: The role of its colour.
        metrics: Its metrics, the most telling first.
        diff: Its config, as the first, beside those of the runs that are drawn with it.
    """

    run: Run
    role: str
    metrics: Sequence[str]
    diff: ConfigDiff


def panel_lines(subject: Subject, now: float, total: int, height: int) -> list[Line]:
    """The panel in at most ``height`` lines of ``total`` cells."""
    lines = [_heading(subject, total), *_states(subject.run, now, total), *_facts(subject.run, now, total)]
    for part in (_values(subject, total), _config(subject, total)):
        room = height - len(lines) - 1
        if 1 < len(part) <= room or room > _LEAST < len(part):
            lines += [[gap(total)], *_clipped(part, room, total)]
    return [pad(line, total) for line in lines[:height]]


def _clipped(part: list[Line], room: int, total: int) -> list[Line]:
    """As much of a part as fits; the last line says how much more there is."""
    if len(part) <= room:
        return part
    left = len(part) - room + 1
    return [*part[: room - 1], pad([gap(_MARGIN), Span(f"and {left} more", "dim")], total)]


def _heading(subject: Subject, total: int) -> Line:
    name = fit_middle(subject.run.name, max(1, total - 6))
    return [gap(_MARGIN), Span(name, f"{subject.role} strong"), gap(1), Span("─" * (total - width(name) - 2), "faint")]


def _states(run: Run, now: float, total: int) -> list[Line]:
    """The state and why, in as many lines as that takes, then how the training failed."""
    word, why = state_line(run, now)
    indent = _MARGIN + 2 + width(word) + 2
    first, *rest = wrapped(clean(why), max(20, total - indent))
    lines: list[Line] = [
        [gap(_MARGIN), Span(f"{state_shape(word)} {word}", f"state-{word}"), gap(2), Span(first, "dim")]
    ]
    lines += [[gap(indent), Span(text, "dim")] for text in rest]
    if run.record.error and run.record.error not in why:
        lines.append([gap(_MARGIN), Span(clean(run.record.error), "bad")])
    return [pad(line, total) for line in lines]


def _facts(run: Run, now: float, total: int) -> list[Line]:
    """Tags and the like, one behind the other; whole facts only."""
    record = run.record
    git = (
        " ".join(filter(None, (record.git.commit[:8] if record.git.commit else "", record.git.branch)))
        if record.git
        else ""
    )
    pairs = {
        "started": moment(run.created, now) if run.created is not None else "",
        "ran": units.duration(run.runtime) if run.runtime is not None else "",
        "step": f"{units.count(run.step)} of {units.count(record.total_steps)}" if record.total_steps else "",
        "tags": ", ".join(record.tags),
        "group": record.group or "",
        "job": record.job_type or "",
        "git": git,
        "host": record.host or "",
        "notes": record.notes or "",
    }
    lines: list[Line] = []
    for name, text in pairs.items():
        words = [Span(f"{name} ", "dim"), Span(clean(text))]
        if not text:
            continue
        if not lines or cells(lines[-1]) + 3 + cells(words) > total - _MARGIN:
            lines.append([gap(_MARGIN), *words])
        else:
            lines[-1] += [gap(3), *words]
    return lines


def _values(subject: Subject, total: int) -> list[Line]:
    """The best and the last value of the first metrics."""
    rows = [(name, *_best(subject.run, subject.run.metrics[name])) for name in subject.metrics[:_VALUES]]
    if not rows:
        return []
    names = min(max(width(name) for name, *_ in rows), max(8, total // 3))
    columns = [max(map(width, column)) for column in zip(*((best, last) for _, best, last in rows), strict=True)]
    best_cells, last_cells = (max(cells, len(title)) for cells, title in zip(columns, ("best", "last"), strict=True))
    title = [gap(_MARGIN + names + 2), Span(fit("last", last_cells, "right"), "dim"), gap(3), Span("best", "dim")]
    lines: list[Line] = [title]
    for name, best, last in rows:
        line = [gap(_MARGIN), Span(fit_middle(name, names) + " " * max(0, names - width(name)), "dim"), gap(2)]
        lines.append([*line, Span(fit(last, last_cells, "right"), "strong"), gap(3), Span(fit(best, best_cells))])
    return [pad(line, total) for line in lines]


def _best(run: Run, series: Series) -> tuple[str, str]:
    """The best value with its step, and the last one."""
    better = metric_direction(run, series.metric)
    best, step = (series.minimum, series.minimum_step) if better == "min" else (series.maximum, series.maximum_step)
    last = units.value(run.last(series.metric))
    if better is None or best is None or step is None:
        return "", last
    return f"{better} {units.value(best)} at {units.count(step)}", last


def _config(subject: Subject, total: int) -> list[Line]:
    """The keys in which the config differs from those of the other runs; the whole config where there are none."""
    rows = [row for row in subject.diff.select(identical=False) if row.section == "config"]
    if not rows:
        return _whole_config(subject.run.config, total)
    keys = max(width(DIFFERS), min(max(width(row.key) for row in rows), total // 3))
    mine = [clean(row.cells[0].text) for row in rows]
    values = min(max(9, *map(width, mine)), total // 3)
    titles = [Span(fit(DIFFERS, keys), "dim"), gap(2), Span(fit("this run", values), "dim"), gap(2)]
    lines: list[Line] = [[gap(_MARGIN), *titles, Span("the others", "dim")]]
    for row, own in zip(rows, mine, strict=True):
        missing = row.cells[0].missing
        line = [gap(_MARGIN), Span(fit_middle(row.key, keys) + " " * max(0, keys - width(row.key)), "dim"), gap(2)]
        others = _others(row)
        lines.append([*line, Span(fit(own, values), "dim" if missing else "strong"), gap(2), Span(others, "dim")])
    return [pad(line, total) for line in lines]


def _others(row: DiffRow) -> str:
    """What the other runs have, the commonest first, with how many have it."""
    texts = Counter(clean(cell.text) for cell in row.cells[1:])
    own = clean(row.cells[0].text)
    found = [(text, count) for text, count in texts.most_common() if text != own or len(texts) == 1]
    told = [text if count == 1 else f"{text} ×{count}" for text, count in found[:_OTHERS]]
    return " · ".join([*told, *([f"and {len(found) - _OTHERS} more"] if len(found) > _OTHERS else [])])


def _whole_config(config: Mapping[str, object], total: int) -> list[Line]:
    rows = [row for row in config_rows(config) if not row.keys]
    if not rows:
        return []
    names = [".".join(row.path) for row in rows]
    keys = min(max(map(width, names)), total // 2)
    lines: list[Line] = [[gap(_MARGIN), Span("config", "dim")]]
    for name, row in zip(names, rows, strict=True):
        key = fit_middle(name, keys)
        lines.append([gap(_MARGIN), Span(key + " " * max(0, keys - width(key)), "dim"), gap(2), Span(clean(row.text))])
    return [pad(line, total) for line in lines]
