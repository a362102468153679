"""What this machine does right now: one answer of the sampler, which runs in a process of its own.

A driver call may hang for ever, so the answer is waited for a bounded time; a sampler that cannot even be killed is
left behind.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress

from collectors import launch
from collectors.protocol import decode
from collectors.samples import StateLine
from tui.machine.telemetry import Telemetry
from tui.show.text import clean

PATIENCE = 20.0
"""Seconds after which the driver counts as hung; loading it without persistence may take several."""


def command(interval: float, pids: Iterable[int] = ()) -> list[str]:
    """The command line of a sampler that answers once, with rates over ``interval`` seconds.

    Args:
        interval: seconds.
        pids: the processes of runs; theirs and those that descend from them are told too.
    """
    followed = [word for pid in pids for word in ("--run-pid", str(pid))]
    return launch.command("collectors", "--once", "--interval", str(interval), *followed)


def sample(sampler: Sequence[str], now: float, patience: float = PATIENCE) -> Telemetry:
    """This machine's telemetry, as far as the sampler told within ``patience`` seconds; it never raises.

    Args:
        sampler: the command line of the sampler.
        now: the time, seconds since the epoch, for what we say ourselves.
        patience: how long to wait for it.
    """
    telemetry = Telemetry()
    try:
        output, why = _run(sampler, patience)
    except OSError as error:
        telemetry.apply(StateLine(now, "unavailable", f"the sampler did not start: {error}"))
        return telemetry
    for line in map(decode, output.splitlines()):
        if line is not None:
            telemetry.apply(line)
    if telemetry.gpu_state == "waiting" or (why and not telemetry.host):
        telemetry.apply(StateLine(now, "unavailable", why or "the sampler said nothing"))
    return telemetry


def _run(sampler: Sequence[str], patience: float) -> tuple[bytes, str]:
    """What it printed, and what was wrong with it in one line."""
    process = subprocess.Popen(
        sampler, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        output, errors = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired as late:
        _leave(process)
        return late.output or b"", f"the driver did not answer in {patience:.0f} s"
    last = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
    return output, f"the sampler ended with {process.returncode}: {clean(''.join(last))}" if process.returncode else ""


def _leave(process: subprocess.Popen[bytes]) -> None:
    """Kill it and forget it: one that the kernel does not let go is not waited for."""
    process.kill()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(1)
