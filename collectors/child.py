"""A sampler as a child process, for programs that run asyncio: lines come out, trouble is a state, nothing raises.

The child is killed when it falls silent, and started again after a pause that doubles each time; one that cannot be
ended (it waits in the kernel) is reported, not waited for by ``close``, and not replaced before it ends. It never
outlives its parent: it watches the parent's pid, and its control channel ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from collectors import launch
from collectors.procfs import read_stat
from collectors.protocol import decode
from collectors.samples import Line, StateLine

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds before a child is started again."""
SETTLED = 30.0
"""Seconds of service after which an end of the child counts as the first one again."""
START_PATIENCE = 20.0
"""Seconds for the first line: the child waits a while for the GPUs before it says hello."""
DEATH_PATIENCE = 1.0
"""Seconds for a child to end when it was killed, or asked to end."""
LEAVE_PATIENCE = 0.5
"""Seconds for a child to end that closed its output."""
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class SamplerState:
    """How it stands with telemetry: starting, ok, unavailable, stalled, restarting, hung or closed; and why.

    ``unavailable`` and, with a reason that speaks of the driver, ``stalled``, ``restarting`` and ``hung`` concern the
    GPUs alone: samples of the host go on.
    """

    name: str
    why: str = ""


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Not what asyncio of Python 3.11 says on stderr of a child that its transport reaped before its watcher did."""
    return not record.getMessage().startswith("Unknown child process pid")


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


class SamplerChild:
    """Starts the sampler and yields its lines. One ``lines()`` at a time."""

    def __init__(
        self,
        argv: Sequence[str] | None = None,
        interval: float = 1.0,
        stall: float | None = None,
        env: Mapping[str, str] | None = None,
        *,
        arguments: Sequence[str] = (),
        first_pause: float = FIRST_PAUSE,
        kill: Callable[[Process], None] = _kill,
    ) -> None:
        """``argv`` is the command (None: ``python -m collectors`` with interval and our pid); ``arguments`` follow it.

        ``stall`` is the silence in seconds after which the child is given up (None: three intervals, at least 3 s).
        """
        self._argv = [*(argv if argv is not None else _command(interval)), *arguments]
        self._stall = max(3 * interval, 3.0) if stall is None else stall
        self._env = launch.environment(env)
        self._first_pause = self._pause = first_pause
        self._kill = kill
        self._process: Process | None = None
        self._runs: list[int] = []
        self._own = SamplerState("starting")
        self._gpu = SamplerState("ok")
        self._closed = False
        self.bad_lines = 0
        """Lines that were none of the protocol's."""

    @property
    def state(self) -> SamplerState:
        """The child's own trouble where it has any, else that of the GPUs."""
        return self._own if self._own.name != "ok" else self._gpu

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._process.pid if self._process is not None else None

    def follow(self, runs: Iterable[int]) -> None:
        """Have the processes of these runs read from now on: the pids of their main processes."""
        chosen = list(runs)
        if chosen != self._runs:
            self._runs = chosen
            self._say()

    def _say(self) -> None:
        pipe = self._process.stdin if self._process is not None else None
        if pipe is not None and not pipe.is_closing():
            pipe.write(orjson.dumps({"runs": self._runs}) + b"\n")

    async def lines(self) -> AsyncIterator[Line]:
        """Every line of the protocol, from one child after the other, until ``close``; never raises of itself."""
        while not self._closed:
            begun = time.monotonic()
            process = await self._start()
            if process is not None:
                try:
                    async for line in self._listen(process):
                        yield line
                finally:
                    await self._end(process)
            await self._rest(settled=time.monotonic() - begun > SETTLED)
        self._own = SamplerState("closed")

    async def _start(self) -> Process | None:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._argv, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=self._env, start_new_session=True
            )
        except OSError as error:
            self._own = SamplerState("restarting", f"the sampler does not start: {error}")
            return None
        logging.getLogger("asyncio").addFilter(_is_worth_telling)
        self._process, self._gpu = process, SamplerState("ok")
        if self._runs:
            self._say()
        return process

    async def _listen(self, process: Process) -> AsyncIterator[Line]:
        """The lines of one child until it ends or falls silent."""
        rest = b""
        patience = max(START_PATIENCE, self._stall)
        while text := await self._read(process, patience):
            patience = self._stall
            *whole, rest = (rest + text).split(b"\n")
            for row in whole:
                line = decode(row)
                if line is None:
                    self.bad_lines += 1
                    continue
                self._own = SamplerState("ok")
                if isinstance(line, StateLine):
                    self._gpu = SamplerState(line.gpu, line.why)
                yield line

    async def _read(self, process: Process, patience: float) -> bytes:
        """What the child said; nothing when it ended, or said nothing for ``patience`` seconds."""
        assert process.stdout is not None
        try:
            async with asyncio.timeout(patience):  # wait_for of Python 3.11 loses a cancellation that comes with a line
                return await process.stdout.read(CHUNK)
        except TimeoutError:
            self._own = SamplerState("stalled", f"the sampler was silent for {patience:g} s")
            return b""

    async def _end(self, process: Process) -> None:
        """See a child off, by force unless it ends by itself; one that cannot be ended is not replaced before it is."""
        silent = self._own.name == "stalled"
        leaving = process.stdout is not None and process.stdout.at_eof()
        if not leaving or not await _ended(process, LEAVE_PATIENCE):
            self._kill(process)
        while not await _ended(process, DEATH_PATIENCE) and not self._closed:
            stat = read_stat(process.pid)
            self._own = SamplerState(
                "hung", f"sampler {process.pid} cannot be ended (state {stat.state if stat else '?'})"
            )
        self._process = None
        why = self._own.why if silent else _cause(process.returncode)
        self._own = SamplerState("restarting", why)

    async def _rest(self, *, settled: bool) -> None:
        self._pause = self._first_pause if settled else self._pause
        if not self._closed:
            await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def close(self) -> None:
        """End the child and the lines; does not wait for one that cannot be ended."""
        self._closed = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            if not await _ended(process, DEATH_PATIENCE):
                self._kill(process)
                await _ended(process, DEATH_PATIENCE)


def _command(interval: float) -> list[str]:
    arguments = ["--interval", f"{interval:g}", "--parent", str(os.getpid()), "--control"]
    return launch.command("collectors", *arguments)


async def _ended(process: Process, patience: float) -> bool:
    """Whether the child ends within ``patience`` seconds."""
    try:
        async with asyncio.timeout(patience):
            await process.wait()
    except TimeoutError:
        return False
    return True


def _cause(code: int | None) -> str:
    if code is None:
        return "the sampler closed its output"
    return f"the sampler died of signal {-code}" if code < 0 else f"the sampler ended with status {code}"
