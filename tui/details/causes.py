"""What speaks for why a run did not finish: its console, exit record, process, job, telemetry and curves. Pure.

Each finding is a cause in a few words, what speaks for it, and a weight: the heaviest is the cause of the card
(``tui.details.postmortem``), the others stay as evidence. A console says much that is no cause: where an exit record
tells what happened, only its last lines may overrule it, and nothing overrules a person at the keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from logstore.model.ranks import first_failure, missing
from logstore.model.runs import Run
from logstore.model.series import Series
from tui.show import units

SHOWN = 30
"""Lines of the console that are shown, and looked through where an exit record tells what happened."""
SCANNED = 60
"""Lines that are looked through where there is none."""
NEARLY_FULL = 0.97
"""Share of the memory from which it counts as full in the last sample before the end."""
NEAR_THE_END = 120.0
"""Seconds before the end of a job's time in which a kill is put down to it."""
GRACE = 1200.0
"""Seconds after it that a scheduler may take to end a job."""
LONGEST = 400
"""Characters of a line that are looked at."""

_SCHEDULER = 86
"""Findings of this weight and more are a scheduler's or the kernel's: they explain a signal."""
_ASIDE = 10
_BY_HAND = frozenset({"SIGINT", "SIGHUP"})
_SIGNALS = {1: "SIGHUP", 2: "SIGINT", 6: "SIGABRT", 7: "SIGBUS", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}
_MEANING = {
    "SIGINT": "stopped from the keyboard",
    "SIGHUP": "its terminal was closed",
    "SIGTERM": "told to end",
    "SIGKILL": "killed outright",
    "SIGSEGV": "a memory fault in native code",
    "SIGBUS": "a memory fault in native code",
    "SIGABRT": "aborted in native code",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a cause."""

    source: str
    """Where it was found: exit record, rank 3, process, console, scheduler, memory, gpu, or the name of a metric."""
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause, as far as one piece of evidence tells."""

    weight: int
    cause: str
    evidence: Evidence


def findings(run: Run, console: Sequence[str], now: float) -> list[Finding]:
    """All that speaks for a cause, the heaviest first.

    Args:
        run: A run that ended badly.
        console: The last lines of its console.
        now: The present.
    """
    lines = console[-(SCANNED if run.record.state is None else SHOWN) :]
    told = [*_of_error(run), *_of_ranks(run, now), *_of_process(run, now), *_of_metrics(run)]
    seen = [*_of_console(lines), *_of_job(run, now), *_of_memory(run), *_of_gpus(run)]
    return sorted([*told, *_weighed(run, seen)], key=lambda finding: -finding.weight)


def _weighed(run: Run, seen: Iterable[Finding]) -> Iterator[Finding]:
    """What was seen around the run: it may explain a signal, but neither an exception nor a person at the keyboard."""
    record = run.record
    for finding in seen:
        free = record.state is None or (record.state == "failed" and not record.error)
        behind = record.state == "killed" and record.signal not in _BY_HAND and finding.weight >= _SCHEDULER
        yield finding if free or behind else replace(finding, weight=min(_ASIDE, finding.weight))


_WORDS: Sequence[tuple[int, str, str]] = (
    (90, r"DUE TO TIME LIMIT|walltime .*exceeded|exceeded .*walltime", "the job's time was up"),
    (90, r"DUE TO PREEMPTION|Job .*preempted", "the job was preempted"),
    (90, r"DUE TO NODE FAILURE|NODE_FAIL", "the node failed"),
    (
        85,
        (
            r"CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation|HIP out of memory"
            r"|OutOfMemoryError: (?:CUDA|HIP)|RESOURCE_EXHAUSTED: Out of memory"
        ),
        "out of GPU memory",
    ),
    (84, r"insufficient shared memory|unable to (?:open|write|mmap).*shm|/dev/shm.*No space", "out of shared memory"),
    (
        87,
        r"oom[-_]kill|Out of memory: Killed process|OUT_OF_MEMORY|signal: Killed|exitcode[: =]+-9",
        "out of memory: killed by the kernel",
    ),
    (82, r"\bMemoryError\b|Cannot allocate memory|std::bad_alloc", "out of memory"),
    (80, r"No space left on device|Disk quota exceeded", "the disk was full"),
    (
        78,
        r"Watchdog caught collective operation timeout|ncclRemoteError|NCCL.*(?:timeout|timed out)",
        "the ranks lost each other (a collective operation timed out)",
    ),
    (76, r"\bXid\b|GPU has fallen off the bus|CUDA error: (?:unspecified|an illegal|uncorrectable)", "a GPU failed"),
    (74, r"Segmentation fault|core dumped|SIGSEGV", "a memory fault in native code"),
    (
        70,
        r"(?:loss|grad\w*|value)\b.{0,30}\b(?:is|was|became|:|=)\s*(?:nan|inf)\b|\bnan loss\b",
        "NaN: the loss was no number",
    ),
)
_PATTERNS = [(weight, re.compile(pattern, re.IGNORECASE), cause) for weight, pattern, cause in _WORDS]
_RAISED = re.compile(r"^[\w.]+(?:Error|Exception|Interrupt|Exit)\b(?::.*)?$")


def _of_console(console: Sequence[str]) -> Iterator[Finding]:
    """The last line that speaks of each cause, and the last exception."""
    for line in reversed(console):
        if _RAISED.match(line[:LONGEST].strip()):
            yield Finding(40, f"an exception: {line[:LONGEST].strip()}", Evidence("console", line[:LONGEST].strip()))
            break
    for weight, pattern, cause in _PATTERNS:
        found = next((line for line in reversed(console) if pattern.search(line[:LONGEST])), None)
        if found is not None:
            yield Finding(weight, cause, Evidence("console", found[:LONGEST].strip()))


def _of_error(run: Run) -> Iterator[Finding]:
    error = run.record.error
    if not error:
        return
    evidence = Evidence("exit record", error)
    for weight, pattern, cause in _PATTERNS:
        if pattern.search(error[:LONGEST]):
            yield Finding(weight + 1, cause, evidence)
    if run.record.state == "failed":
        yield Finding(50, f"an exception: {error}", evidence)


def _of_ranks(run: Run, now: float) -> Iterator[Finding]:
    """Another rank that failed: the cause, where that came first, for rank 0 then only lost sight of it."""
    found, ended = first_failure(run.record, run.processes), run.state(now).since
    if found is None:
        yield from _of_missing(run)
        return
    number, record = found
    error = record.error or (f"exit code {record.exit_code}" if record.exit_code is not None else "failed")
    evidence = Evidence(f"rank {number}", error)
    if ended is None or (record.ended or ended) > ended or run.record.signal in _BY_HAND:
        yield Finding(_ASIDE, f"rank {number} failed: {error}", evidence)
        return
    yield Finding(55, f"rank {number} failed first: {error}", evidence)
    for weight, pattern, cause in _PATTERNS:
        if pattern.search(error[:LONGEST]):
            yield Finding(weight + 2, f"{cause}, first on rank {number}", evidence)


def _of_missing(run: Run) -> Iterator[Finding]:
    """Ranks that are gone without a word while rank 0 could still say how it ended: it was told to, or missed them."""
    gone = missing(run.record, run.processes) if run.record.state in {"failed", "killed"} else []
    if gone:
        reason = run.processes[gone[0]].state.reason
        weight = _ASIDE if run.record.signal in _BY_HAND else 52
        cause = f"rank {gone[0]} is gone without a word: killed by SIGKILL, or ended by os._exit"
        yield Finding(weight, cause, Evidence(f"rank {gone[0]}", reason))


def _of_process(run: Run, now: float) -> Iterator[Finding]:
    record = run.record
    name = record.signal or _signal_of(record.exit_code)
    if record.state == "killed" or (name is not None and record.state == "failed"):
        meaning = _MEANING.get(name or "")
        cause = f"killed by {name or 'a signal'}" + (f": {meaning}" if meaning else "")
        code = "" if record.exit_code is None else f"exit code {record.exit_code}"
        yield Finding(45, cause, Evidence("exit record", name or code or "killed"))
    elif record.state == "failed" and record.exit_code is not None:
        yield Finding(
            20, f"it ended with exit code {record.exit_code}", Evidence("exit record", f"exit code {record.exit_code}")
        )
    elif record.state is None:
        yield _gone(run, now)
    if record.rows_lost:
        yield Finding(30, "rows could not be written", Evidence("exit record", f"{record.rows_lost} rows are lost"))


def _gone(run: Run, now: float) -> Finding:
    reason = run.state(now).reason
    if run.liveness.verdict == "rebooted":
        return Finding(88, "the host was rebooted", Evidence("process", "its boot id is not that of the host now"))
    if run.liveness.verdict == "elsewhere":
        return Finding(25, "it fell silent", Evidence("process", reason))
    return Finding(
        25, "gone without a word: killed by SIGKILL, or the process ended by os._exit", Evidence("process", reason)
    )


def _signal_of(code: int | None) -> str | None:
    """The signal that an exit code stands for: 137 and -9 are SIGKILL."""
    if code is None:
        return None
    number = code - 128 if 128 < code < 192 else -code if -65 < code < 0 else 0
    return _SIGNALS.get(number, f"signal {number}") if number else None


def _of_job(run: Run, now: float) -> Iterator[Finding]:
    """A kill just before the end of the time that a scheduler gave."""
    job = run.record.extra.get("job")
    limit = job.get("ends") if isinstance(job, dict) else None
    ended = run.state(now).since
    if run.record.state == "failed" or not isinstance(limit, (int, float)) or ended is None:
        return
    left = limit - ended
    if -GRACE < left < NEAR_THE_END:
        when = f"{units.duration(abs(left))} {'before' if left > 0 else 'after'} the end of the job's time"
        yield Finding(86, "the job's time was up", Evidence("scheduler", f"it ended {when}"))


def _of_memory(run: Run) -> Iterator[Finding]:
    """Kills in the control group since the run began; memory that was full at the last look."""
    for host, curves in run.hosts.items():
        kills = curves.get("memory/oom_kills")
        rise = (kills.last or 0.0) - (kills.first or 0.0) if kills is not None else 0.0
        if rise > 0:
            text = f"oom_kill of the control group on {host} rose by {rise:.0f}"
            yield Finding(87, "out of memory: killed by the kernel", Evidence("memory", text))
        used, total = (_last(curves, f"memory/{name}") for name in ("used", "total"))
        if run.record.state is None and total > 0 and used > NEARLY_FULL * total:
            text = f"{units.size(used)} of {units.size(total)} on {host} were in use at the last look"
            yield Finding(60, "probably out of memory", Evidence("memory", text))


def _last(curves: Mapping[str, Series], name: str) -> float:
    series = curves.get(name)
    return 0.0 if series is None or series.last is None else series.last


def _of_gpus(run: Run) -> Iterator[Finding]:
    for host, curves in run.hosts.items():
        for key, series in curves.items():
            section, _, rest = key.partition("/")
            label, _, what = rest.rpartition("/")
            if section == "gpu" and what == "lost" and series.last:
                text = f"GPU {label} of {host} did not answer any more"
                yield Finding(79, f"GPU {label} was lost", Evidence("gpu", text))
            elif section == "gpu" and what == "xid" and series.last is not None:
                text = f"XID {series.last:g} on GPU {label} of {host}"
                yield Finding(65, f"GPU {label} reported an error", Evidence("gpu", text))


def _of_metrics(run: Run) -> Iterator[Finding]:
    """The metric that first was no number."""
    firsts = [(bad[0], bad[1], name) for name, series in run.metrics.items() if (bad := series.first_nonfinite)]
    if firsts:
        step, value, name = min(firsts, key=lambda first: first[0])
        text = f"{units.nonfinite(value)} from step {units.count(step)} on"
        yield Finding(15, f"{name} became {units.nonfinite(value)}", Evidence(name, text))
