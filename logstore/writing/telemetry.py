"""Telemetry of the machine beside a run: a sampler process that writes ``system.<host>.jsonl``, and ends with the run.

The sampler is ``python -m collectors``, never imported here: a call into a driver can hang or crash, and the training
must not go with it. One process of each host starts one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress

from logstore.errors import StorageError
from logstore.format import system_name
from logstore.processes import start_ticks
from logstore.writing.folder import Folder
from logstore.writing.helpers import Helper

SUCCESSORS = 3
"""Samplers that are started after one that was killed."""
_SHORTEST = 0.1
_PATIENCE = 0.2


class Telemetry:
    """A running sampler, and what starts another."""

    def __init__(self, folder: Folder, interval: float | None, environ: Mapping[str, str]) -> None:
        """Starts it; raises StorageError. See ``start``."""
        self._folder, self._interval, self._environ = folder, interval, environ
        self._successors = SUCCESSORS
        self._helper = self._begin()

    @classmethod
    def start(cls, folder: Folder, interval: float | None, environ: Mapping[str, str]) -> Telemetry | None:
        """Starts a sampler for this process; None when there is no way to, for telemetry is never worth a training.

        Args:
            folder: The run's directory.
            interval: Seconds between samples; None leaves that to the sampler.
            environ: Its environment.
        """
        try:
            return cls(folder, interval, environ)
        except StorageError:
            return None

    def _begin(self) -> Helper:
        pid = os.getpid()
        arguments = ["--out", str(self._folder.path / system_name(os.uname().nodename)), "--run-pid", str(pid)]
        arguments += ["--parent", f"{pid}:{start_ticks(pid) or ''}".removesuffix(":")]
        if self._interval is not None:
            arguments += ["--interval", f"{max(self._interval, _SHORTEST):g}"]
        return Helper("collectors", arguments, self._environ, None)

    def look(self) -> None:
        """Starts another where the sampler was killed or failed, a few times; one that left had its reasons."""
        if self._helper.ended() and self._helper.failed and self._successors:
            self._successors -= 1
            with suppress(StorageError):
                self._helper = self._begin()

    def stop(self) -> None:
        """Ends the sampler, with a short wait for it to go."""
        self._helper.stop(_PATIENCE)
