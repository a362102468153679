"""The latest values of a run before its rows are read: the last lines of its file, a few microseconds a run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import orjson

from logstore.format import NONFINITE, STEP, TIMESTAMP
from logstore.model.records import number
from logstore.reading.axes import EARLIEST, STEP_NAMES, TIME_NAMES, parse_date
from logstore.reading.rows import parse_by_line
from logstore.reading.tail import Look, open_file

WINDOW = 4096
"""Bytes looked at: a dozen or more rows, enough to meet most metrics."""


def read_headline(path: str) -> tuple[Mapping[str, object] | None, Look]:
    """The latest value of each key in the last lines of ``path``, None when there is no whole row; and what it is.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    descriptor, seen = open_file(path)
    try:
        begin = max(0, seen.size - WINDOW)
        text = os.pread(descriptor, WINDOW, begin)
    finally:
        os.close(descriptor)
    first = text.find(b"\n") + 1 if begin else 0
    return latest_values(text[first : text.rfind(b"\n") + 1]), seen


def latest_values(lines: bytes) -> Mapping[str, object] | None:
    """The latest value of each key in whole ``lines``, with the step and the time under their own names."""
    merged: dict[str, object] = {}
    for row in _rows(lines):
        if isinstance(row, dict):
            merged.update(row)
    if not merged:
        return None
    values = {key: _decoded(value) for key, value in merged.items() if value is not None}
    _rename(values, STEP_NAMES, STEP)
    _rename(values, TIME_NAMES, TIMESTAMP)
    return values


def _rows(lines: bytes) -> Sequence[object]:
    """The rows of a few lines. Two torn lines that fit together may count as one: this is only a first glance."""
    try:
        rows: list[object] = orjson.loads(b"[" + lines[:-1].replace(b"\n", b",") + b"]")
    except ValueError:
        return parse_by_line(lines).rows
    return rows


def _decoded(value: object) -> object:
    return NONFINITE.get(value, value) if isinstance(value, str) else value


def _rename(values: dict[str, object], names: tuple[str, ...], name: str) -> None:
    """Put the first of ``names`` that holds a number under ``name``."""
    for each in names:
        value = values.get(each)
        plain = parse_date(value) if isinstance(value, str) else number(value)
        if plain is not None and (name in {STEP, each} or plain >= EARLIEST):
            del values[each]
            values[name] = plain
            return
