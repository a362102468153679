"""Who this process is, so that a reader can find it again: pid, start time, boot id, pid namespace, host.

A pid alone proves nothing, since pids come back. What the machine does not tell is left out.
"""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")


def start_ticks(pid: int, proc: Path = PROC) -> int | None:
    """Clock ticks after boot at which ``pid`` began (field 22 of /proc/<pid>/stat, proc(5)); None if unknown."""
    stat = first_bytes(proc / str(pid) / "stat")
    # The name of the program may hold spaces and parentheses: the fields begin after the last one.
    fields = stat.rpartition(")")[2].split() if stat else []
    return int(fields[19]) if len(fields) > 19 and fields[19].isdigit() else None


def describe_process(pid: int, proc: Path = PROC) -> dict[str, object]:
    """``pid`` as run.json records it: host, pid, boot_id, process_start, and pid_namespace where there is one."""
    known = {
        "host": os.uname().nodename,
        "pid": pid,
        "boot_id": first_bytes(proc / "sys/kernel/random/boot_id"),
        "process_start": start_ticks(pid, proc),
        "pid_namespace": _namespace(proc / str(pid) / "ns/pid"),
    }
    return {key: value for key, value in known.items() if value is not None}


def first_bytes(path: Path, limit: int = 4096) -> str | None:
    """The first ``limit`` bytes of a small file as text, stripped; None when there are none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError):  # a path that another file gave may hold anything
        return None
    try:
        return os.read(descriptor, limit).decode("utf-8", "replace").strip() or None
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _namespace(link: Path) -> int | None:
    """The inode of a pid namespace: ``pid:[4026531836]`` names it."""
    try:
        target = os.readlink(link)  # noqa: PTH115  the link does not lead to a path
    except OSError:
        return None
    number = target.removeprefix("pid:[").removesuffix("]")
    return int(number) if number.isdigit() else None
