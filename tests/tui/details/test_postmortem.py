"""Why a run did not finish: one row for each kind of evidence, and what the card says is left."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.delta import Block, Column, RunDelta
from logstore.model.liveness import UNKNOWN, Liveness
from logstore.model.ranks import Rank
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from tui.details.postmortem import Checkpoint, PostMortem, post_mortem, start_again
from tui.details.postmortem_lines import BESIDE, post_mortem_lines
from tui.show.spans import cells, plain
from tui.table.columns import main_metric

NOW = 1_790_000_000.0
KILLED = {"state": "killed", "signal": "SIGTERM", "ended": NOW - 60}
FAILED = {"state": "failed", "exit_code": 1, "ended": NOW - 60}
GONE = Liveness("gone", 42, "box", NOW - 60)


def block(columns: Mapping[str, Sequence[float]]) -> Block:
    count = max(map(len, columns.values()))
    clock = NOW - 3600 + np.arange(count, dtype=float)
    return Block(
        np.arange(count, dtype=float), clock, {k: Column(None, np.array(v, float)) for k, v in columns.items()}
    )


def run(
    record: Mapping[str, object],
    metrics: Mapping[str, Sequence[float]] | None = None,
    system: Mapping[str, Sequence[float]] | None = None,
    liveness: Liveness = UNKNOWN,
) -> Run:
    made = Run("lab/otter", Path("/store/lab/otter"))
    known = {
        "created": NOW - 3600,
        "host": "box",
        "pid": 42,
        "command": ["python", "train.py"],
        "cwd": "/exp",
        **record,
    }
    made.apply(
        RunDelta(
            made.key,
            made.path,
            record=RunRecord.from_json(known),
            blocks={0: (block(metrics),)} if metrics else {},
            system={"box": (block(system),)} if system else {},
            liveness=liveness,
            last_write=NOW - 60,
        )
    )
    return made


def card(made: Run, *console: str, checkpoint: Checkpoint | None = None) -> PostMortem:
    found = post_mortem(made, console, checkpoint, NOW)
    assert found is not None
    return found


ERROR = {**FAILED, "error": "ValueError: bad shape"}
FULL = {"memory/used": [10.0, 63.5e9], "memory/total": [64e9, 64e9]}
SLURM = "slurmstepd: error: *** JOB 17 ON node7 CANCELLED AT 2026-08-02T14:01:58 DUE TO TIME LIMIT ***"
CUDA = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"


@pytest.mark.parametrize(
    ("made", "console", "cause"),
    [
        (run(ERROR), [], "an exception: ValueError: bad shape"),
        (run({**FAILED, "error": CUDA}), [], "out of GPU memory"),
        (run({**FAILED, "error": "RuntimeError: loss is nan at step 7"}), [], "NaN"),
        (run({**FAILED, "error": "OSError: [Errno 28] No space left on device"}), [], "the disk was full"),
        (run({**FAILED, "error": "MemoryError"}), [], "out of memory"),
        (run({**FAILED, "exit_code": 3}), [], "it ended with exit code 3"),
        (run({**FAILED, "exit_code": 137}), [], "killed by SIGKILL: killed outright"),
        (run({**FAILED, "exit_code": -11}), [], "killed by SIGSEGV: a memory fault in native code"),
        (run(FAILED), ["Traceback", "KeyError: 'x'"], "an exception: KeyError: 'x'"),
        (run(FAILED), [CUDA], "out of GPU memory"),
        (run(FAILED), ["jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory"], "out of GPU memory"),
        (run(KILLED), [], "killed by SIGTERM: told to end"),
        (run(KILLED), [SLURM], "the job's time was up"),
        (run(KILLED), [SLURM.replace("TIME LIMIT", "PREEMPTION")], "the job was preempted"),
        (run(KILLED), [SLURM.replace("TIME LIMIT", "NODE FAILURE")], "the node failed"),
        (run({**KILLED, "job": {"scheduler": "slurm", "ends": NOW - 90}}), [], "the job's time was up"),
        (run({**KILLED, "job": {"scheduler": "slurm", "ends": NOW + 9000}}), [], "killed by SIGTERM: told to end"),
        (run({**KILLED, "signal": "SIGINT"}), [SLURM, CUDA], "killed by SIGINT: stopped from the keyboard"),
        (run({**KILLED, "signal": "SIGHUP"}), [], "killed by SIGHUP: its terminal was closed"),
        (run({**KILLED, "signal": "SIGUSR1"}), [], "killed by SIGUSR1"),
        (run({}, liveness=GONE), [], "gone without a word: killed by SIGKILL, or the process ended by os._exit"),
        (run({}, liveness=Liveness("rebooted", 42)), [CUDA], "the host was rebooted"),
        (run({}, liveness=GONE), ["Segmentation fault (core dumped)"], "a memory fault in native code"),
        (run({}, liveness=GONE), ["Detected 1 oom_kill event in StepId=17.0"], "out of memory: killed by the kernel"),
        (run({}, system={"memory/oom_kills": [0, 0, 1]}, liveness=GONE), [], "out of memory: killed by the kernel"),
        (
            run({}, system={"memory/oom_kills": [3, 3]}, liveness=GONE),
            [],
            "gone without a word: killed by SIGKILL, or t",
        ),
        (run({}, system=FULL, liveness=GONE), [], "probably out of memory"),
        (run(ERROR, system={"memory/oom_kills": [0, 1]}), [], "an exception: ValueError: bad shape"),
        (run({}, system={"gpu/0/lost": [1.0]}, liveness=GONE), [], "GPU 0 was lost"),
        (run({}, system={"gpu/0:1/xid": [79.0]}, liveness=GONE), [], "GPU 0:1 reported an error"),
        (run({"host": "far"}, liveness=Liveness("elsewhere", 42, "far")), [], "it fell silent"),
        (run(FAILED), ["[Rank 3] Watchdog caught collective operation timeout: WorkNCCL"], "the ranks lost each other"),
    ],
)
def test_the_cause_is_what_the_evidence_tells(made: Run, console: list[str], cause: str) -> None:
    if cause == "it fell silent":
        made.last_write = NOW - 7200
    assert card(made, *console).cause.startswith(cause)


def test_what_was_said_long_before_the_end_is_no_cause() -> None:
    lines = [CUDA + " (retrying with a smaller batch)", *["step"] * 60]
    assert card(run({}, liveness=GONE), *lines).cause.startswith("gone without a word")
    assert card(run(ERROR), CUDA, "Traceback", "ValueError: bad shape").cause == "an exception: ValueError: bad shape"


@pytest.mark.parametrize(
    ("record", "liveness"),
    [({"state": "finished", "exit_code": 0}, GONE), ({}, Liveness("alive", 42)), ({"state": "pending"}, UNKNOWN)],
)
def test_a_run_that_goes_on_or_has_finished_has_no_card(record: Mapping[str, object], liveness: Liveness) -> None:
    assert post_mortem(run(record, liveness=liveness), [], None, NOW) is None


def test_all_that_was_found_is_evidence() -> None:
    made = run({}, {"val/loss": [2.0, 1.0, math.nan, 3.0]}, {"memory/oom_kills": [0, 2]}, GONE)
    found = card(made, "step 3", CUDA)
    assert [(each.source, each.text) for each in found.evidence] == [
        ("memory", "oom_kill of the control group on box rose by 2"),
        ("console", CUDA),
        ("process", "process 42 is gone without an exit record (killed?)"),
        ("val/loss", "nan from step 2 on"),
    ]


def test_what_is_left_of_a_run() -> None:
    made = run(ERROR, {"val/loss": [2.0, 1.0, 1.5], "lr": [1.0, 1.0, 1.0]})
    found = card(made, *(f"line {i}" for i in range(100)), checkpoint=Checkpoint("files/last.ckpt", 5_000, NOW - 90))
    assert (found.step, found.last_row, found.ended) == (2, NOW - 3598, NOW - 60)
    assert found.best is not None
    assert (found.best.metric, found.best.value, found.best.step) == ("val/loss", 1.0, 1)
    assert (found.console[0], found.console[-1], len(found.console)) == ("line 70", "line 99", 30)
    assert found.checkpoint is not None


def test_the_command_is_quoted_and_continues_the_run() -> None:
    made = run({"command": ["python", "a b.py", "--x=$(id)", "--token", "***"], "cwd": "/my exp"})
    assert start_again(made) == (
        "cd '/my exp' && LOGSTORE_RUN_ID=otter LOGSTORE_RESUME=allow python 'a b.py' '--x=$(id)' --token '***'",
        True,
    )
    assert start_again(run({"command": []})) == (None, False)


def test_a_command_of_several_runs_does_not_continue_one_of_them() -> None:
    made = run({"command": ["python", "sweep.py"], "shares_command": True})
    assert start_again(made) == ("cd /exp && python sweep.py", False)


def test_several_ranks_are_started_again_by_what_started_them() -> None:
    started = {"command": ["python", "-u", "a.py"], "launcher": ["torchrun", "--nproc-per-node", "4", "a.py"]}
    before = "cd /exp && LOGSTORE_RUN_ID=otter LOGSTORE_RESUME=allow"
    assert start_again(run(started)) == (f"{before} torchrun --nproc-per-node 4 a.py", False)
    assert start_again(run({**started, "launcher": 3})) == (f"{before} python -u a.py", False)


def test_the_card_as_lines() -> None:
    made = run(ERROR, {"val/loss": [2.0, 1.0, 1.5]})
    console = ("step 2: loss 1.5", "\x1b[31mTraceback\x1b[0m", "ValueError: bad shape")
    lines = post_mortem_lines(card(made, *console, checkpoint=Checkpoint("last.ckpt", 5_000, NOW - 90)), NOW, 72)
    assert {cells(line) for line in lines} == {72}
    text = [plain(line).rstrip() for line in lines]
    assert text[0] == " ✖ an exception: ValueError: bad shape"
    assert text[2] == " exit record  ValueError: bad shape · exit code 1"
    assert not any(line.startswith(" console") for line in text), "it said the same"
    assert any(line.startswith(" ended        ") and line.endswith("1m00s ago") for line in text)
    assert any(line.startswith(" last step    2, logged ") for line in text)
    assert " best         val/loss 1.000 at step 1" in text
    assert any(line.startswith(" checkpoint   last.ckpt, ") for line in text)
    assert " start again  cd /exp && LOGSTORE_RUN_ID=otter LOGSTORE_RESUME=allow" in text
    assert "              python train.py" in text
    assert text[-4:] == [
        " the last 3 lines of the console",
        " step 2: loss 1.5",
        " Traceback",
        " ValueError: bad shape",
    ]


def test_where_there_is_room_the_console_stands_beside_the_rest() -> None:
    made = run({}, {"val/loss": [2.0, 1.0, 1.5]}, liveness=GONE)
    console = [f"step {step}" for step in range(30)]
    lines = post_mortem_lines(card(made, *console), NOW, BESIDE)
    assert {cells(line) for line in lines} == {BESIDE}
    text = [plain(line) for line in lines]
    assert text[0].startswith(" ✖ gone without a word: killed by SIGKILL, or the")
    assert text[0].rstrip().endswith("the last 30 lines of the console")
    assert text[1].split()[:2] == ["process", "ended"], "the cause goes on below itself"
    assert len(text) == 31
    assert text[-1].split() == ["step", "29"]


def test_a_card_with_nothing_left_says_so() -> None:
    lines = [plain(line) for line in post_mortem_lines(card(run({"command": None}, liveness=GONE)), NOW, 60)]
    assert any("checkpoint  none in the run's directory" in line for line in lines)
    assert not any("start again" in line for line in lines)


TEXTS = st.text(max_size=60)


@given(
    st.dictionaries(
        st.sampled_from(["error", "signal", "state", "exit_code", "job", "command", "cwd"]), TEXTS | st.integers()
    ),
    st.lists(TEXTS, max_size=5),
    st.dictionaries(TEXTS, st.lists(st.floats(), min_size=2, max_size=2), max_size=4),
    st.sampled_from(["gone", "reused", "rebooted", "elsewhere", "unknown"]),
    st.integers(30, 120),
)
def test_any_record_gives_a_card_or_none(
    record: dict[str, object], console: list[str], curves: dict[str, list[float]], verdict: str, width: int
) -> None:
    made = run({"state": "failed", **record}, curves, curves, replace(GONE, verdict=verdict))  # type: ignore[arg-type]
    found = post_mortem(made, console, None, NOW)
    if found is not None:
        assert {cells(line) for line in post_mortem_lines(found, NOW, width)} == {width}
    assert main_metric(made.metrics) in {None, *made.metrics}


def with_ranks(record: Mapping[str, object], **ranks: Mapping[str, object]) -> Run:
    made = run({"world_size": 4, **record})
    records = {int(name[-1]): RunRecord.from_json(fields) for name, fields in ranks.items()}
    processes = {number: Rank(each) if each.state else Rank(each, GONE) for number, each in records.items()}
    made.apply(RunDelta(made.key, made.path, processes=processes))
    return made


LOST_SIGHT = {**FAILED, "error": "RuntimeError: Connection closed by peer"}


@pytest.mark.parametrize(
    ("made", "cause", "beside"),
    [
        (
            with_ranks(LOST_SIGHT, rank1={**FAILED, "error": "ValueError: bad", "ended": NOW - 61}),
            "rank 1 failed first: ValueError: bad",
            [1],
        ),
        (
            with_ranks(
                LOST_SIGHT,
                rank1={**FAILED, "error": "RuntimeError: Connection closed", "ended": NOW - 60.5},
                rank2={**FAILED, "error": CUDA, "ended": NOW - 62},
            ),
            "out of GPU memory, first on rank 2",
            [2],
        ),
        (
            with_ranks(KILLED, rank3={**FAILED, "exit_code": 7, "ended": NOW - 62}),
            "rank 3 failed first: exit code 7",
            [3],
        ),
        (
            with_ranks(LOST_SIGHT, rank1={**FAILED, "error": "ValueError: bad", "ended": NOW - 59}),
            "an exception: RuntimeError: Connection closed by peer",
            [1],
        ),
        (
            with_ranks({**KILLED, "signal": "SIGINT"}, rank1={**FAILED, "error": "x", "ended": NOW - 61}),
            "killed by SIGINT: stopped from the keyboard",
            [1],
        ),
        (
            with_ranks(KILLED, rank1=KILLED, rank2={"pid": 5}),
            "rank 2 is gone without a word: killed by SIGKILL, or ended by os._exit",
            [2],
        ),
        (
            with_ranks(LOST_SIGHT, rank1={"pid": 5}, rank2=KILLED),
            "rank 1 is gone without a word: killed by SIGKILL, or ended by os._exit",
            [1],
        ),
        (
            with_ranks({**KILLED, "signal": "SIGHUP"}, rank1=KILLED, rank2={"pid": 5}),
            "killed by SIGHUP: its terminal was closed",
            [2],
        ),
        (
            with_ranks(LOST_SIGHT, rank5={**FAILED, "error": "of a larger attempt", "ended": NOW - 61}),
            "an exception: RuntimeError: Connection closed by peer",
            [],
        ),
    ],
)
def test_the_rank_that_failed_first_is_the_cause(made: Run, cause: str, beside: list[int]) -> None:
    found = card(made)
    assert found.cause == cause
    told = {each.source for each in found.evidence if each.source.startswith("rank")}
    assert told == {f"rank {rank}" for rank in beside}
