"""The state of the code as git tells it: what differs from the last commit, and which files it does not know.

That may take seconds in a large repository: it is done by the helper process, bounded in time and in size. Nothing that
the repository configures is run (``core.fsmonitor``, external diffs, text conversions).
"""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

PATCH_LIMIT = 10 << 20
UNTRACKED_LIMIT = 1 << 20
SECONDS = 20.0

_NEXT_FILE = b"\ndiff --git "


def read_patch(repository: Path) -> tuple[bytes, bool]:
    """``git diff HEAD`` and whether something was left out because it is longer than ``PATCH_LIMIT``.

    A long patch ends with its last whole file, so that what is there can be applied.
    """
    patch, cut = _ask(repository, PATCH_LIMIT, "diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv")
    if not cut:
        return patch, False
    end = patch.rfind(_NEXT_FILE)
    return (patch[: end + 1] if end >= 0 else b""), True


def read_untracked(repository: Path, store: Path | None = None) -> bytes:
    """The paths of files that git neither tracks nor ignores, one a line; without those of the store itself."""
    where = [".", *_without(repository, store)]
    paths, cut = _ask(repository, UNTRACKED_LIMIT, "ls-files", "--others", "--exclude-standard", "--", *where)
    return paths[: paths.rfind(b"\n") + 1] if cut else paths


def _without(repository: Path, store: Path | None) -> list[str]:
    """What tells git to leave ``store`` out, when it lies in the repository."""
    if store is None or store == repository or not store.is_relative_to(repository):
        return []
    return [f":(exclude,literal){store.relative_to(repository)}"]


def _ask(repository: Path, limit: int, *arguments: str) -> tuple[bytes, bool]:
    """The first ``limit`` bytes that git prints, and whether there was more. Empty when git fails or takes too long."""
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    try:
        with subprocess.Popen(
            command, cwd=repository, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as git:
            return _read_bounded(git, limit)
    except OSError:
        return b"", False


def _read_bounded(git: subprocess.Popen[bytes], limit: int) -> tuple[bytes, bool]:
    alarm = threading.Timer(SECONDS, git.kill)
    alarm.start()
    try:
        assert git.stdout is not None
        content = git.stdout.read(limit + 1)
        if len(content) > limit:
            git.kill()
            return content[:limit], True
        return (content, False) if git.wait() == 0 else (b"", False)
    finally:
        alarm.cancel()
