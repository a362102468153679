"""The GPUs as the sampler sees them: a child process that may hang, crash or go without harm to the rest.

Each tick sends one request and takes the answer when it is there. What becomes of the child is a state, never an
exception: ``starting``, ``ok``, ``unavailable`` (no driver), ``stalled`` (a call does not return), ``restarting``
(it died, or was killed) and ``hung`` (killed, and the kernel cannot end it: it waits inside the driver). A child that
is gone is started again after a pause that doubles each time; a hung one is left alone and not replaced until it ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from collectors import launch
from collectors.backend import GpuInfo
from collectors.procfs import read_stat
from collectors.protocol import decode
from collectors.samples import Hello, Sample, StateLine

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
"""Seconds before a child is started again."""
SETTLED = 30.0
"""Seconds of service after which an end of the child counts as the first one again."""
START_PATIENCE = 60.0
"""Seconds a driver may take to start: several for each board where persistence mode is off."""
LEAVE_PATIENCE = 0.5
"""Seconds a child may take to end after it said so."""
DEATH_PATIENCE = 2.0
"""Seconds a killed child may take to end before it counts as hung."""


@dataclass(frozen=True, slots=True)
class GpuState:
    """How it stands with the GPUs, and why."""

    name: str
    why: str = ""


class GpuChild:
    """One child process: requests in, lines out, nothing that blocks."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], now: float) -> None:
        """Raises OSError where it cannot be started. It is busy from the start: its first line is its hello."""
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, env=env
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._output = self._process.stdin, self._process.stdout
        os.set_blocking(self._output.fileno(), False)
        self._rest = b""
        self.started = now
        self.busy_since: float | None = now
        self.greeted = False
        self.killed_at: float | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def request(self, now: float) -> None:
        """Ask for a sample; one that ended does not hear it."""
        self.busy_since = now
        with contextlib.suppress(OSError):
            self._requests.write(b"\n")

    def lines(self, patience: float) -> list[bytes] | None:
        """The lines that are there within ``patience`` seconds; None when it has closed its output."""
        if not select.select([self._output], [], [], max(0.0, patience))[0]:
            return []
        text = self._output.read(1 << 20)
        if text == b"":
            return None
        *whole, self._rest = (self._rest + (text or b"")).split(b"\n")
        return whole

    def kill(self, now: float) -> None:
        """End it; whether that works shows later."""
        self.killed_at = now
        self._process.kill()

    def ended(self) -> str | None:
        """How it ended, in words; None while it lives."""
        code = self._process.poll()
        if code is None:
            return None
        self._requests.close()
        self._output.close()
        return f"died of signal {-code}" if code < 0 else f"ended with status {code}"

    def dismiss(self, patience: float) -> None:
        """Let it end by itself, by closing its input; kill it when it has not within ``patience`` seconds."""
        self._requests.close()
        self._output.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)


class GpuSource:
    """Keeps a child and speaks with it. ``state`` and ``infos`` hold what is known now."""

    def __init__(
        self,
        interval: float,
        argv: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        *,
        stall: float | None = None,
        first_pause: float = FIRST_PAUSE,
        kill: Callable[[GpuChild, float], None] = GpuChild.kill,
    ) -> None:
        """``argv`` and ``env`` start the child (None: ``collectors.gpu_process`` with our own environment).

        After ``stall`` seconds without an answer (None: three intervals, at least 3 s) the driver counts as stalled,
        after as many again the child is killed.
        """
        self._argv = list(argv or launch.command("collectors.gpu_process"))
        self._env = launch.environment(env)
        self._stall = max(3 * interval, 3.0) if stall is None else stall
        self._first_pause = self._pause = first_pause
        self._kill = kill
        self._child: GpuChild | None = None
        self._start_at = 0.0
        self.state = GpuState("starting")
        self.infos: tuple[GpuInfo, ...] = ()

    def request(self, now: float) -> None:
        """Ask for a sample, and start, kill or mourn the child where that is due; returns at once."""
        if self._child is None and now >= self._start_at:
            self._start(now)
        child = self._child
        if child is None:
            return
        if child.killed_at is not None:
            self._bury(child, now)
        elif child.busy_since is None:
            child.request(now)
        elif now - child.busy_since > self._patience():
            self.state = GpuState("stalled", "a driver call does not return")
            if now - child.busy_since > 2 * self._patience():
                self._kill(child, now)

    def _patience(self) -> float:
        return self._stall if self._child is not None and self._child.greeted else START_PATIENCE

    def _start(self, now: float) -> None:
        try:
            self._child = GpuChild(self._argv, self._env, now)
        except OSError as error:
            self._end(now, f"could not be started: {error}")

    def _bury(self, child: GpuChild, now: float) -> None:
        """A killed child: gone, or hung in the kernel."""
        if child.ended() is not None:
            self._end(now, "a driver call did not return; the reader was killed")
        elif child.killed_at is not None and now - child.killed_at > DEATH_PATIENCE:
            stat = read_stat(child.pid)
            where = f"in state {stat.state}" if stat else "still there"
            self.state = GpuState("hung", f"the driver holds process {child.pid} {where}; it cannot be ended")

    def _end(self, now: float, why: str, name: str = "restarting") -> None:
        settled = self._child is not None and self.state.name == "ok" and now - self._child.started > SETTLED
        self._pause = self._first_pause if settled else self._pause
        self.state = GpuState(name, why)
        self._child, self._start_at = None, now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def collect(self, now: float, patience: float) -> Sample | None:
        """The sample that was asked for, waited for at most ``patience`` seconds; None where there is none.

        A child that has stalled is not waited for.
        """
        deadline = time.monotonic() + (0 if self.state.name == "stalled" else patience)
        while (child := self._child) is not None and child.busy_since is not None and child.killed_at is None:
            lines = child.lines(deadline - time.monotonic())
            if lines is None:
                self._closed(child, now)
                return None
            sample = self._hear(child, lines, now)
            if sample is not None or time.monotonic() >= deadline:
                return sample
        return None

    def _hear(self, child: GpuChild, lines: Sequence[bytes], now: float) -> Sample | None:
        sample: Sample | None = None
        for line in lines:
            match decode(line):
                case Hello(gpus=gpus):
                    self.infos = gpus
                    if not child.greeted:
                        child.greeted = True
                        child.request(now)
                case StateLine(gpu=name, why=why):
                    self._end_of_service(child, name, why, now)
                case Sample() as answer:
                    sample, child.busy_since = answer, None
                    self.state = GpuState("ok")
                case None:
                    pass
        return sample

    def _end_of_service(self, child: GpuChild, name: str, why: str, now: float) -> None:
        """The child says that there is no device and ends."""
        child.dismiss(LEAVE_PATIENCE)
        self._end(now, why, name)
        self.infos = ()

    def _closed(self, child: GpuChild, now: float) -> None:
        """The child ended without a word."""
        child.dismiss(LEAVE_PATIENCE)
        self._end(now, f"the reader {child.ended() or 'closed its output'}")

    def close(self, patience: float = 0.2) -> None:
        """Let the child end, or kill it; does not wait for one that cannot be ended."""
        if self._child is not None and self._child.killed_at is None:
            self._child.dismiss(patience)
        self._child = None
