"""What the kernel allows: inotify watches and instances, and open files."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from tui.checks.finding import Finding

FEWEST_WATCHES = 8192
FEWEST_INSTANCES = 128
FEWEST_FILES = 1024

_SECTION = "limits"


def check(proc: Path = Path("/proc")) -> list[Finding]:
    """The limits as ``proc`` has them."""
    return [*_inotify(proc), open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[0])]


def _inotify(proc: Path) -> list[Finding]:
    directory = proc / "sys" / "fs" / "inotify"
    watches, instances = _number(directory / "max_user_watches"), _number(directory / "max_user_instances")
    if watches is None or instances is None:
        return [Finding(_SECTION, "inotify", "ok", "not here: files are looked at in intervals")]
    return [_watches(watches), _instances(instances, _instances_in_use(proc))]


def _watches(most: int) -> Finding:
    if most >= FEWEST_WATCHES:
        return Finding(_SECTION, "inotify watches", "ok", f"{most:,} for each user")
    advice = "sudo sysctl fs.inotify.max_user_watches=524288; until then new rows show up to a tick later"
    return Finding(_SECTION, "inotify watches", "warn", f"{most:,} for each user", advice)


def _instances(most: int, used: int) -> Finding:
    what = f"{used} in use of {most}"
    if most >= FEWEST_INSTANCES and used < 0.9 * most:
        return Finding(_SECTION, "inotify instances", "ok", what)
    advice = "sudo sysctl fs.inotify.max_user_instances=1024; until then new rows show up to a tick later"
    return Finding(_SECTION, "inotify instances", "warn", what, advice)


def open_files(soft: int) -> Finding:
    """How many files a process may have open; ``soft`` is the limit in force."""
    if soft == resource.RLIM_INFINITY:
        return Finding(_SECTION, "open files", "ok", "unlimited")
    if soft >= FEWEST_FILES:
        return Finding(_SECTION, "open files", "ok", f"{soft:,}")
    return Finding(_SECTION, "open files", "warn", f"{soft:,}", "ulimit -n 4096")


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _instances_in_use(proc: Path) -> int:
    """Inotify instances of the processes we may look into: this user's."""
    own = os.getuid()
    return sum(instances_of(process) for process in proc.glob("[0-9]*") if _owner(process) == own)


def instances_of(process: Path) -> int:
    """Inotify instances of the process whose directory below /proc is ``process``; 0 where that is not told."""
    try:
        links = [_target(link) for link in (process / "fd").iterdir()]
    except OSError:
        return 0
    return sum("inotify" in link for link in links)


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except OSError:
        return None


def _target(link: Path) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 (what it says, not a path)
    except OSError:
        return ""
