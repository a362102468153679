"""What ``/proc/PID`` says of a process, read raw: a tenth of the cost of psutil, and one missing thing is one None.

Every function takes the root of the file system, so that tests can point it at a tree of their own. Formats are those
of proc_pid_stat(5), proc_pid_io(5) and proc_pid_status(5).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from collectors.files import read_pairs, read_short, read_text, to_int

ROOT = Path("/")
NVIDIA = "/dev/nvidia"
LONGEST_COMMAND = 300
TICK = os.sysconf("SC_CLK_TCK")
"""Clock ticks per second, the unit of times in ``/proc``."""


@dataclass(frozen=True, slots=True)
class Stat:
    """The line of ``/proc/PID/stat``, as far as we use it."""

    pid: int
    name: str
    """At most 15 characters; what the process calls itself."""
    state: str
    """R running, S sleeping, D waiting for I/O, T stopped, Z ended and not yet reaped, I idle kernel thread."""
    ppid: int
    ticks: int
    """CPU time, user and system, in clock ticks."""
    threads: int
    start: int
    """When it started, in clock ticks since boot: with the pid, the identity of a process."""
    pages: int
    """Resident memory in pages."""


def read_stat(pid: int | str, root: Path = ROOT) -> Stat | None:
    """The state of a process, or None where there is none."""
    text = read_stat_line(pid, root)
    return parse_stat(text) if text else None


def read_stat_line(pid: int | str, root: Path = ROOT) -> str | None:
    """The line of ``/proc/PID/stat`` as it is, for where thousands are read and few are used."""
    return read_short(f"{root}/proc/{pid}/stat")


def parent_of(line: str) -> int | None:
    """The parent's pid in such a line."""
    words = line.rpartition(") ")[2].split(" ", 2)
    return to_int(words[1]) if len(words) > 1 else None


def parse_stat(text: str) -> Stat | None:
    """A line of ``stat``; the name may hold spaces and brackets, so it ends at the last one."""
    pid, _, rest = text.partition(" (")
    name, _, tail = rest.rpartition(") ")
    fields = tail.split()
    try:
        numbers = [int(fields[place]) for place in (1, 11, 12, 17, 19, 21)]
        return Stat(int(pid), name, fields[0], numbers[0], numbers[1] + numbers[2], *numbers[3:])
    except (ValueError, IndexError):
        return None


def pids(root: Path = ROOT) -> list[int]:
    """Every process that we may see."""
    try:
        return [int(name) for name in os.listdir(f"{root}/proc") if name.isdigit()]  # noqa: PTH208 - no Path for each process
    except OSError:
        return []


def read_io(pid: int, root: Path = ROOT) -> tuple[int, int] | None:
    """Bytes that a process caused to be read from and written to storage, ever; our own user's processes only."""
    counts = read_pairs(f"{root}/proc/{pid}/io")
    if "read_bytes" not in counts or "write_bytes" not in counts:
        return None
    return counts["read_bytes"], counts["write_bytes"]


def read_environ(pid: int, root: Path = ROOT) -> dict[str, str]:
    """The environment a process was started with; what it set itself later is not in it. Our own user's only."""
    text = read_text(f"{root}/proc/{pid}/environ") or ""
    return dict(entry.partition("=")[::2] for entry in text.split("\0") if "=" in entry)


def read_command(pid: int, root: Path = ROOT) -> tuple[str, ...]:
    """The words of the command line; empty for a kernel thread or a process that ended."""
    text = read_text(f"{root}/proc/{pid}/cmdline") or ""
    return tuple(text.rstrip("\0").split("\0")) if text else ()


def shown_command(words: tuple[str, ...]) -> str | None:
    """A command line for people: the program without its directory, and not longer than anybody reads."""
    if not words or not words[0]:
        return None
    return " ".join([words[0].rpartition("/")[2] or words[0], *words[1:]])[:LONGEST_COMMAND]


def read_boot(root: Path = ROOT) -> float | None:
    """When this machine was started, seconds since the epoch, to the second."""
    text = read_text(f"{root}/proc/stat") or ""
    lines = (line.split() for line in text.splitlines() if line.startswith("btime "))
    boot = next((to_int(words[1]) for words in lines if len(words) > 1), None)
    return None if boot is None else float(boot)


def open_devices(pid: int, root: Path = ROOT) -> frozenset[int] | None:
    """The N of each ``/dev/nvidiaN`` that a process has open, whatever its PID namespace; None where we may not see.

    An upper bound of the devices it uses: CUDA may open every device that it could use.
    """
    base = f"{root}/proc/{pid}/fd"
    try:
        descriptors = os.listdir(base)  # noqa: PTH208 - nor for each descriptor
    except OSError:
        return None
    targets = [_target(f"{base}/{descriptor}") for descriptor in descriptors]
    minors = (to_int(target.removeprefix(NVIDIA)) for target in targets if target.startswith(NVIDIA))
    return frozenset(minor for minor in minors if minor is not None)


def _target(link: str) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - as above
    except OSError:
        return ""


def namespaced_pids(pid: int, root: Path = ROOT) -> tuple[int, ...]:
    """The numbers of one process, from our PID namespace to its own; one number where they are the same."""
    for line in (read_text(f"{root}/proc/{pid}/status") or "").splitlines():
        if line.startswith("NSpid:"):
            return tuple(int(word) for word in line.split()[1:])
    return (pid,)


def find_process(pid: int, start: int | None, root: Path = ROOT) -> int | None:
    """The process that calls itself ``pid`` and started at ``start``, under its number here; None where there is none.

    A process in a container calls itself by another number than we do; the start time is the same for both.
    """
    here = read_stat(pid, root)
    if here is not None and start in {None, here.start}:
        return pid
    for other in pids(root) if start is not None else ():
        stat = read_stat(other, root)
        if stat is not None and stat.start == start and namespaced_pids(other, root)[-1] == pid:
            return other
    return None


def owner(pid: int, root: Path = ROOT) -> int | None:
    """The user id of a process."""
    try:
        return Path(f"{root}/proc/{pid}").stat().st_uid
    except OSError:
        return None
