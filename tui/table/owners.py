"""Who started runs: as their records say, else the owners of their directories, each asked for once."""

from __future__ import annotations

import pwd
from pathlib import Path

from logstore.model.runs import Run


class Owners:
    """Tells whose runs are.

    Args:
        uid: the user who asks, as the system numbers users.
    """

    def __init__(self, uid: int) -> None:
        self._uid = uid
        self._name = user_name(uid)
        self._uids: dict[Path, int | None] = {}
        self._names: dict[int, str] = {uid: self._name}

    def name(self, run: Run) -> str | None:
        """The name of who started ``run``; None when nothing tells."""
        said = run.record.extra.get("user")
        if isinstance(said, str) and said:
            return said
        uid = self._owner(run.path)
        if uid is not None and uid not in self._names:
            self._names[uid] = user_name(uid)
        return None if uid is None else self._names[uid]

    def is_mine(self, run: Run) -> bool:
        """Whether it was the one who asks."""
        return self.name(run) == self._name

    def _owner(self, path: Path) -> int | None:
        """Who owns ``path``; a directory that went away since is nobody's."""
        if path not in self._uids:
            try:
                self._uids[path] = path.stat().st_uid
            except OSError:
                self._uids[path] = None
        return self._uids[path]


def user_name(uid: int) -> str:
    """What the user is called; the number itself where the system has no name for it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
