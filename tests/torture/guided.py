"""Bytes into the parsers, guided by what they cover: ``python -m tests.torture.guided [CORPUS] -max_total_time=600``.

Needs atheris (https://github.com/google/atheris), which is no dependency of ours: ``make torture`` puts it into an
environment of its own, ``build/atheris``, and ``explore`` runs it there with our packages on ``PYTHONPATH``. The
options are libFuzzer's. The first byte chooses the parser.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from collectors.protocol import decode
from logstore.labels import Labels
from logstore.model.records import RunRecord
from logstore.reading.blocks import BlockParser, SystemParser
from logstore.reading.console import terminal_line
from logstore.reading.events import parse_events
from logstore.reading.headline import latest_values
from logstore.reading.watched import DocumentError, parse_document
from tests.corpus.hostile import PAYLOADS, faults, in_turn, write_run
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


ROOT = Path(__file__).parent.parent.parent
PYTHON = ROOT / "build" / "atheris" / "bin" / "python"
PARSERS: Sequence[Callable[[bytes], None]] = (rows, lines, record, config, console, telemetry)


def feed(text: bytes) -> None:
    """One input."""
    if text:
        PARSERS[text[0] % len(PARSERS)](text[1:])


@dataclass(frozen=True, slots=True)
class Explored:
    """What came of many inputs."""

    inputs: int = 0
    features: int = 0
    """Of the code, as libFuzzer counts what was reached."""
    fault: str | None = None


def is_installed() -> bool:
    """Whether there is an atheris to explore with."""
    return PYTHON.exists()


def explore(base: Path, seconds: float, seed: int) -> Explored:
    """Feeds the parsers for so many seconds, beginning with valid files of every kind; ``base`` keeps what failed."""
    corpus = base / "corpus"
    _plant(corpus)
    options = [f"-max_total_time={max(20, seconds):.0f}", f"-seed={seed % 2**32}", "-max_len=8192", "-timeout=120"]
    options.append(f"-artifact_prefix={base}/fault-guided-")
    command = [str(PYTHON), "-m", "tests.torture.guided", str(corpus), *options]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])}
    done = subprocess.run(command, cwd=ROOT, env=environ, check=False, capture_output=True, text=True, errors="replace")
    runs = [int(number) for number in re.findall(r"^(?:Done |#)(\d+)", done.stderr, re.MULTILINE)]
    features = [int(number) for number in re.findall(r" ft: (\d+)", done.stderr)]
    fault = None if done.returncode == 0 else f"{' '.join(command)}:\n{done.stderr[-3000:]}"
    return Explored(max(runs, default=0), max(features, default=0), fault)


def _plant(corpus: Path) -> None:
    """Files of runs as they should be, and every hostile text, for each parser."""
    corpus.mkdir(parents=True)
    run = write_run(corpus.with_name("planted"), 0, in_turn(0))
    texts = [path.read_bytes()[:4096] for path in sorted(run.iterdir()) if path.is_file()]
    texts += [text.encode("utf-8", "surrogatepass")[:4096] for text in PAYLOADS.values()]
    for number, text in enumerate(texts):
        for parser in range(len(PARSERS)):
            (corpus / f"{number}-{parser}").write_bytes(bytes([parser]) + text)


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
