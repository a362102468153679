"""Small files of /proc and /sys, read so that one that is missing, unreadable or odd is simply absent (None).

These files are made by the kernel at each read, so there is nothing to cache and nothing to stream.
"""

from __future__ import annotations

import os
from pathlib import Path

SHORT = 4096


def read_text(path: str | Path) -> str | None:
    """The whole text of a file, or None where it cannot be read (missing, no permission, the process ended)."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - thousands a minute, no Path for each
            return file.read().decode("utf-8", "replace")
    except OSError:
        return None


def read_short(path: str) -> str | None:
    """The start of a file, as much as the kernel gives at once: all of a short one, without making a stream."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(fd, SHORT).decode("utf-8", "replace")
    except OSError:
        return None
    finally:
        os.close(fd)


def read_word(path: str | Path) -> str | None:
    """The first word of a file, or None."""
    text = read_text(path)
    words = text.split(None, 1) if text else []
    return words[0] if words else None


def read_line(path: str | Path) -> str | None:
    """The first line of a file without the white space around it, or None where there is none."""
    text = read_text(path)
    return text.strip().partition("\n")[0].strip() or None if text else None


def read_int(path: str | Path) -> int | None:
    """The number at the start of a file; None where there is none (cgroups write ``max`` for "no limit")."""
    return to_int(read_word(path))


def to_int(word: str | None) -> int | None:
    """``word`` as a whole number, or None."""
    try:
        return int(word) if word else None
    except ValueError:
        return None


def read_pairs(path: str | Path) -> dict[str, int]:
    """Lines of ``key value`` or ``key: value unit`` as numbers by key; other lines are left out."""
    pairs: dict[str, int] = {}
    for line in (read_text(path) or "").splitlines():
        words = line.split()
        number = to_int(words[1]) if len(words) > 1 else None
        if number is not None:
            pairs[words[0].rstrip(":")] = number
    return pairs


def names(directory: str | Path) -> list[str]:
    """What a directory holds, sorted; nothing where it cannot be read."""
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208 - no Path for each of thousands of descriptors
    except OSError:
        return []
