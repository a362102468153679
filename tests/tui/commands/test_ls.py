import json
import math
import re
from pathlib import Path

import pytest

from tests.tui.commands.on_terminal import lines_on_terminal
from tests.tui.commands.store_files import HOSTILE, START, Invoke, Writer, harmless
from tui.show.text import width


def names(output: str) -> list[str]:
    return [line.split()[0] for line in output.splitlines()[1:]]


def test_every_run_has_a_line_with_its_state_in_a_shape_and_a_word(invoke: Invoke, store: Path) -> None:
    result = invoke("ls", store)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split()[:3] == ["run", "state", "step"]
    assert sorted(word for line in lines[1:4] for word in re.findall("[■✖◆] [a-z]+", line)) == [
        *("■ finished", "◆ killed", "✖ failed"),
    ]


def test_columns_are_named_as_in_a_filter(invoke: Invoke, store: Path) -> None:
    result = invoke("ls", store, "-c", "name,lr,train/loss.min,model.depth,tags", "-s", "name")
    assert [line.split() for line in result.stdout.splitlines()[:3]] == [
        ["run", "lr", "train/loss", "min", "depth", "tags"],
        ["brave-otter", "3e-4", "2.125", "12", "base"],
        ["evil␛[2J[bold", "red]run[/]·31m·", "–", "–", "–", "–"],
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-f", "state=failed"], ["fond-ibis"]),
        (["-f", "lr<1e-3"], ["brave-otter"]),
        (["-f", "has train/loss", "-s", "train/loss.min"], ["brave-otter", "fond-ibis"]),
        (["-f", "has train/loss", "-s", "-train/loss.min"], ["fond-ibis", "brave-otter"]),
        (["-f", "has train/loss", "-s", "model.depth,-step"], ["brave-otter", "fond-ibis"]),
        (["-f", "has lr", "-s", "name", "-n", "1"], ["brave-otter"]),
        (["-f", "nothing-like-it"], []),
    ],
)
def test_filter_sort_and_limit(invoke: Invoke, store: Path, arguments: list[str], expected: list[str]) -> None:
    assert names(invoke("ls", store, *arguments).stdout) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-f", "lr <"], "tui ls: at 5: expected"),
        (["-s", "lss"], "tui ls: no run has 'lss'"),
        (["-c", "name,meta:nope"], "tui ls: no column 'meta:nope'"),
        (["-n", "0"], "tui ls: Invalid value for '-n'"),
    ],
)
def test_what_cannot_be_understood_is_said_in_one_line(
    invoke: Invoke, store: Path, arguments: list[str], message: str
) -> None:
    result = invoke("ls", store, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


def test_json_of_a_run_says_who_it_is_how_it_stands_config_and_summary(invoke: Invoke, store: Path) -> None:
    answer = json.loads(invoke("ls", store, "--json", "-f", "name=brave-otter").stdout)
    assert (answer["store"], answer["total"], len(answer["runs"])) == (str(store), 3, 1)
    (run,) = answer["runs"]
    state = run.pop("state")
    assert (state["name"], state["health"], state["since"]) == ("finished", "ok", START + 60)
    assert run.pop("last_write") > 0
    assert run.pop("steps_per_second") == 1.0
    summary = run.pop("summary")
    assert summary["train/loss"] == 2.125
    assert run == {
        "key": "demo/otter1",
        "id": "otter1",
        "name": "brave-otter",
        "project": "demo",
        "path": str(store / "demo" / "otter1"),
        "foreign": False,
        "created": START,
        "ended": START + 60,
        "step": 4,
        "total_steps": 5.0,
        "group": None,
        "job_type": None,
        "tags": ["base"],
        "host": "box",
        "config": {"lr": 3e-4, "model": {"depth": 12, "widths": [64, 64]}, "seed": 0},
    }


def test_json_with_columns_has_their_values_by_the_names_they_were_asked_for(invoke: Invoke, store: Path) -> None:
    answer = json.loads(invoke("ls", store, "--json", "-c", "name,train/loss,lr,trend:train/loss", "-s", "name").stdout)
    otter, _, ibis = answer["runs"]
    assert otter["values"] == {
        "name": "brave-otter",
        "train/loss": 2.125,
        "lr": 3e-4,
        "trend:train/loss": [4.0, 3.0, 2.5, 2.25, 2.125],
    }
    assert ibis["values"]["train/loss"] == "Infinity"
    assert "config" not in otter


def test_hostile_names_are_text_in_tables_and_in_json(invoke: Invoke, store: Path) -> None:
    plain, as_json = invoke("ls", store, "-c", "name,reason"), invoke("ls", store, "--json")
    assert harmless(plain.output)
    assert "[bold red]run[/]" in plain.output
    assert harmless(as_json.output)
    assert HOSTILE in {run["name"] for run in json.loads(as_json.stdout)["runs"]}


def test_the_best_come_first_with_their_best_value_and_its_step(invoke: Invoke, writer: Writer) -> None:
    losses = {"late": [3.0, 1.0, 2.0], "early": [1.5, 4.0], "lost": [math.nan], "none": []}
    for name, values in losses.items():
        writer.run(name, [{"val/loss": value, "val/acc": -value} for value in values], name=name)
    result = invoke("ls", writer.root, "--best", "val/loss")
    assert names(result.stdout) == ["late", "early", "lost"]
    assert result.stdout.splitlines()[0].split()[3:5] == ["val/loss", "min"]
    answer = json.loads(invoke("ls", writer.root, "--best", "loss", "--json").stdout)
    assert answer["best"] == {"metric": "val/loss", "better": "min"}
    assert [(run["name"], run["best"]) for run in answer["runs"]] == [
        ("late", {"value": 1.0, "step": 1.0}),
        ("early", {"value": 1.5, "step": 0.0}),
        ("lost", {"value": None, "step": None}),
    ]
    answer = json.loads(invoke("ls", writer.root, "--best", "acc", "-n", "1", "--json").stdout)
    assert (answer["best"]["better"], answer["runs"][0]["name"]) == ("max", "late")
    assert names(invoke("ls", writer.root, "--best", "val/loss", "-f", "name=early").stdout) == ["early"]


def test_what_better_is_may_be_said_by_the_run(invoke: Invoke, writer: Writer) -> None:
    rules = [{"name": "tokens", "summary": ["max"]}]
    for name, value in {"few": 1.0, "many": 9.0}.items():
        writer.run(name, [{"tokens": value}], name=name, metrics=rules)
    assert names(invoke("ls", writer.root, "--best", "tokens").stdout) == ["many", "few"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--best", "lr"], "nothing says whether less or more of 'lr' is better"),
        (["--best", "train/los"], "no run has a metric 'train/los'; there are train/loss"),
        (["--best", "loss"], "'loss' could be train/loss or val/loss: write it in full"),
        (["--best", "val/loss", "--sort", "name"], "--best is an order of its own"),
        (["-s", "lrr"], "neither a column, a config key nor a metric; did you mean lr?"),
        (["-c", "best(val/los)"], "did you mean val/loss?"),
        (["-c", "deph"], "did you mean model.depth?"),
        (["--dir", "x"], "PATH and --dir are the same"),
    ],
)
def test_what_is_misspelt_or_unclear_is_named(
    invoke: Invoke, store: Path, writer: Writer, arguments: list[str], message: str
) -> None:
    writer.run("more", [{"lr": 1.0}])
    result = invoke("ls", store, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_filter_that_nothing_passes_says_what_no_run_has(invoke: Invoke, store: Path) -> None:
    result = invoke("ls", store, "-f", "val/los<1")
    assert result.exit_code == 0
    assert result.stderr == "tui: no run has 'val/los'; did you mean val/loss?\ntui: none of 3 runs passes\n"
    result = invoke("ls", store, "-f", "val/los<1", "--json")
    assert json.loads(result.stdout)["runs"] == []
    assert result.stderr == "tui: no run has 'val/los'; did you mean val/loss?\n"
    assert invoke("ls", store, "-f", "lr>100").stderr == "tui: none of 3 runs passes\n"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("state=finshed", "no run has state 'finshed'; did you mean finished?"),
        ("state=completed", "no run has state 'completed'; there are failed, finished, killed"),
        ("lr<1 tag:bse", "no run has tag 'bse'; did you mean base?"),
        ("project = 'dmo'", "no run has project 'dmo'; did you mean demo?"),
        ("state=failed tag=base", ""),
        ("state=running", ""),
        ("name=brave-* state=failed", ""),
        ("seed=7", ""),
        ("lr=7", ""),
    ],
)
def test_a_filter_that_nothing_passes_says_which_value_no_run_has(
    invoke: Invoke, store: Path, query: str, says: str
) -> None:
    result = invoke("ls", store, "-f", query)
    line = f"tui: {says}\n" if says else ""
    assert (result.exit_code, result.stderr) == (0, line + "tui: none of 3 runs passes\n")


