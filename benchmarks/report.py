"""Rows of benchmarks as text: aligned for a terminal, as a page of Markdown, or as JSON. Ratios come first."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.row import Row
from benchmarks.section import Measured
from benchmarks.verdict import met
from tui.show.text import fit, width

HEAD = ("ratio", "what", "ours", "beside", "to reach", "")
VERDICTS = {True: "met", False: "missed", None: ""}


def plain(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as aligned text under their heads."""
    cells = [HEAD, *(texts(row) for row in rows)]
    widths = [max(width(line[column]) for line in cells) for column in range(len(HEAD))]
    for line in cells:
        parts = (
            fit(text, cells, "right" if at in {0, 2} else "left")
            for at, (text, cells) in enumerate(zip(line, widths, strict=True))
        )
        yield "  " + "   ".join(parts).rstrip()


def texts(row: Row) -> tuple[str, str, str, str, str, str]:
    """What the cells of a row say; a dash where nothing was measured."""
    ours = "–" if row.ours is None else figure(row.ours, row.ours_unit)
    beside = f"{row.beside_name} {figure(row.beside, row.ours_unit)}" if row.beside is not None else row.beside_name
    return ratio(row), row.name, ours, beside, row.target, VERDICTS[met(row)]


def ratio(row: Row) -> str:
    """How ours compares, with as many digits as the noise allows."""
    if row.ratio is None:
        return ""
    digits = 2 if row.ratio >= 0.1 else 3 if row.ratio >= 0.01 else 4
    return f"{row.ratio:.{digits}f}×"


def figure(value: float, unit: str) -> str:
    """A number with its unit: three digits are as much as the noise allows."""
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{number} {unit}".rstrip()


def targets(measured: Mapping[str, Measured]) -> str:
    """How many targets are met, and which are not."""
    rows = [(name, row) for name, section in measured.items() for row in section.rows if met(row) is not None]
    missed = [f"{name}: {_missed(row)}" for name, row in rows if not met(row)]
    return f"{len(rows) - len(missed)} of {len(rows)} targets met." + (
        f" Missed: {'; '.join(missed)}." if missed else ""
    )


def _missed(row: Row) -> str:
    """A row whose target was not met, in one line."""
    reached = ratio(row) if "×" in row.target else figure(row.ours or 0.0, row.ours_unit)
    return f"{row.name.strip()} ({reached}, to reach {row.target})"


def as_json(head: Mapping[str, str], measured: Mapping[str, Measured]) -> dict[str, object]:
    """Everything that was measured, for programs."""
    sections = {
        name: {
            "seconds": found.seconds,
            "others": found.others,
            "trouble": found.trouble,
            "rows": [{**dataclasses.asdict(row), "met": met(row)} for row in found.rows],
        }
        for name, found in measured.items()
    }
    return {**head, "sections": sections}


def renewed(page: str, head: Mapping[str, str], measured: Mapping[str, Measured]) -> str:
    """``page`` with these results between its two comments."""
    lines = [*listed(head), "", targets(measured), ""]
    for name, section in measured.items():
        lines += [f"### {name}", "", *markdown(section.rows), "", f"({section.note})", ""]
    return between(page, lines)


def listed(head: Mapping[str, str]) -> list[str]:
    """What figures belong to, as a list."""
    return [f"- {name}: {text}" for name, text in head.items()]


def between(page: str, lines: Sequence[str], place: str = "results") -> str:
    """``page`` with ``lines`` between the two comments of a place; everything else stays.

    Raises:
        ValueError: The page has no such place.
    """
    begin, end = f"<!-- {place} -->\n", f"<!-- end of {place} -->"
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise ValueError(f"the page has no {begin.strip()} … {end}")
    return before + begin + "\n".join([*lines, ""]) + end + after


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as a table."""
    yield f"| {' | '.join(HEAD)} |"
    yield "|--:|---|--:|---|---|---|"
    for row in rows:
        yield f"| {' | '.join(text.replace('|', chr(92) + '|') for text in texts(row))} |"
