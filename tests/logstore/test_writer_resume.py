"""Continuing a run (R10, R12): what the words of ``resume`` mean, and what a second attempt finds and leaves."""

from __future__ import annotations

import signal
import time

import pytest

import logstore
from logstore.errors import ResumeError, StorageError, UsageError
from logstore.store import Store
from tests.logstore.written import Writing, kill, lines_of, record_of, rows_of, values_of


def test_R10_must_continues_what_exists(writing: Writing) -> None:
    writing.init(id="r").finish()
    run = writing.init(id="r", resume="must")
    assert run.resumed
    run.log({"a": 1})
    assert "state" not in record_of(run.path)


def test_R10_must_refuses_what_does_not_exist(writing: Writing) -> None:
    with pytest.raises(ResumeError, match=r"there is no run 'r' in .*/runs/p"):
        writing.init(id="r", resume="must")
    with pytest.raises(ResumeError, match="resume='must' needs the id"):
        writing.init(resume="must")
    assert not writing.root.exists()


@pytest.mark.parametrize("word", ["allow", "auto", True])
def test_R10_allow_continues_or_makes(writing: Writing, word: str | bool) -> None:
    first = writing.init(id="r", resume=word)
    assert not first.resumed
    first.log({"a": 1})
    first.finish()
    second = writing.init(id="r", resume=word)
    assert second.resumed
    second.log({"a": 2})
    assert values_of(second.path) == {0: {"a": 1}, 1: {"a": 2}}


@pytest.mark.parametrize("word", ["never", None, False, ""])
def test_R10_never_and_nothing_refuse_what_exists(writing: Writing, word: str | bool | None) -> None:
    first = writing.init(id="r", resume=word)
    first.log({"a": 1})
    first.finish()
    before = record_of(first.path)
    with pytest.raises(ResumeError, match="run 'r' of project 'p' exists: continue it with resume='allow'"):
        writing.init(id="r", resume=word)
    assert record_of(first.path) == before


def test_R10_without_an_id_a_run_is_always_new(writing: Writing) -> None:
    ids = [writing.init(resume=word, reinit="finish_previous").id for word in ("allow", "never", None)]
    assert len(set(ids)) == 3


