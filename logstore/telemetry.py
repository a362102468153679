"""Telemetry of the machine beside a run: a sampler process that writes ``system.<host>.jsonl``, and ends with the run.

The sampler is ``python -m collectors``, never imported here: a call into a driver can hang or crash, and the training
must not go with it. One process of each host starts one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from logstore.errors import StorageError
from logstore.folder import Folder
from logstore.format import system_name
from logstore.helpers import Helper

INTERVAL = 2.0
"""Seconds between samples, unless told otherwise: about 40 MB a week and GPU."""

_SHORTEST = 0.1
_PATIENCE = 0.2


class Telemetry:
    """A running sampler."""

    def __init__(self, helper: Helper) -> None:
        self._helper = helper

    @classmethod
    def start(cls, folder: Folder, host: str, interval: float, environ: Mapping[str, str]) -> Telemetry | None:
        """Starts a sampler for this process; None when there is no way to, for telemetry is never worth a training."""
        pid = str(os.getpid())
        arguments = ["--interval", f"{max(interval, _SHORTEST):g}", "--out", str(folder.path / system_name(host))]
        try:
            return cls(Helper("collectors", [*arguments, "--run-pid", pid, "--parent", pid], environ, None))
        except StorageError:
            return None

    def stop(self) -> None:
        """Ends the sampler, with a short wait for it to go."""
        self._helper.stop(_PATIENCE)
