"""``init()`` and what it makes: parameters, names, modes, globals, states (R1 to R10, R12, R13, R15, R17)."""

from __future__ import annotations

import inspect
import math
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import logstore
from logstore.errors import BadNameError, ConfigError, LogstoreError, ResumeError, UsageError
from logstore.processes import describe_process
from logstore.store import Store
from tests.logstore.written import Writing, lines_of, record_of, rows_of, values_of

WANDB_PARAMETERS = """entity project dir id name notes tags config config_exclude_keys config_include_keys
allow_val_change group job_type mode force reinit resume resume_from fork_from save_code tensorboard sync_tensorboard
monitor_gym settings""".split()


def current() -> object:
    """``logstore.run``, which is another object from one line to the next."""
    return logstore.run


def test_R1_every_parameter_of_wandb_is_taken(writing: Writing) -> None:
    parameters = inspect.signature(logstore.init).parameters
    assert set(WANDB_PARAMETERS) <= set(parameters)
    assert all(each.default is not inspect.Parameter.empty for each in parameters.values())
    run = writing.init(entity="me", force=True, settings=object(), anonymous="never", tensorboard=False, fork_from=None)
    assert not run.disabled


def test_R1_parameters_reach_run_json(writing: Writing) -> None:
    run = writing.init(
        name="first", group="g", job_type="train", tags=["a", "b", "a"], notes="why", id="one", total_steps=10
    )
    record = record_of(run.path)
    assert run.path == writing.root / "p" / "one"
    assert record["tags"] == ["a", "b"]
    assert {key: record[key] for key in ("name", "group", "job_type", "notes", "id", "project", "total_steps")} == {
        "name": "first",
        "group": "g",
        "job_type": "train",
        "notes": "why",
        "id": "one",
        "project": "p",
        "total_steps": 10,
    }
    assert (run.name, run.group, run.job_type, run.notes, run.tags) == ("first", "g", "train", "why", ("a", "b"))


@pytest.mark.parametrize("name", ["fork_from", "resume_from", "tensorboard", "sync_tensorboard", "monitor_gym"])
def test_R1_what_would_change_the_meaning_is_refused(writing: Writing, name: str) -> None:
    with pytest.raises(UsageError, match=f"{name}= is not supported"):
        writing.init(**{name: "x?_step=3"})
    assert not writing.root.exists()


def test_R1_keys_of_the_config_can_be_chosen(writing: Writing) -> None:
    config = {"lr": 1, "seed": 2, "path": 3}
    run = writing.init(config=config, config_exclude_keys=["path"], reinit="create_new")
    assert dict(run.config) == {"lr": 1, "seed": 2}
    run = writing.init(config=config, config_include_keys=("lr",), reinit="create_new")
    assert dict(run.config) == {"lr": 1}
    with pytest.raises(ConfigError, match="exclude each other"):
        writing.init(config=config, config_include_keys=("lr",), config_exclude_keys=("seed",))


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("mode", "sideways"),
        ("resume", "maybe"),
        ("resume", 3),
        ("reinit", "again"),
        ("rank", -1),
        ("rank", "0"),
        ("total_steps", "many"),
        ("tags", 3),
        ("system", "fast"),
        ("system", -1),
        ("name", 1.5),
        ("id", ["x"]),
    ],
)
def test_R1_a_value_without_meaning_is_refused(writing: Writing, argument: str, value: Any) -> None:
    with pytest.raises(UsageError, match=argument):
        writing.init(**{argument: value})
    assert current() is None
    assert not writing.root.exists()


