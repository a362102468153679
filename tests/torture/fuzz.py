"""Feeds the reader broken files: any bytes in any of them give rows, counted bad lines, or one clear line.

A store that was valid is damaged at random, byte by byte and file by file, read whole and read while it changes, and
shown: as a table row, as a page, as JSON, now and then as a frame of the real app. Nothing may raise, hang, or grow.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import shutil
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from logstore.model.runs import Run, Runs
from logstore.reading.follow import Budget
from logstore.store import Store
from tests.corpus.hostile import NOW, PAYLOADS, faults, in_turn, write_run
from tests.corpus.screens import pages_of, running, runs_of
from tui.commands.watch import once
from tui.details.identity_lines import identity_lines
from tui.details.postmortem_lines import post_mortem_lines
from tui.details.remains import examine
from tui.details.run_facts import summary_entries
from tui.plain import output
from tui.plain.listing import rows_of
from tui.plain.run_json import whole
from tui.screens.run import PAGES
from tui.settings import Settings
from tui.table.columns import column_for
from tui.table.run_rows import metrics_of

SLOWEST = 5.0
"""Seconds of processor time that the reading of one small store may take."""
LARGEST = 256 << 20
"""Bytes of memory that the reading of one small store may take."""
FRAME_EVERY = 50
"""Inputs between two frames of the app."""

SNIPPETS = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\n",
        b"\r\n",
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"null",
    ),
    *(
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b'"NaN"',
        b"1e400",
        b"-1e400",
        b"1e-400",
        b"9" * 400,
        b"0x10",
        b"-0",
        b"1.",
        b"true",
    ),
    *(
        b'{"_step":1e308}',
        b'{"_step":"x"}\n',
        b'{"_timestamp":1e30}\n',
        b'{"_step":-9007199254740993,"a":1}\n',
        b'{"":1}\n',
    ),
    *(
        b"[" * 3000,
        b'{"a":' * 3000,
        b'{"a":1,"a":2}\n',
        b'{"_type":"histogram"}',
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xc0\x80",
    ),
    *(
        b'"state":',
        b'"killed"',
        b'"pid":1',
        b'"created":1e18',
        b'"attempts":[{"started":1}]',
        b'"tags":{}',
        b'"metrics":[{}]',
    ),
    *(b"x" * 70_000, b"\n" * 500, b"\x1b]52;c;UFdORUQ=\x07", "\u202e損".encode()),
)


@dataclass
class Counts:
    """What many inputs came to."""

    inputs: int = 0
    bytes: int = 0
    rows: int = 0
    bad_lines: int = 0
    problems: int = 0
    frames: int = 0
    faults: list[str] = field(default_factory=list)


def damage(content: bytes, dice: random.Random) -> bytes:
    """``content`` with something wrong in it."""
    ways: list[Callable[[bytes, random.Random], bytes]] = [_flip, _insert, _insert, _cut, _double, _swap, _cut_end]
    for _ in range(dice.randrange(1, 5)):
        content = dice.choice(ways)(content, dice)
    return content


def _flip(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.randrange(1, 8)):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _insert(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + dice.choice(SNIPPETS) * dice.choice([1, 1, 1, 5]) + content[at:]


def _cut(content: bytes, dice: random.Random) -> bytes:
    low, high = sorted((dice.randrange(len(content) + 1), dice.randrange(len(content) + 1)))
    return content[:low] + content[high:]


def _double(content: bytes, dice: random.Random) -> bytes:
    low = dice.randrange(len(content) + 1)
    high = min(len(content), low + dice.randrange(500))
    return content[:high] + content[low:high] * dice.randrange(1, 20) + content[high:]


def _swap(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    dice.shuffle(lines)
    return b"\n".join(lines)


def _cut_end(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _resident() -> int:
    """Bytes of memory that this process has, as proc_pid_statm(5) tells."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


