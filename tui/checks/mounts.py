"""Which file system a path is on, from the text of ``/proc/self/mountinfo`` (proc(5))."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

NETWORK = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "lustre",
        "beegfs",
        "gpfs",
        "glusterfs",
        "pvfs2",
        "wekafs",
    )
)
"""File systems that other hosts write to: inotify does not tell what they do."""

_OCTAL = re.compile(r"\\([0-7]{3})")


def file_system(path: Path, mountinfo: str) -> str | None:
    """The type of the file system that holds ``path`` (resolved), such as ``ext4``; None when it is not told."""
    best: tuple[int, str] | None = None
    for line in mountinfo.splitlines():
        mount = _mount(line)
        if mount is None or not PurePosixPath(path).is_relative_to(mount[0]):
            continue
        depth = len(mount[0].parts)
        if best is None or depth >= best[0]:  # a later mount on the same place covers the earlier
            best = depth, mount[1]
    return best[1] if best else None


def is_network(kind: str) -> bool:
    """Whether a file system of this type is shared between hosts."""
    return kind in NETWORK or (kind.startswith("fuse.") and kind not in {"fuse.overlayfs", "fuse.fuse-overlayfs"})


def _mount(line: str) -> tuple[PurePosixPath, str] | None:
    before, dash, after = line.partition(" - ")
    fields = before.split(" ")
    if not dash or len(fields) < 6:
        return None
    place = _OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4])
    return PurePosixPath(place), after.split(" ")[0]
