"""The devices and the host above the processes: as much of them as the room allows, so that these keep theirs. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tui.machine.device_lines import device_lines, title_line
from tui.machine.gpu_strip_lines import Machine, gpu_lines, host_line
from tui.machine.host_lines import host_lines
from tui.show.spans import Line

PROCESSES = 6
"""Lines that the processes keep at least, with their titles."""


def machine_lines(machine: Machine, total: int, height: int) -> list[Line]:
    """What stands above the processes in ``height`` lines of ``total`` cells, the fullest that leaves them theirs."""
    room = max(0, height - max(PROCESSES, height // 4))
    ways = _ways(machine, total)
    return next((lines for lines in ways if len(lines) <= room), None) or _dense(machine, total, room)


def _ways(machine: Machine, total: int) -> Iterator[list[Line]]:
    """A row for each device, the host in rows or in one; with air between, or without."""
    devices, host = device_lines(machine, total), host_lines(machine.telemetry, total)
    yield [*devices, [], *host, []]
    brief = host_line(machine.telemetry, total)
    yield [*devices, [], brief, []]
    yield [*devices, brief, []]
    yield [*devices, brief]


def _dense(machine: Machine, total: int, room: int) -> list[Line]:
    """Several devices beside each other, or all of them in one line."""
    gpus = machine.telemetry.gpus
    title = [title_line(machine, total)] if room > 3 else []
    host = [host_line(machine.telemetry, total)] if room > 1 or not gpus else []
    lines = gpu_lines(machine, gpus, total, max(1, room - len(title) - len(host))) if gpus else []
    dense = [*title, *lines, *host]
    return [*dense, []] if len(dense) < room else dense