def test_R2_the_project_follows_from_git_or_the_script(
    writing: Writing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "train.py"
    script.touch()
    monkeypatch.setattr("sys.argv", [""])
    assert writing.init(project=None, reinit="create_new").project == "uncategorized"
    monkeypatch.setattr("sys.argv", [str(script)])
    assert writing.init(project=None, reinit="create_new").project == "train"
    repository = tmp_path / "my repo: new"
    (repository / ".git").mkdir(parents=True)
    (repository / "deep").mkdir()
    monkeypatch.chdir(repository / "deep")
    assert writing.init(project=None, reinit="create_new").project == "my repo- new"


def test_R3_an_id_is_eight_characters_by_default(writing: Writing) -> None:
    ids = {writing.init(reinit="create_new").id for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch("[a-z0-9]{8}", each) for each in ids)


@pytest.mark.parametrize(
    "bad", ["a/b", "a\\b", "a#b", "a?b", "a%b", "a:b", "", ".", "..", ".hidden", "x" * 129, "a\nb", " a", "\x1b[2J"]
)
@pytest.mark.parametrize("argument", ["id", "project"])
def test_R3_an_id_that_could_be_a_path_is_refused(writing: Writing, argument: str, bad: str) -> None:
    with pytest.raises(BadNameError) as caught:
        writing.init(**{argument: bad})
    assert "\n" not in str(caught.value)
    assert not writing.root.exists()


def test_R4_a_run_has_a_readable_name_and_a_place_to_print(writing: Writing) -> None:
    first = writing.init(reinit="create_new")
    second = writing.init(reinit="create_new")
    assert re.fullmatch("[a-z]+-[a-z]+-1", first.name)
    assert re.fullmatch("[a-z]+-[a-z]+-2", second.name)
    assert first.url == f"file://{first.path}"
    assert first.dir == str(first.path)
    assert record_of(first.path)["name"] == first.name


def test_R4_one_line_says_where_and_how_to_watch(
    writing: Writing, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LOGSTORE_SILENT")
    run = writing.init()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"logstore: {run.name} is logged in runs/p/{run.id}; watch it with: tui watch runs\n"


def test_R4_silence(writing: Writing, capsys: pytest.CaptureFixture[str]) -> None:
    writing.init().finish()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("mode", ["online", "offline", "shared", "dryrun"])
def test_R5_every_mode_but_disabled_writes_files(writing: Writing, mode: str) -> None:
    run = writing.init(mode=mode)
    run.log({"a": 1})
    assert values_of(run.path) == {0: {"a": 1}}


def test_R5_disabled_holds_config_and_summary_and_writes_nothing(
    writing: Writing, capfd: pytest.CaptureFixture[str]
) -> None:
    run = writing.init(mode="disabled", config={"lr": 1})
    run.log({"a": 1})
    run.log("anything")  # type: ignore[arg-type]
    logstore.log({"a": 2})
    run.config["x"] = 2
    run.summary["best"] = 3
    run.define_metric("b", summary="max")
    run.alert("title")
    run.tags += ("t",)
    run.name = "other"
    assert run.disabled
    assert (dict(run.config), run.summary["best"], run.tags, run.name) == ({"lr": 1, "x": 2}, 3, ("t",), "other")
    assert (run.summary["a"], run.step) == (2, 2)
    run.log({"a": 1}, step=0)
    assert (run.summary["a"], capfd.readouterr().err) == (1, "")
    assert logstore.config.lr == 1
    run.finish()
    assert not writing.root.exists()
    assert not run.path.exists()
    with pytest.raises(UsageError):
        run.log({"a": 1})


def test_R5_disabled_has_a_dummy_name(writing: Writing) -> None:
    run = writing.init(mode="disabled")
    assert run.name == f"dummy-{run.id}"
    assert run.path.is_relative_to("/tmp")


@pytest.mark.parametrize("variable", ["LOGSTORE_MODE", "WANDB_MODE"])
def test_R5_the_mode_comes_from_the_environment(
    writing: Writing, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "disabled")
    assert writing.init(reinit="finish_previous").disabled
    assert not writing.init(mode="offline", reinit="finish_previous").disabled


def test_R5_wandb_disabled_is_understood(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_DISABLED", "true")
    assert writing.init().disabled


def test_the_environment_speaks_where_arguments_are_silent(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"PROJECT": "proj", "NAME": "nom", "RUN_ID": "rid", "RUN_GROUP": "grp", "JOB_TYPE": "job", "NOTES": "n"}
    for key, value in said.items():
        monkeypatch.setenv(f"WANDB_{key}", value)
    monkeypatch.setenv("WANDB_TAGS", "a, b")
    monkeypatch.setenv("LOGSTORE_NAME", "mine")
    monkeypatch.setenv("LOGSTORE_DIR", str(writing.root / "elsewhere"))
    run = writing.init(project=None, dir=None, notes="argument")
    assert run.path == writing.root / "elsewhere" / "proj" / "rid"
    assert (run.name, run.group, run.job_type, run.tags) == ("mine", "grp", "job", ("a", "b"))
    assert run.notes == "argument"


def test_R6_a_context_manager_finishes_the_run(writing: Writing) -> None:
    with writing.init() as run:
        run.log({"a": 1})
    record = record_of(run.path)
    assert (record["state"], record["exit_code"]) == ("finished", 0)
    assert current() is None


def test_R6_an_exception_marks_the_run_as_failed(writing: Writing) -> None:
    with pytest.raises(ValueError, match="no"), writing.init() as run:
        raise ValueError("no, not this")
    record = record_of(run.path)
    assert (record["state"], record["exit_code"], record["error"]) == ("failed", 1, "ValueError: no, not this")


@pytest.mark.parametrize(("code", "state", "number"), [(0, "finished", 0), (None, "finished", 0), (3, "failed", 3)])
def test_R6_sys_exit_inside_the_context(writing: Writing, code: int | None, state: str, number: int) -> None:
    with pytest.raises(SystemExit), writing.init() as run:
        raise SystemExit(code)
    record = record_of(run.path)
    assert (record["state"], record["exit_code"]) == (state, number)


def test_R6_an_interrupt_inside_the_context_kills_the_run(writing: Writing) -> None:
    with pytest.raises(KeyboardInterrupt), writing.init() as run:
        raise KeyboardInterrupt
    record = record_of(run.path)
    assert (record["state"], record["signal"]) == ("killed", "SIGINT")


def test_R7_a_script_gets_the_open_run_back(writing: Writing) -> None:
    run = writing.init()
    assert writing.init() is run
    assert writing.init(reinit=False) is run
    assert writing.init(reinit="return_previous") is run


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"name": "second", "config": {"lr": 2}}, "name, config"),
        ({"config": {"lr": 1, "depth": 3}}, "config"),
        ({"project": "other", "id": "two", "group": "g", "job_type": "eval"}, "project, id, group, job_type"),
        ({"tags": ["a"], "notes": "why", "dir": "/elsewhere"}, "notes, tags, dir"),
    ],
)
def test_R7_what_is_said_to_an_open_run_in_vain_is_told_once(
    writing: Writing, capfd: pytest.CaptureFixture[str], asked: dict[str, Any], names: str
) -> None:
    run = writing.init(name="first", config={"lr": 1}, tags=["t"])
    capfd.readouterr()
    for _ in range(2):
        assert logstore.init(**asked) is run
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"logstore: init() gave back first, which is open, and took no notice of {names}: ")
    assert line.endswith('finish() that run first, or pass reinit="finish_previous"')