class Fuzzer:
    """Damages one store again and again."""

    def __init__(self, base: Path, seed: int) -> None:
        self._dice = random.Random(seed)
        self._base = base
        self._runs = [write_run(base / "valid", number, in_turn(number)) for number in range(0, len(PAYLOADS), 7)]
        for run in self._runs:
            for name in ("metrics", "events"):
                shutil.copy(run / f"{name}.jsonl", run / f"{name}.rank1.jsonl")
            (run / "foreign.yaml").write_text("a: &a [1, *a]\n")
        self.counts = Counts()

    def step(self) -> None:
        """One input: a run with some of its files damaged, read, changed and read again, and shown."""
        root = self._base / "damaged"
        shutil.rmtree(root, ignore_errors=True)
        source = self._dice.choice(self._runs)
        target = root / "demo" / "r"
        shutil.copytree(source, target)
        self._damage(target, everything=True)
        self.counts.inputs += 1
        began, before = time.process_time(), _resident()
        try:
            self._read(root, target)
            if _resident() - before > LARGEST:
                self._keep(root, f"it took {(_resident() - before) >> 20} MiB of memory")
            if self.counts.inputs % FRAME_EVERY == 0:
                self._draw(root)
        except Exception:  # noqa: BLE001  whatever it is, it is what is looked for
            self._keep(root, traceback.format_exc(limit=-6))
        taken = time.process_time() - began
        if taken > SLOWEST * (1 + 2 * (self.counts.inputs % FRAME_EVERY == 0)):
            self._keep(root, f"it took {taken:.1f} s")

    def _damage(self, run: Path, *, everything: bool) -> None:
        files = sorted(path for path in run.iterdir() if path.is_file())
        for path in self._dice.sample(files, self._dice.randrange(1, len(files) + 1 if everything else 2)):
            content = damage(path.read_bytes(), self._dice)
            self.counts.bytes += len(content)
            path.write_bytes(content)
            if self._dice.random() < 0.3:
                os.utime(path, (NOW, NOW))

    def _read(self, root: Path, target: Path) -> None:
        """Reads the store while it changes, then once more whole."""
        runs, reader = Runs(), Store(root).reader(background=1 << 30)
        for _ in range(self._dice.randrange(1, 4)):
            for _ in range(200):
                delta = reader.read(Budget(bytes=self._dice.choice([100, 5000, 1 << 20]), seconds=0.01))
                runs.apply(delta)
                if not delta.bytes_left and not delta.runs_left:
                    break
            self._damage(target, everything=False)
        for run in [*runs.values(), *Store(root).runs().values()]:
            self._look(run)

    def _look(self, run: Run) -> None:
        """Everything that is made of a run, without a terminal."""
        self.counts.bad_lines += run.bad_lines
        self.counts.problems += len(run.problems)
        for series in run.metrics.values():
            self.counts.rows += len(series)
            assert len(series.steps) == len(series.values) == len(series.times)
            assert np.isfinite(series.steps).all()
            assert (np.diff(series.steps) > 0).all()
        (row,) = rows_of({run.key: run}, NOW)
        columns = [column_for(f"metric:{name}") for name in metrics_of([run]) if name]
        texts = [column.text(row) for column in [*columns, column_for("state"), column_for("meta:notes")]]
        assert all(isinstance(text, str) for text in texts)
        identity_lines(run, NOW, 100, 20)
        summary_entries(run)
        card = examine(run, NOW)
        if card is not None:
            post_mortem_lines(card, NOW, 100)
        text = output.dumps(whole(run, NOW))
        assert faults(text) == []
        json.loads(text)

    def _draw(self, root: Path) -> None:
        """A frame of the app, and every page of the run in it."""
        assert faults(once(root, (140, 40), settings=Settings(gpu=False))) == []
        self.counts.frames += 1 + asyncio.run(_pages(root))

    def _keep(self, root: Path, what: str) -> None:
        """Keeps the input that showed a fault."""
        kept = self._base / f"fault-{len(self.counts.faults)}"
        if len(self.counts.faults) < 20:
            shutil.copytree(root, kept)
        self.counts.faults.append(f"{kept}: {what}")


async def _pages(root: Path) -> int:
    """Draws every page of the only run; how many that were."""
    count = 0
    async with running(root, (120, 40)) as pilot:
        for key in list(runs_of(pilot)):
            async for _, seen in pages_of(pilot, key, PAGES):
                assert faults(seen.text) == []
                count += 1
    return count
