"""One very long run: how it opens, whether keys are answered meanwhile, and how much memory it takes.

The rows are real, and each is another. Ten gigabytes take minutes to write, so the whole table has one of them, and
``python -m benchmarks.scale --gigabytes 10`` measures any number. Time grows with it; memory and keys must not.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import stores
from benchmarks.row import Row
from benchmarks.terminal import terminal, watch
from benchmarks.watching import key_time, places

MEMORY_MB = 256
"""The bound that is set; the app's own memory comes on top."""
PROGRESS = "reading "


@dataclass
class Seen:
    """What was seen while a run was opened."""

    size: int = 0
    """Bytes of its rows."""
    count: int = 0
    """Its rows."""
    progress: float = 0.0
    """Seconds until the bar was there."""
    complete: float = 0.0
    keys: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def rows(quick: bool) -> list[Row]:
    """A tenth of a gigabyte, or one."""
    seen = of_size(0.1 if quick else 1.0)
    name = f"one run of {seen.size / 1e9:.3g} GB, {seen.count:,} rows × 5 metrics, memory_mb = {MEMORY_MB}"
    return [
        Row(f"{name}: progress is shown after", 1e3 * seen.progress, "ms"),
        Row("  complete after", seen.complete, "s"),
        Row("  read", seen.size / 1e6 / seen.complete, "MB/s"),
        Row("  key to screen meanwhile, median", 1e3 * median(seen.keys), "ms", target="< 100 ms"),
        Row("  key to screen meanwhile, longest", 1e3 * max(seen.keys), "ms"),
        Row("  resident at most", max(seen.memory), "MB", target=f"{MEMORY_MB} MB of points + the app"),
    ]


def of_size(gigabytes: float) -> Seen:
    """What is seen of one run of about so many gigabytes."""
    with tempfile.TemporaryDirectory(prefix="runwatch-bench-") as directory:
        path, count = stores.write_long_run(Path(directory), int(gigabytes * 1e9))
        return opened(Path(directory), (path / "metrics.jsonl").stat().st_size, count)


def opened(store: Path, size: int, count: int) -> Seen:
    """Open ``store``, pressing keys until everything was read."""
    seen = Seen(size, count)
    with tempfile.TemporaryDirectory() as home:
        settings = Path(home) / "config" / "runwatch" / "config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f"memory_mb = {MEMORY_MB}\n")
        with terminal(watch(str(store)), places(Path(home))) as shown:
            seen.progress = shown.wait_for(PROGRESS)[0] - shown.began
            while shown.screen.shows(PROGRESS):
                seen.keys.append(key_time(shown))
                seen.memory.append(shown.memory())
            seen.complete = shown.last_byte - shown.began
            shown.read(2.0)
            seen.memory.append(shown.memory())
    return seen
