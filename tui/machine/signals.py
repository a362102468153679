"""Signals to one process of this machine: which there are, when one is refused, and the sending.

A pid is given to another process when its own has ended, so a process is known by its start time too. The signal goes
through a pidfd (pidfd_open(2)): between the look at the start time and the signal nobody else can take its place.
"""

from __future__ import annotations

import errno
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from collectors.procfs import ROOT, read_stat
from tui.machine.process_facts import Kin, is_here
from tui.machine.process_rows import Row
from tui.show.text import clean, fit_middle, width


@dataclass(frozen=True, slots=True)
class Choice:
    """A signal, and what it does in a few words."""

    name: str
    number: signal.Signals
    does: str


CHOICES = (
    Choice("TERM", signal.SIGTERM, "asks it to end; it may save and tidy up first"),
    Choice("INT", signal.SIGINT, "interrupts it, as ^C does"),
    Choice("KILL", signal.SIGKILL, "ends it at once; it can save nothing"),
)
"""The gentlest first."""
_LEAST_COMMAND = 16


class SignalRefused(Exception):  # noqa: N818 - an answer more than an error
    """No signal was sent; the text says why, in one line."""


def question(choice: Choice, kin: Kin, run: str | None, cells: int) -> str:
    """What is asked before, in one line of ``cells`` cells: the signal, the pid, whose it is, its command and run."""
    head = f"Send {choice.name} to {kin.pid} of {kin.user or 'an unknown user'}: "
    tail = f" (run {fit_middle(run, 24)})?" if run else " (no run)?"
    room = max(_LEAST_COMMAND, cells - width(head) - width(tail))
    return clean(f"{head}{fit_middle(kin.command, room)}{tail}")


def elsewhere(row: Row, host: str | None) -> str:
    """Why the process of ``row``, told by the sampler of ``host``, is out of reach; empty where it is within.

    A pid that is another machine's, or another namespace's, may be anybody's here.
    """
    if not is_here(host):
        return f"it is on {clean(host or 'another machine')}, out of reach from here"
    return "" if row.seen else "it is not seen from here: in a container, the driver tells the pids of the host"


def refusal(kin: Kin, *, may: bool, ours: int) -> str:
    """Why a process gets no signal from here; empty where it may have one.

    Args:
        kin: the process.
        may: whether the system lets us signal it (``permitted``).
        ours: our own pid.
    """
    if kin.pid <= 1:
        return f"{kin.pid} is the first process of the system: it gets no signal from here"
    if kin.pid == ours:
        return f"{kin.pid} is this app: q ends it"
    if kin.state == "Z":
        return f"{kin.pid} has ended: it is there only until its parent {kin.ppid} takes note"
    if not kin.words:
        return f"{kin.pid} ({clean(kin.name)}) is a thread of the kernel"
    return "" if may else f"{kin.pid} belongs to {clean(kin.user) or 'another user'}: it is not yours to signal"


def permitted(pid: int) -> bool:
    """Whether the system lets us send signals to ``pid``; so it does where the process has ended."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return False
    except ProcessLookupError:
        pass
    return True


def send(choice: Choice, kin: Kin, root: Path = ROOT) -> None:
    """Send the signal to that very process, and to no other.

    Raises:
        SignalRefused: It has ended, its pid is another process's by now, or the system does not let us.
    """
    if kin.pid <= 1 or kin.pid == os.getpid():
        raise SignalRefused(f"{kin.pid} gets no signal from here")
    try:
        _send(choice, kin, root)
    except ProcessLookupError:
        raise SignalRefused(f"{kin.pid} has ended before the signal came") from None
    except OSError as error:
        raise SignalRefused(f"{kin.pid} got no signal: {error.strerror or error}") from None


def runs_on(kin: Kin, root: Path = ROOT) -> bool:
    """Whether that very process still runs; one that only waits for its parent to take note does not."""
    now = read_stat(kin.pid, root)
    return now is not None and now.start == kin.start and now.state != "Z"


def _send(choice: Choice, kin: Kin, root: Path) -> None:
    descriptor = _pidfd(kin.pid)
    try:
        now = read_stat(kin.pid, root)
        if now is None or now.start != kin.start:
            raise SignalRefused(f"{kin.pid} is another process by now: nothing was sent")
        if descriptor is None:
            os.kill(kin.pid, choice.number)
        else:
            signal.pidfd_send_signal(descriptor, choice.number)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _pidfd(pid: int) -> int | None:
    """A descriptor of the process; None where the kernel has none to give (before Linux 5.3)."""
    try:
        return os.pidfd_open(pid)
    except OSError as error:
        if error.errno in {errno.ENOSYS, errno.EPERM}:
            return None
        raise
