"""What goes on beside the rows while a run is open, each part started only when it is asked for.

None of it is worth a training: what cannot be started is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from logstore.errors import StorageError
from logstore.format import CONSOLE_FILE, CONSOLE_TIMES_FILE, FILES_DIRECTORY, rank_name
from logstore.names import program
from logstore.writing.appender import Appender
from logstore.writing.folder import Folder
from logstore.writing.notices import Notices
from logstore.writing.ranks import Place
from logstore.writing.settings import Capture

if TYPE_CHECKING:
    from logstore.writing.capture.background import Background
    from logstore.writing.capture.console import Console
    from logstore.writing.capture.times import PrintTimes
    from logstore.writing.telemetry import Telemetry

_LARGEST_SCRIPT = 4 << 20


class Recorders:
    """The recorders of one run.

    Attributes:
        console: Copies stdout and stderr.
        telemetry: The sampler of this host.
        background: The helper that asks git and lists packages.
    """

    def __init__(
        self,
        console: Console | None = None,
        telemetry: Telemetry | None = None,
        background: Background | None = None,
    ) -> None:
        self.console = console
        self.telemetry = telemetry
        self.background = background

    @property
    def waiting(self) -> bool:
        """Whether the helper has yet to say what it found."""
        return self.background is not None and not self.background.done

    def findings(self, patience: float) -> dict[str, object] | None:
        """What the helper found, once; waits up to ``patience`` seconds for it."""
        return None if self.background is None else self.background.collect(patience)

    def look(self) -> None:
        """Sees that telemetry goes on."""
        if self.telemetry is not None:
            self.telemetry.look()

    def flush(self) -> None:
        """Writes what is held back."""
        if self.console is not None:
            self.console.flush()

    def stop(self) -> None:
        """Ends all of them."""
        if self.background is not None:
            self.background.close()
        if self.telemetry is not None:
            self.telemetry.stop()
        if self.console is not None:
            self.console.stop()


def start_recorders(
    capture: Capture,
    place: Place,
    folder: Folder,
    environ: Mapping[str, str],
    notices: Notices,
    step: Callable[[], int | None],
) -> Recorders:
    """Starts what ``capture`` asks for, as far as it is this rank's to do; ``step`` tells which row came last."""
    recorders = Recorders()
    if place.leads:
        recorders.background = _start_background(capture, folder, environ)
    if place.leads_host and capture.system:
        recorders.telemetry = _start_telemetry(capture.system, folder, environ)
    if place.leads and capture.code:
        _keep_script(folder, notices)
    if capture.console:
        recorders.console = _start_console(place.rank, folder, notices, step)
    return recorders


def _start_background(capture: Capture, folder: Folder, environ: Mapping[str, str]) -> Background | None:
    if not (capture.git or capture.packages):
        return None
    from logstore.writing.capture.background import Background
    from logstore.writing.capture.git import find_repository

    repository = find_repository(Path.cwd(), program()) if capture.git else None
    return Background.start(folder, repository, capture.packages, environ)


def _start_telemetry(system: bool | float, folder: Folder, environ: Mapping[str, str]) -> Telemetry | None:
    from logstore.writing.telemetry import Telemetry

    return Telemetry.start(folder, None if system is True else float(system), environ)


def _start_console(rank: int, folder: Folder, notices: Notices, step: Callable[[], int | None]) -> Console | None:
    from logstore.writing.capture.console import Console

    try:
        log = Appender(folder, rank_name(CONSOLE_FILE, rank), notices)
    except StorageError as error:
        notices.warn("console", str(error))
        return None
    return Console(log, _start_times(log, rank, folder, notices, step))


def _start_times(
    log: Appender, rank: int, folder: Folder, notices: Notices, step: Callable[[], int | None]
) -> PrintTimes | None:
    from logstore.writing.capture.times import PrintTimes

    try:
        return PrintTimes(Appender(folder, rank_name(CONSOLE_TIMES_FILE, rank), notices), log, step)
    except StorageError as error:
        notices.warn("console times", str(error))
        return None


def _keep_script(folder: Folder, notices: Notices) -> None:
    """Copies the program into the run's ``files``."""
    import shutil

    script = Path(program())
    try:
        if script.is_file() and script.stat().st_size <= _LARGEST_SCRIPT:
            (folder.path / FILES_DIRECTORY).mkdir(exist_ok=True)
            shutil.copyfile(script, folder.path / FILES_DIRECTORY / script.name)
    except OSError as error:
        notices.warn("script", f"cannot keep {script}: {error.strerror or error}")
