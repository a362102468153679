"""Bytes into the parsers, guided by what they cover: ``python -m tests.torture.guided [CORPUS] -max_total_time=600``.

Needs atheris (https://github.com/google/atheris), which is no dependency of ours: put it into an environment of its
own, with this one's packages on ``PYTHONPATH``. The options are libFuzzer's. The first byte chooses the parser.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import numpy as np

from collectors.protocol import decode
from logstore.labels import Labels
from logstore.model.records import RunRecord
from logstore.reading.blocks import BlockParser, SystemParser
from logstore.reading.console import terminal_line
from logstore.reading.events import parse_events
from logstore.reading.headline import latest_values
from logstore.reading.watched import DocumentError, parse_document
from tests.corpus.hostile import faults
from tui.details.console_lines import printed


def rows(text: bytes) -> None:
    """Lines of metrics and of telemetry."""
    block = BlockParser().parse(text + b"\n")
    if block is not None:
        assert np.isfinite(block.steps).all()
        assert len(block.steps) == len(block.times)
        for column in block.columns.values():
            assert len(column.values) == len(block.steps if column.rows is None else column.rows)
    SystemParser().parse(text + b"\n")


def lines(text: bytes) -> None:
    """Lines of events, and the last lines of a file."""
    parse_events(text + b"\n")
    latest_values(text + b"\n")


def record(text: bytes) -> None:
    """run.json and labels.json."""
    try:
        found = parse_document(text, "run.json")
    except DocumentError:
        return
    known = Labels.from_json(found).over(RunRecord.from_json(found))
    assert RunRecord.from_row(known.to_row()) == known


def config(text: bytes) -> None:
    """A config in YAML."""
    try:
        parse_document(text, "config.yaml")
    except DocumentError:
        return


def console(text: bytes) -> None:
    """A line of the console, as it reaches the screen."""
    assert faults(printed(terminal_line(text))) == []


def telemetry(text: bytes) -> None:
    """A line of the sampler."""
    decode(text)


PARSERS: Sequence[Callable[[bytes], None]] = (rows, lines, record, config, console, telemetry)


def feed(text: bytes) -> None:
    """One input."""
    if text:
        PARSERS[text[0] % len(PARSERS)](text[1:])


def main() -> None:
    """Fuzzes until it is told to end."""
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed here: see the first lines of tests/torture/guided.py")
    atheris.instrument_all()
    atheris.Setup(sys.argv, feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
