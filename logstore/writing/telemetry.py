"""Telemetry of the machine beside a run: a sampler process that writes ``system.<host>.jsonl``, and ends with the run.

The sampler is ``python -m collectors``, never imported here: a call into a driver can hang or crash, and the training
must not go with it. One process of each host starts one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from logstore.errors import StorageError
from logstore.format import system_name
from logstore.processes import start_ticks
from logstore.writing.folder import Folder
from logstore.writing.helpers import Helper

_SHORTEST = 0.1
_PATIENCE = 0.2


class Telemetry:
    """A running sampler."""

    def __init__(self, helper: Helper) -> None:
        self._helper = helper

    @classmethod
    def start(cls, folder: Folder, interval: float | None, environ: Mapping[str, str]) -> Telemetry | None:
        """Starts a sampler for this process; None when there is no way to, for telemetry is never worth a training.

        Args:
            folder: The run's directory.
            interval: Seconds between samples; None leaves that to the sampler.
            environ: Its environment.
        """
        pid = os.getpid()
        arguments = ["--out", str(folder.path / system_name(os.uname().nodename)), "--run-pid", str(pid)]
        arguments += ["--parent", f"{pid}:{start_ticks(pid) or ''}".removesuffix(":")]
        if interval is not None:
            arguments += ["--interval", f"{max(interval, _SHORTEST):g}"]
        try:
            return cls(Helper("collectors", arguments, environ, None))
        except StorageError:
            return None

    def stop(self) -> None:
        """Ends the sampler, with a short wait for it to go."""
        self._helper.stop(_PATIENCE)