def test_the_store_may_be_an_option_as_it_is_elsewhere(invoke: Invoke, store: Path) -> None:
    assert invoke("ls", "--dir", store).stdout == invoke("ls", store).stdout


def test_nothing_yet_says_what_will_happen(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    result = invoke("ls", tmp_path / "runs")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no runs in" in result.stderr
    assert json.loads(invoke("ls", tmp_path / "runs", "--json").stdout)["runs"] == []


def test_nowhere_says_what_to_do(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("ls")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "tui: no runs here: name a directory of runs, set LOGSTORE_DIR, or try 'tui demo'\n"
    assert invoke("ls", tmp_path / "nope").stderr == f"tui: {tmp_path / 'nope'}: no such directory\n"


def test_the_environment_names_the_store(invoke: Invoke, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGSTORE_DIR", str(store))
    assert len(names(invoke("ls", "-c", "id").stdout)) == 3


def test_somebody_elses_logs_are_runs_too(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "exp-7.jsonl").write_text('{"step": 1, "loss": 2.5}\n{"step": 2, "loss": 1.5}\n')
    (run,) = json.loads(invoke("ls", tmp_path / "theirs", "--json").stdout)["runs"]
    assert (run["name"], run["foreign"], run["step"], run["summary"]["loss"]) == ("exp-7", True, 2, 1.5)


def test_what_cannot_be_read_is_said_beside_the_answer(invoke: Invoke, store: Path, writer: Writer) -> None:
    (store / "demo" / "loop").symlink_to(store)
    result = invoke("ls", store, "-c", "id")
    assert result.exit_code == 0
    assert len(names(result.stdout)) == 3
    assert "tui: demo/loop: symbolic links are not followed" in result.stderr


def test_what_the_gpus_of_a_run_did_are_columns(
    invoke: Invoke, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config" / "runwatch" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("price_per_gpu_hour = 2.5\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = writer.run("busy", [{"loss": 1.0}], name="busy")
    samples = (
        {"_timestamp": START + 10 * i, "gpu/0/util": 90.0 if i < 181 else 0.0, "gpu/0/power": 360.0} for i in range(361)
    )
    (path / "system.box.jsonl").write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    (line,) = invoke("ls", writer.root, "-c", "gpu_hours,idle_gpu_hours,kwh,cost").stdout.splitlines()[1:]
    assert line.split() == ["1.00", "0.50", "0.36", "2.50"]


def test_config_values_are_short_never_alike_and_whole_in_json(invoke: Invoke, writer: Writer) -> None:
    rates = [0.0014999999999999998, 1 / 3, 0.33333333]
    for place, rate in enumerate(rates):
        writer.run(f"r{place}", name=f"r{place}", config={"optim": {"lr": rate}})
    lines = invoke("ls", writer.root, "-c", "name,optim.lr", "-s", "name").stdout.splitlines()[1:]
    assert [line.split()[1] for line in lines] == ["0.0015", "0.333333333", "0.33333333"]
    answer = json.loads(invoke("ls", writer.root, "-c", "optim.lr", "-s", "name", "--json").stdout)
    assert [run["values"]["optim.lr"] for run in answer["runs"]] == rates


def test_on_a_terminal_lines_fit_names_keep_their_ends_and_what_says_nothing_is_left_out(
    writer: Writer, tmp_path: Path
) -> None:
    for number in range(3):
        name = f"a-very-long-name-that-differs-from-the-others-in-its-end-alone-{number}"
        writer.run(f"r{number}", [{"val/loss": 2.0}], {"path": "/data/" * 20}, name=name, state="finished", ended=START)
    lines = lines_on_terminal(80, tmp_path, "ls", writer.root)
    assert lines[0].split() == ["run", "state", "step", "val/loss", "trend", "age"]
    assert all(width(line) <= 80 for line in lines)
    assert {line.split()[0][-2:] for line in lines[1:4]} == {"-0", "-1", "-2"}
    lines = lines_on_terminal(80, tmp_path, "ls", writer.root, "-c", "name,path,smooth(val/loss),eta,speed")
    assert lines[0].split() == ["run", "path", "val/loss", "smooth", "eta", "step/s"]
    assert all(width(line) <= 80 for line in lines)


def test_a_script_gets_the_same_columns_whatever_the_runs_do(invoke: Invoke, store: Path) -> None:
    titles = invoke("ls", store).stdout.splitlines()[0].split()
    assert titles == ["run", "state", "step", "val/loss", "trend", "step/s", "eta", "age"]
