"""Rows of benchmarks as text: aligned for a terminal, or as a page of Markdown. Ratios come first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.row import Row
from tui.show.text import fit, width

HEAD = ("ratio", "what", "ours", "beside", "to reach")
_RESULTS = re.compile(r"(<!-- results -->\n).*?(<!-- end -->)", re.DOTALL)


def plain(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as aligned text under their heads."""
    cells = [HEAD, *(texts(row) for row in rows)]
    widths = [max(width(line[column]) for line in cells) for column in range(len(HEAD))]
    for line in cells:
        parts = (
            fit(text, cells, "left" if at == 1 else "right")
            for at, (text, cells) in enumerate(zip(line, widths, strict=True))
        )
        yield "  " + "   ".join(parts).rstrip()


def texts(row: Row) -> tuple[str, str, str, str, str]:
    """What the cells of a row say; a dash where nothing was measured."""
    ours = "–" if row.ours is None else figure(row.ours, row.ours_unit)
    beside = f"{row.beside_name} {figure(row.beside, row.ours_unit)}" if row.beside is not None else row.beside_name
    ratio = "" if row.ratio is None else f"{row.ratio:.3f}×" if row.ratio < 0.1 else f"{row.ratio:.2f}×"
    return ratio, row.name, ours, beside, row.target


def figure(value: float, unit: str) -> str:
    """A number with its unit: three digits are as much as the noise allows."""
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{number} {unit}".rstrip()


def renewed(page: str, machine: str, measured: Mapping[str, tuple[Sequence[Row], str]]) -> str:
    """``page`` with these results between its two comments.

    Raises:
        ValueError: The page has no place for results.
    """
    found = _RESULTS.search(page)
    if found is None:
        raise ValueError("the page has no <!-- results --> … <!-- end -->")
    hardware, versions = machine.splitlines()
    lines = [f"{hardware}; {versions}.", ""]
    for name, (rows, note) in measured.items():
        lines += [f"### {name}", "", *markdown(rows), "", note.strip(), ""]
    return page[: found.end(1)] + "\n".join(lines) + page[found.start(2) :]


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as a table."""
    yield f"| {' | '.join(HEAD)} |"
    yield "|--:|---|--:|--:|---|"
    for row in rows:
        yield f"| {' | '.join(text.replace('|', chr(92) + '|') for text in texts(row))} |"
