"""Files of a size that nobody meant: lines of gigabytes, a million names, events without end, nesting without bottom.

Each is read by a process of its own, which says how long that took and how much its memory grew: not by the file's
size, but by what is kept of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from logstore.store import Store

FULL, SMALL = 1.0, 1 / 64
LARGEST = 300 << 20
"""Bytes by which the memory of a reader may grow, whatever it reads."""
ROW = b'{"_step":0,"a":1}\n'


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one giant."""

    name: str
    bytes: int
    seconds: float
    """Of processor time."""
    memory: int
    """Bytes by which the reader grew."""
    points: int
    fault: str | None


def line(run: Path, share: float) -> None:
    """A line of 4 GiB between two rows."""
    _hole(run / "metrics.jsonl", share, ROW, b"\n" + ROW.replace(b"0", b"1"))


def line_without_end(run: Path, share: float) -> None:
    """A line of 4 GiB that is not complete yet."""
    _hole(run / "metrics.jsonl", share, ROW, b"x")


def line_of_telemetry(run: Path, share: float) -> None:
    """The same in telemetry."""
    _hole(run / "system.box.jsonl", share, b'{"_timestamp":1,"cpu/percent":1}\n', b"\n")


def line_of_events(run: Path, share: float) -> None:
    """The same in events."""
    _hole(run / "events.jsonl", share, b'{"kind":"note","title":"a"}\n', b"\n")


def documents(run: Path, share: float) -> None:
    """Documents of 4 GiB."""
    for name in ("config.json", "summary.json", "labels.json"):
        _hole(run / name, share, b'{"a":1', b"}")


def console(run: Path, share: float) -> None:
    """A console of 4 GiB without a newline."""
    _hole(run / "console.log", share, b"begin\n", b"\nend\n")


def names_in_a_line(run: Path, share: float) -> None:
    """Names without end in one line, as long as a line may be."""
    row = {f"k{number}": 1 for number in range(int(600_000 * share))}
    (run / "metrics.jsonl").write_bytes(json.dumps(row).encode()[: (8 << 20) - 2] + b"\n" + json.dumps(row).encode())


def names_in_lines(run: Path, share: float) -> None:
    """A million names, one in each line."""
    with (run / "metrics.jsonl").open("wb") as file:
        file.writelines(b'{"_step":%d,"k%d":1}\n' % (number, number) for number in range(int(1_000_000 * share)))


def names_of_telemetry(run: Path, share: float) -> None:
    """A million names of devices."""
    with (run / "system.box.jsonl").open("w") as file:
        for number in range(int(10_000 * share)):
            row = {f"gpu/{number * 100 + device}/util": device for device in range(100)}
            file.write(json.dumps({"_timestamp": number, **row}) + "\n")


def events(run: Path, share: float) -> None:
    """A million alerts."""
    with (run / "events.jsonl").open("wb") as file:
        row = b'{"_timestamp":%d,"kind":"alert","title":"alert","text":"","level":"WARN"}\n'
        file.writelines(row % number for number in range(int(1_000_000 * share)))


def nesting(run: Path, share: float) -> None:
    """Lists and objects nested a hundred, ten thousand and a million deep, in rows and in documents."""
    with (run / "metrics.jsonl").open("wb") as file:
        for depth in (100, 1023, 1025, 10_000, int(1_000_000 * share)):
            file.write(b'{"a":' * depth + b"1" + b"}" * depth + b"\n")
            file.write(b'{"_step":1,"a":' + b"[" * depth + b"]" * depth + b"}\n")
    for name in ("config.json", "summary.json"):
        (run / name).write_bytes(b'{"a":' * 10_000 + b"1" + b"}" * 10_000)


GIANTS: Mapping[str, Callable[[Path, float], None]] = {
    each.__name__.replace("_", " "): each
    for each in (
        *(line, line_without_end, line_of_telemetry, line_of_events, documents, console),
        *(names_in_a_line, names_in_lines, names_of_telemetry, events, nesting),
    )
}


def _hole(path: Path, share: float, begin: bytes, end: bytes) -> None:
    """A file with four gigabytes of nothing in the middle, which take no room on the disk."""
    with path.open("wb") as file:
        file.write(begin)
        file.seek(int((4 << 30) * share))
        file.write(end)


def read_all(share: float) -> Iterator[Reading]:
    """Makes each giant, and has it read."""
    for name, write in GIANTS.items():
        with tempfile.TemporaryDirectory(prefix="giant-") as base:
            run = Path(base, "p", "r")
            run.mkdir(parents=True)
            (run / "run.json").write_text('{"format":1,"id":"r","created":1,"state":"finished"}')
            write(run, share)
            yield _read(name, Path(base), sum(path.stat().st_size for path in run.iterdir()))


def _read(name: str, base: Path, size: int) -> Reading:
    command = [sys.executable, "-m", "tests.torture.giants", str(base)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=500)
    if done.returncode:
        return Reading(name, size, 0.0, 0, 0, f"{name}: ended with {done.returncode}: {done.stderr[-2000:]}")
    seconds, memory, points = json.loads(done.stdout)
    fault = f"{name}: its reader grew by {memory >> 20} MiB" if memory > LARGEST else None
    return Reading(name, size, seconds, memory, points, fault)


def main() -> None:
    """``python -m tests.torture.giants ROOT``: reads a store, and prints what it took."""
    before, began = _peak(), time.process_time()
    (run,) = Store(sys.argv[1]).runs().values()
    run.state(time.time())
    points = sum(len(curve) for curves in (*run.ranks.values(), *run.hosts.values()) for curve in curves.values())
    print(json.dumps([time.process_time() - began, _peak() - before, points + len(run.events)]))


def _peak() -> int:
    """The most bytes of memory that this program has had: ``VmHWM`` of proc_pid_status(5).

    getrusage() would tell those of the process that started it, where they were more.
    """
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) << 10


if __name__ == "__main__":
    main()