def test_R10_the_environment_may_ask_for_it(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_RUN_ID", "r")
    monkeypatch.setenv("WANDB_RESUME", "allow")
    writing.init().finish()
    assert writing.init().resumed


AUTO = """
run = logstore.init(project="p", resume="auto", **QUIET)
print(run.id, run.resumed, flush=True)
logstore.log({"a": 1})
exec(os.environ["END"])
"""


def auto(writing: Writing, end: str, code: str = AUTO) -> list[str]:
    """Runs a script that asks for ``resume="auto"`` and ends as told; its run's id and whether that was continued."""
    return writing.run(code, {"END": end}).stdout.split()


def test_R10_auto_continues_the_latest_unfinished_run_of_this_script(writing: Writing) -> None:
    died = auto(writing, "os._exit(1)")
    failed = auto(writing, "raise ValueError")
    finished = auto(writing, "pass")
    fresh = auto(writing, "pass")
    assert (died[1], failed[1], finished[1], fresh[1]) == ("False", "True", "True", "False")
    assert died[0] == failed[0] == finished[0] != fresh[0]


def test_R10_auto_leaves_other_scripts_and_live_runs_alone(writing: Writing) -> None:
    other = auto(writing, "os._exit(1)", "# another script\n" + AUTO)
    live = writing.start(AUTO, {"END": "time.sleep(30)"})
    assert live.stdout is not None
    running = live.stdout.readline().split()
    mine = auto(writing, "os._exit(1)")
    kill(live)
    assert len({other[0], running[0], mine[0]}) == 3
    assert {other[1], running[1], mine[1]} == {"False"}


def test_R12_new_tags_replace_and_no_tags_keep(writing: Writing) -> None:
    writing.init(id="r", tags=["a", "b"]).finish()
    kept = writing.init(id="r", resume="must")
    assert kept.tags == ("a", "b")
    kept.tags += ("c",)
    kept.finish()
    assert writing.init(id="r", resume="must", tags=["x"]).tags == ("x",)


def test_what_was_said_before_stays_unless_it_is_said_anew(writing: Writing) -> None:
    first = writing.init(id="r", name="one", group="g", notes="n", config={"lr": 1, "seed": 2}, total_steps=9)
    created = record_of(first.path)["created"]
    first.summary["best"] = 5
    first.finish()
    run = writing.init(id="r", resume="must", notes="m", config={"lr": 3})
    record = record_of(run.path)
    assert (run.name, run.group, run.notes, record["total_steps"]) == ("one", "g", "m", 9)
    assert record["created"] == created
    assert dict(run.config) == {"lr": 3, "seed": 2}
    assert run.summary["best"] == 5
    assert record_of(run.path, "config.json") == {"lr": 3, "seed": 2}


def test_steps_and_runtime_go_on(writing: Writing) -> None:
    first = writing.init(id="r")
    first.log({"a": 1}, step=41)
    first._rows._zero -= 100_000
    first.log({"a": 2}, step=42)
    first.finish()
    run = writing.init(id="r", resume="must")
    assert run.step == 43
    run.log({"a": 3})
    rows = rows_of(run.path)
    assert [row["_step"] for row in rows] == [41, 42, 43]
    assert 100 <= rows[1]["_runtime"] <= rows[2]["_runtime"] < 200


def test_each_attempt_is_recorded_with_its_end(writing: Writing) -> None:
    process = writing.start("""
logstore.init(**QUIET, project="p", id="r")
logstore.log({"a": 1})
print(flush=True)
time.sleep(30)
""")
    assert process.stdout is not None
    process.stdout.readline()
    kill(process, signal.SIGTERM)
    run = writing.init(id="r", resume="allow")
    run.finish(exit_code=3)
    again = writing.init(id="r", resume="allow")
    record = record_of(run.path)
    first, second, third = record["attempts"]
    assert (first["pid"], first["step"], first["state"], first["signal"]) == (process.pid, 0, "killed", "SIGTERM")
    assert (second["step"], second["state"], second["exit_code"]) == (1, "failed", 3)
    assert second["started"] <= second["ended"] <= third["started"]
    assert third["step"] == 1
    assert "state" not in third
    assert {"state", "ended", "exit_code", "signal"}.isdisjoint(record)
    titles = [event["title"] for event in lines_of(again.path, "events.jsonl") if event["kind"] == "resume"]
    assert titles == ["Continued at step 1", "Continued at step 1"]


def test_one_line_says_that_a_run_is_continued(
    writing: Writing, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = writing.init(id="r", name="one")
    run.log({"a": 1})
    run.finish()
    monkeypatch.delenv("LOGSTORE_SILENT")
    writing.init(id="r", resume="allow")
    assert capsys.readouterr().err == "logstore: one continues at step 1 in runs/p/r; watch it with: tui watch runs\n"


def test_a_rewound_step_is_taken_without_a_word_and_wins(writing: Writing, capsys: pytest.CaptureFixture[str]) -> None:
    first = writing.init(id="r")
    for step in range(10):
        first.log({"loss": step}, step=step)
    first.finish()
    capsys.readouterr()
    time.sleep(0.005)  # rows and attempts are told apart by milliseconds
    run = writing.init(id="r", resume="must", strict_steps=True)
    for step in range(5, 8):
        run.log({"loss": 100 + step}, step=step)
    assert capsys.readouterr().err == ""
    series = Store(writing.root).find("r").series("loss")
    assert series.values.tolist()[:8] == [0, 1, 2, 3, 4, 105, 106, 107]
    assert series.ghost[1].tolist()[:3] == [5, 6, 7]


def test_a_torn_row_is_one_bad_line(writing: Writing) -> None:
    run = writing.init(id="r")
    run.log({"a": 1})
    run.finish()
    with (run.path / "metrics.jsonl").open("ab") as rows:
        rows.write(b'{"_step":1,"_timestamp":1.0,"a":')
    again = writing.init(id="r", resume="must")
    assert again.step == 1
    again.log({"a": 2})
    again.finish()
    read = Store(writing.root).find("r")
    assert read.series("a").values.tolist() == [1, 2]
    assert read.bad_lines == 1


def test_the_last_step_is_found_behind_rows_of_any_length(writing: Writing) -> None:
    run = writing.init(id="r")
    run.log({"a": 1}, step=7)
    run.finish()
    with (run.path / "metrics.jsonl").open("ab") as rows:
        rows.write(b"\n".join([b"no json", b"[1,2]", b'{"other":1}', b'{"_step":"x"}', b"z" * 300_000]))
    assert writing.init(id="r", resume="must").step == 8


def test_an_empty_run_continues_at_its_beginning(writing: Writing) -> None:
    writing.init(id="r").finish()
    assert writing.init(id="r", resume="must").step == 0


@pytest.mark.parametrize("name", ["run.json", "config.json", "summary.json"])
@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff"])
def test_a_document_that_cannot_be_read_is_not_overwritten(writing: Writing, name: str, content: bytes) -> None:
    run = writing.init(id="r")
    run.finish()
    (run.path / name).write_bytes(content)
    with pytest.raises(StorageError, match=f"cannot continue the run: .*/{name}"):
        writing.init(id="r", resume="must")
    assert (run.path / name).read_bytes() == content
    assert logstore.run is None


def test_a_reader_sees_the_attempts(writing: Writing) -> None:
    writing.init(id="r").finish(exit_code=1)
    time.sleep(0.01)
    run = writing.init(id="r", resume="must")
    record = Store(writing.root).find("r").record
    assert record is not None
    assert len(record.attempts) == 2
    assert len(record.starts) == 1
    assert record.process.pid == record_of(run.path)["pid"]
    assert Store(writing.root).find("r").state(time.time()).name == "running"


def test_resume_is_one_of_its_words(writing: Writing) -> None:
    with pytest.raises(UsageError, match="resume is 'allow', 'must', 'never', 'auto' or True, not 'yes'"):
        writing.init(resume="yes")
