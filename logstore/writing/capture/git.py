"""The state of the code as git's own files tell it: commit, branch and remote.

Reading them takes a fraction of a millisecond, so it is done while the run begins; nothing is started.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from logstore.processes import first_bytes
from logstore.writing.capture.secrets import mask_text

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_URL = re.compile(r"^\s*url\s*=\s*(.+?)\s*$", re.MULTILINE)
_SECTION = re.compile(r"^\s*\[", re.MULTILINE)


def find_repository(cwd: Path, script: str) -> Path | None:
    """The work tree around ``cwd``, or else around the script."""
    for start in (cwd, Path(script).absolute().parent if script else cwd):
        for directory in (start, *start.parents):
            if (directory / ".git").exists():
                return directory
    return None


def read_head(repository: Path) -> dict[str, object]:
    """Commit, branch and remote of a work tree, as far as plain files tell them; tokens in the remote are masked."""
    directory = _git_directory(repository)
    common = _common_directory(directory)
    head = first_bytes(directory / "HEAD") or ""
    reference = head.removeprefix("ref: ") if head.startswith("ref: ") else None
    commit = head if reference is None else _resolve(reference, directory, common)
    known = {
        "commit": commit if commit and _COMMIT.fullmatch(commit) else None,
        "branch": reference.removeprefix("refs/heads/") if reference else None,
        "remote": _remote(first_bytes(common / "config", 1 << 20) or ""),
    }
    return {key: value for key, value in known.items() if value is not None}


def _git_directory(repository: Path) -> Path:
    """The directory behind ``.git``, which in linked work trees and submodules is a file that names it."""
    pointer = repository / ".git"
    if pointer.is_dir():
        return pointer
    return repository / (first_bytes(pointer) or "").removeprefix("gitdir: ")


def _common_directory(directory: Path) -> Path:
    """Where a linked work tree shares refs and config with the others."""
    shared = first_bytes(directory / "commondir")
    return directory / shared if shared else directory


def _resolve(reference: str, directory: Path, common: Path) -> str | None:
    for place in (directory, common):
        loose = first_bytes(place / reference)
        if loose:
            return loose
    packed = first_bytes(common / "packed-refs", 4 << 20) or ""
    found = re.search(rf"^([0-9a-f]{{40,64}}) {re.escape(reference)}$", packed, re.MULTILINE)
    return found[1] if found else None


def _remote(config: str) -> str | None:
    """The address of ``origin``, or of the only remote there is."""
    sections = {head: body for head, body in _sections(config) if head.startswith("remote ")}
    body = sections.get('remote "origin"') or next(iter(sections.values()), "")
    url = _URL.search(body)
    return mask_text(url[1]) if url else None


def _sections(config: str) -> Iterator[tuple[str, str]]:
    for part in _SECTION.split(config)[1:]:
        head, _, body = part.partition("]")
        yield head.strip(), body