def test_R7_who_asks_for_what_the_open_run_is_gets_it_without_a_word(
    writing: Writing, capfd: pytest.CaptureFixture[str]
) -> None:
    run = writing.init(name="first", id="one", config={"lr": 1, "drop": math.nan}, tags=["t"], total_steps=10.0)
    capfd.readouterr()
    again: dict[str, Any] = {
        "project": run.project,
        "name": "first",
        "id": "one",
        "tags": ["t"],
        "dir": str(writing.root),
    }
    assert logstore.init(**again, config={"drop": math.nan}) is run
    assert logstore.init(name="second", reinit="return_previous") is run
    disabled = writing.init(mode="disabled", reinit="finish_previous")
    assert logstore.init(name="second") is disabled
    assert capfd.readouterr().err == ""


def test_R7_finish_previous(writing: Writing) -> None:
    run = writing.init()
    other = writing.init(reinit=True)
    assert other is not run
    assert current() is other
    assert record_of(run.path)["state"] == "finished"


def test_R7_a_notebook_begins_another_run(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ipykernel", object())
    run = writing.init()
    assert writing.init() is not run


def test_R7_create_new_leaves_the_current_run_current(writing: Writing) -> None:
    run = writing.init()
    other = writing.init(reinit="create_new")
    assert other is not run
    assert current() is run
    other.log({"a": 1})
    run.log({"b": 1})
    assert (values_of(other.path), values_of(run.path)) == ({0: {"a": 1}}, {0: {"b": 1}})
    other.finish()
    assert current() is run


def test_R8_there_is_no_run_before_init_and_after_finish(writing: Writing) -> None:
    assert current() is None
    with pytest.raises(UsageError, match=re.escape("you must call logstore.init() before logstore.log()")):
        logstore.log({"a": 1})
    with pytest.raises(LogstoreError, match=re.escape("you must call logstore.init() before logstore.config.lr")):
        _ = logstore.config.lr
    with pytest.raises(LogstoreError, match=r"before logstore\.summary\.best"):
        logstore.summary["best"] = 1
    with pytest.raises(LogstoreError, match=r"before logstore\.define_metric"):
        logstore.define_metric("a")
    with pytest.raises(LogstoreError, match=r"before logstore\.alert"):
        logstore.alert("a")
    run = writing.init()
    assert current() is run
    assert logstore.config is run.config
    assert logstore.summary is run.summary
    logstore.finish()
    assert current() is None
    logstore.finish()
    with pytest.raises(UsageError):
        logstore.log({"a": 1})
    with pytest.raises(UsageError, match="log\\(\\) after finish\\(\\)"):
        run.log({"a": 1})


def test_R8_the_functions_of_the_module_act_on_the_current_run(writing: Writing) -> None:
    run = writing.init()
    logstore.log({"a": 1}, step=2)
    logstore.log({"b": 1}, 2, True)  # noqa: FBT003  as scripts do
    logstore.define_metric("a", summary="max")
    logstore.alert("careful")
    logstore.config.lr = 3
    logstore.summary["s"] = 4
    logstore.finish(exit_code=1)
    assert values_of(run.path) == {2: {"a": 1, "b": 1}}
    record = record_of(run.path)
    assert record["metrics"] == [{"name": "a", "summary": ["max"]}]
    assert (record["state"], record["exit_code"]) == ("failed", 1)
    assert record_of(run.path, "config.json") == {"lr": 3}
    assert record_of(run.path, "summary.json") == {"s": 4}


def test_R9_a_reader_sees_running_finished_and_failed(writing: Writing) -> None:
    run = writing.init()
    store = Store(writing.root)
    assert store.find(run.id).state(time.time()).name == "running"
    run.finish()
    assert store.find(run.id).state(time.time()).name == "finished"
    other = writing.init()
    other.finish(exit_code=2)
    state = store.find(other.id).state(time.time())
    assert (state.name, state.reason) == ("failed", "exit code 2")


def test_R9_finishing_twice_changes_nothing(writing: Writing) -> None:
    run = writing.init()
    run.finish(exit_code=1)
    before = record_of(run.path)
    run.finish()
    assert record_of(run.path) == before


def test_R13_notes_name_and_tags_can_be_assigned(writing: Writing) -> None:
    run = writing.init(notes="before")
    run.notes = "after"
    run.name = "new name"
    run.tags = ("x",)
    run.tags += ("y", "x")
    record = record_of(run.path)
    assert (record["notes"], record["name"], record["tags"]) == ("after", "new name", ["x", "y"])


def test_R15_who_wrote_a_run_is_recorded(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.orig_argv", ["python", "train.py", "--hf-token", "abc", "--lr", "1"])
    run = writing.init(hardware=True)
    record = record_of(run.path)
    assert record["format"] == 1
    assert record["command"] == ["python", "train.py", "--hf-token", "***", "--lr", "1"]
    assert record["cwd"] == str(Path.cwd())
    assert record["python"].startswith("3.")
    assert (record["rank"], record["world_size"]) == (0, 1)
    process = describe_process(__import__("os").getpid())
    assert {key: record[key] for key in process} == process
    assert record["hardware"]["cores"] >= 1
    assert record["created"] == record["attempts"][0]["started"]
    assert "ended" not in record
    assert "state" not in record


def test_R17_an_alert_is_an_event(writing: Writing) -> None:
    run = writing.init()
    run.alert("NaN", "loss is NaN at step 3", level="WARN")
    run.alert("died", level="error")
    first, second = lines_of(run.path, "events.jsonl")
    assert {key: first[key] for key in ("kind", "title", "text", "level")} == {
        "kind": "alert",
        "title": "NaN",
        "text": "loss is NaN at step 3",
        "level": "WARN",
    }
    assert (second["level"], second["text"]) == ("ERROR", "")
    assert first["_timestamp"] == pytest.approx(time.time(), abs=60)


def test_R17_the_same_title_is_limited_in_rate(writing: Writing) -> None:
    run = writing.init()
    for _ in range(3):
        run.alert("same")
        run.alert("often", wait_duration=0)
        run.alert("rarely", wait_duration=timedelta(hours=1))
    titles = [event["title"] for event in lines_of(run.path, "events.jsonl")]
    assert {title: titles.count(title) for title in titles} == {"same": 1, "often": 3, "rarely": 1}


def test_R17_a_long_title_is_cut_and_kept_in_the_text(writing: Writing) -> None:
    run = writing.init()
    run.alert("x" * 100, "more")
    (event,) = lines_of(run.path, "events.jsonl")
    assert len(event["title"]) == 63
    assert event["text"] == "x" * 100 + "\nmore"


def test_R17_a_level_is_one_of_three_words(writing: Writing) -> None:
    run = writing.init()
    with pytest.raises(UsageError, match="level is INFO, WARN or ERROR, not 'fatal'"):
        run.alert("a", level="fatal")


def test_no_events_no_file(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1})
    assert sorted(path.name for path in run.path.iterdir()) == ["config.json", "metrics.jsonl", "run.json"]


def test_an_id_that_exists_is_never_overwritten(writing: Writing) -> None:
    first = writing.init(id="one")
    first.log({"a": 1})
    first.finish()
    with pytest.raises(ResumeError, match="run 'one' of project 'p' exists"):
        writing.init(id="one")
    assert len(rows_of(first.path)) == 1
    assert current() is None


def test_text_that_utf8_cannot_hold_is_escaped_everywhere(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = "\udc80"
    monkeypatch.setattr("sys.orig_argv", ["python", odd])
    run = writing.init(name=odd, tags=[odd], notes=odd, config={odd: odd})
    run.summary[odd] = odd
    run.alert(odd, odd)
    run.finish()
    record = record_of(run.path)
    assert record["command"] == ["python", "\\udc80"]
    assert (record["name"], record["tags"]) == ("\\udc80", ["\\udc80"])
    assert record_of(run.path, "config.json") == record_of(run.path, "summary.json") == {"\\udc80": "\\udc80"}


def test_an_id_in_the_environment_is_that_of_the_first_run(writing: Writing) -> None:
    code = """
for lr in (1, 2, 3):
    with logstore.init(**QUIET, project="p", config={"lr": lr}) as run:
        run.log({"lr": lr})
"""
    environ = {"LOGSTORE_RUN_ID": "one", "LOGSTORE_RESUME": "must"}
    assert "there is no run 'one'" in writing.run(code, environ).stderr
    for resume in ("", "allow", "must"):
        done = writing.run(code, {**environ, "LOGSTORE_RESUME": resume})
        assert (done.returncode, done.stdout) == (0, "")
    found = {path.name: [row["lr"] for row in rows_of(path)] for path in (writing.root / "p").iterdir()}
    assert found.pop("one") == [1, 1, 1]
    assert sorted(found.values()) == [[2], [2], [2], [3], [3], [3]]
    shared = {path.name: record_of(path).get("shares_command") for path in (writing.root / "p").iterdir()}
    assert shared.pop("one") is None
    assert set(shared.values()) == {True}


def test_what_logstore_does_not_have_is_told_with_what_it_has() -> None:
    there = "alert, config, define_metric, finish, init, log, run, summary and Store"
    with pytest.raises(AttributeError, match=f"module 'logstore' has no attribute 'watch': it has {there}"):
        logstore.watch  # noqa: B018
    assert not hasattr(logstore, "__wrapped__")


def test_what_stands_before_init_can_be_inspected() -> None:
    stub = logstore.config
    assert inspect.unwrap(stub) is stub  # type: ignore[arg-type]
    assert not hasattr(stub, "__wrapped__")


def test_every_exported_name_is_there() -> None:
    for name in logstore.__all__:
        assert name in dir(logstore)
        assert hasattr(logstore, name)
    assert sorted(logstore.__all__) == logstore.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = logstore.nothing


def test_save_code_keeps_the_script(writing: Writing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "train.py"
    script.write_text("print(1)")
    monkeypatch.setattr("sys.argv", [str(script)])
    run = writing.init(save_code=True)
    assert (run.path / "files" / "train.py").read_text() == "print(1)"
