"""The store's directory: what file system it is on, whether it can be written, its room, and its clock."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tui.checks.finding import Finding
from tui.checks.mounts import file_system, is_network
from tui.show import units

LEAST_FREE = 1 << 30
LEAST_FREE_SHARE = 0.02
LARGEST_SKEW = 2.0
"""Seconds by which the clock of the file system may differ before ages and silences mislead."""

_SECTION = "store"


def check(path: Path, mountinfo: str, now: Callable[[], float] = time.time) -> list[Finding]:
    """Everything about the directory ``path`` itself; it is there."""
    return [_kind(path, mountinfo), *_room(path), *_writing(path, now)]


def read_mountinfo() -> str:
    """What the kernel says is mounted; empty where it does not."""
    try:
        return Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def _kind(path: Path, mountinfo: str) -> Finding:
    kind = file_system(path.resolve(), mountinfo)
    if kind is None:
        return Finding(_SECTION, "file system", "ok", "unknown: files are looked at in intervals")
    if is_network(kind):
        return Finding(_SECTION, "file system", "ok", f"{kind}: other hosts' rows are found by looking, every second")
    return Finding(_SECTION, "file system", "ok", kind)


def _room(path: Path) -> list[Finding]:
    room = os.statvfs(path)
    free, total = room.f_bavail * room.f_frsize, room.f_blocks * room.f_frsize
    tight = free < LEAST_FREE or free < LEAST_FREE_SHARE * total
    advice = "make room, or log elsewhere with LOGSTORE_DIR" if tight else None
    what = f"{units.size(free)} of {units.size(total)}"
    findings = [Finding(_SECTION, "free space", "warn" if tight else "ok", what, advice)]
    if room.f_files and room.f_favail < 0.02 * room.f_files:
        what = f"{units.count(room.f_favail)} of {units.count(room.f_files)}"
        findings.append(Finding(_SECTION, "free inodes", "warn", what, "remove files: every run has about ten"))
    return findings


def _writing(path: Path, now: Callable[[], float]) -> list[Finding]:
    """Write a file of no name for a moment: can it be written, and what time does the file system think it is?"""
    try:
        with tempfile.TemporaryFile(dir=path) as probe:
            before = now()
            probe.write(b"\n")
            probe.flush()
            written = os.fstat(probe.fileno()).st_mtime
            skew = written - min(max(written, before), now())
    except OSError as error:
        what = f"read only: {error.strerror or error}"
        return [Finding(_SECTION, "writing", "warn", what, "watching works; training needs a directory it may write")]
    return [Finding(_SECTION, "writing", "ok", "allowed"), _clock(skew)]


def _clock(skew: float) -> Finding:
    if abs(skew) <= LARGEST_SKEW:
        return Finding(_SECTION, "clock", "ok", "the file system's agrees with this host's")
    word = "ahead of" if skew > 0 else "behind"
    what = f"the file system's is {units.duration(abs(skew))} {word} this host's"
    return Finding(_SECTION, "clock", "warn", what, "synchronise the clocks (chrony, NTP): ages and silences mislead")
