"""Helper processes of a run: started without a fork of the training, detached from its terminal, hardly waited for.

``posix_spawn`` does not copy the page tables of a training process that holds hundreds of gigabytes, and runs none of
its fork handlers. A helper has a session of its own, so ^C reaches the training alone.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from logstore.errors import StorageError

_PAUSE = 0.005


class Helper:
    """A process that was started with ``python -m``.

    Attributes:
        pid: Its pid.
        failed: Whether it was found to have been killed or to have failed.
    """

    def __init__(self, module: str, arguments: Sequence[str], environ: Mapping[str, str], stdout: int | None) -> None:
        """Starts ``python -m module arguments``.

        Args:
            module: A module of this distribution.
            arguments: Its command line.
            environ: Its environment.
            stdout: A descriptor for what it prints; None throws it away, as with what it prints on stderr.

        Raises:
            StorageError: There is no interpreter, or no process to be had.
        """
        if not sys.executable:
            raise StorageError("this Python does not know its own interpreter")
        # -P: a directory named like the module beside the user's script must not be taken for it.
        command = [sys.executable, "-P", "-m", module, *arguments]
        self._gone = self.failed = False
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        try:
            self.pid = os.posix_spawn(
                sys.executable,
                command,
                _environment(environ),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, null, 0),
                    (os.POSIX_SPAWN_DUP2, null if stdout is None else stdout, 1),
                    (os.POSIX_SPAWN_DUP2, null, 2),
                ],
                setsid=True,
                setsigmask=(),
                setsigdef=(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE),
            )
        except (OSError, NotImplementedError) as error:
            raise StorageError(f"cannot start {module}: {error}") from error
        finally:
            os.close(null)

    def ended(self) -> bool:
        """Whether it is gone; reaps it, and never asks again: its pid may then be another child's."""
        try:
            if not self._gone:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self._gone, self.failed = pid != 0, status != 0
        except ChildProcessError:  # the program reaps every child itself
            self._gone = True
        return self._gone

    def stop(self, patience: float) -> None:
        """Asks it to end, and waits up to ``patience`` seconds for that."""
        if self.ended():
            return
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while not self.ended() and time.monotonic() < deadline:
            time.sleep(_PAUSE)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ``, such that the helper finds this very package, also in a checkout that is not installed."""
    home = Path(__file__).parent.parent
    if home.name in {"site-packages", "dist-packages"}:
        return dict(environ)
    paths = [each for each in (environ.get("PYTHONPATH"), str(home)) if each]
    return {**environ, "PYTHONPATH": os.pathsep.join(paths)}
