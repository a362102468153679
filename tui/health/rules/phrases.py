"""Words that several rules share, so that the same thing is always said the same way. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui.health.evidence import Gpu, Workers
from tui.show import units


def gpu_names(gpus: Sequence[Gpu]) -> str:
    """``GPU 2``, ``GPUs 0–3``, ``GPUs 0, 2, 5``; with the host where they are elsewhere."""
    labels = [gpu.label for gpu in gpus]
    numbers = [int(label) for label in labels if label.isascii() and label.isdigit()]
    consecutive = len(labels) > 2 and numbers == list(range(numbers[0], numbers[0] + len(labels))) if numbers else False
    shown = f"{labels[0]}–{labels[-1]}" if consecutive else ", ".join(labels)
    hosts = sorted({gpu.host for gpu in gpus if gpu.host})
    where = f" on {', '.join(hosts)}" if hosts else ""
    return f"GPU{'s' if len(labels) > 1 else ''} {shown}{where}"


def gpu_use(gpus: Sequence[Gpu]) -> str:
    """``GPU 2 at 0 %``, ``GPUs 0–3 at 97 to 99 %``."""
    uses = sorted(gpu.util for gpu in gpus if gpu.util is not None)
    if not uses:
        return gpu_names(gpus)
    low, high = f"{uses[0]:.0f}", f"{uses[-1]:.0f}"
    return f"{gpu_names(gpus)} at {units.percent(uses[-1]) if low == high else f'{low} to {units.percent(uses[-1])}'}"


def gpu_power(gpus: Sequence[Gpu]) -> str:
    """``180 W (640 W while it worked)``, of the middle one of several; empty where they do not say."""
    known = sorted(gpu.power for gpu in gpus if gpu.power is not None)
    usual = sorted(gpu.power_usual for gpu in gpus if gpu.power_usual is not None)
    if not known:
        return ""
    now = f"{known[len(known) // 2]:.0f} W"
    return f"{now} ({usual[len(usual) // 2]:.0f} W while working)" if usual else now


def workers(processes: Workers) -> str:
    """``8 data workers at 3 % CPU, 3 of them in D state``; of a run without them its main process."""
    if not processes.count:
        return f"{main(processes)}, no data workers"
    who = f"{processes.count} data worker{'s' if processes.count > 1 else ''}"
    cpu = f" at {units.percent(processes.cpu)} CPU" if processes.cpu is not None else ""
    waiting = f", {_share(processes.waiting, processes.count)} in D state" if processes.waiting else ""
    return f"{who}{cpu}{waiting}"


def _share(part: int, whole: int) -> str:
    return "all" if part == whole else f"{part} of them"


def main(processes: Workers) -> str:
    """``main process at 99 % CPU in R state``."""
    who = "main process" if processes.mains <= 1 else f"{processes.mains} main processes"
    cpu = f" at {units.percent(processes.main_cpu)} CPU" if processes.main_cpu is not None else ""
    state = f" in {processes.main_state} state" if processes.main_state and processes.mains <= 1 else ""
    return f"{who}{cpu}{state}"


def joined(*parts: str) -> str:
    """The parts that say something, as one clause."""
    return ", ".join(part for part in parts if part)
