import json
from pathlib import Path

import pytest

from tests.tui.commands.on_terminal import lines_on_terminal
from tests.tui.commands.store_files import Invoke, Writer, harmless
from tui.show.text import width


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_only_what_differs_is_shown_with_missing_and_types_told_apart(invoke: Invoke, store: Path) -> None:
    result = invoke("diff", "brave-otter", "fond-ibis", "--dir", store)
    assert result.exit_code == 0
    lines = rows(result.stdout)
    assert lines[0][:6] == ["config", "3", "of", "6", "differ", "·"]
    assert ["lr", "3e-4", "3.0"] in lines
    assert ["seed", "0", '"0"', "text"] in lines
    assert not any(line[:1] == ["model.depth"] for line in lines)
    assert ["train/loss", "min", "★", "2.125", "5.000"] in lines


def test_all_shows_what_is_the_same_too(invoke: Invoke, store: Path) -> None:
    lines = rows(invoke("diff", "brave-otter", "fond-ibis", "--dir", store, "--all").stdout)
    assert ["model.depth", "12", "12"] in lines
    assert ["(host)", "box", "box"] in lines


def test_json_keeps_values_as_they_are(invoke: Invoke, store: Path) -> None:
    answer = json.loads(invoke("diff", "brave-otter", "fond-ibis", "--dir", store, "--json").stdout)
    assert answer["runs"] == [
        {"key": "demo/otter1", "name": "brave-otter"},
        {"key": "demo/ibis2", "name": "fond-ibis"},
    ]
    by_key = {row["key"]: row for row in answer["config"]}
    assert by_key["seed"] == {
        "section": "config",
        "key": "seed",
        "kind": "type",
        "values": [{"value": 0}, {"value": "0"}],
    }
    assert by_key["tags"]["values"] == [{"value": ["base"]}, {"missing": True}]
    loss = next(row for row in answer["summary"] if (row["metric"], row["kind"]) == ("train/loss", "min"))
    assert loss == {"metric": "train/loss", "kind": "min", "better": "min", "values": [2.125, 5.0], "best": [0]}


def test_numbers_are_short_where_people_read_and_whole_in_json(invoke: Invoke, writer: Writer) -> None:
    store = writer.root
    writer.run("one1", name="one", config={"lr": 0.0014999999999999998, "wd": 1 / 3})
    writer.run("two2", name="two", config={"lr": 0.003, "wd": 0.33333333})
    lines = rows(invoke("diff", "one", "two", "--dir", store).stdout)
    assert ["lr", "0.0015", "0.003"] in lines
    assert ["wd", "0.333333333", "0.33333333"] in lines
    answer = json.loads(invoke("diff", "one", "two", "--dir", store, "--json").stdout)
    values = {row["key"]: [cell["value"] for cell in row["values"]] for row in answer["config"] if row["key"] != "path"}
    assert (values["lr"], values["wd"]) == ([0.0014999999999999998, 0.003], [1 / 3, 0.33333333])


def test_metrics_stand_in_the_order_of_the_charts(invoke: Invoke, writer: Writer) -> None:
    for name in ("one", "two"):
        writer.run(name, [{"aux/loss": 1.0, "train/loss": 2.0, "val/acc": 0.5, "val/loss": 3.0}], name=name)
    lines = rows(invoke("diff", "one", "two", "--dir", writer.root, "--all").stdout)
    best = [line[0] for line in lines if line[1:2] in (["min"], ["max"])]
    assert best == ["val/loss", "val/acc", "train/loss", "aux/loss"]


def test_one_run_is_not_enough(invoke: Invoke, store: Path) -> None:
    for arguments in (["brave-otter"], ["brave-otter", "otter1"]):
        result = invoke("diff", *arguments, "--dir", store)
        assert result.exit_code == 2
        assert result.stderr.startswith("tui diff: name two runs or more to compare")


def test_the_best_and_the_worst_run_are_compared(invoke: Invoke, writer: Writer) -> None:
    for name, loss in {"poor": 3.0, "fine": 1.0, "fair": 2.0}.items():
        writer.run(name, [{"val/loss": loss}], {"lr": loss / 10}, name=name)
    answer = json.loads(invoke("diff", "--best", "loss", "--dir", writer.root, "--json").stdout)
    assert [run["name"] for run in answer["runs"]] == ["fine", "poor"]
    assert [row["key"] for row in answer["config"]] == ["lr"]
    answer = json.loads(invoke("diff", "--best", "loss", "-f", "name!=poor", "--dir", writer.root, "--json").stdout)
    assert [run["name"] for run in answer["runs"]] == ["fine", "fair"]


def test_a_filter_chooses_the_runs(invoke: Invoke, store: Path) -> None:
    answer = json.loads(invoke("diff", "-f", "has train/loss", "--dir", store, "--json").stdout)
    assert {run["name"] for run in answer["runs"]} == {"brave-otter", "fond-ibis"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--best", "val/loss"], 1, "1 of 3 runs in"),
        (["--best", "nope"], 2, "no run has a metric 'nope'; there are"),
        (["--best", "val/loss", "brave-otter"], 2, "--best chooses the runs"),
        ([], 2, "name two runs or more to compare, or choose them"),
        (["-f", "state=failed"], 2, "name two runs or more to compare, or choose them"),
    ],
)
def test_where_there_are_not_two_runs_one_line_says_so(
    invoke: Invoke, store: Path, arguments: list[str], code: int, message: str
) -> None:
    result = invoke("diff", *arguments, "--dir", store)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr


def test_an_unknown_run_is_named(invoke: Invoke, store: Path) -> None:
    result = invoke("diff", "brave-otter", "nobody", "--dir", store)
    assert result.exit_code == 1
    assert "no run 'nobody'" in result.stderr


def test_ten_runs_have_a_column_each(invoke: Invoke, writer: Writer) -> None:
    for number in range(10):
        writer.run(f"run{number}", [{"loss": float(number)}], {"lr": number}, name=f"run-{number}")
    result = invoke("diff", *(f"run-{number}" for number in range(10)), "--dir", writer.root)
    assert ["lr", *map(str, range(10))] in rows(result.stdout)


def test_hostile_names_are_text(invoke: Invoke, store: Path) -> None:
    for more in ([], ["--json"]):
        result = invoke("diff", "evil3", "otter1", "--dir", store, *more)
        assert result.exit_code == 0
        assert harmless(result.output)


def test_on_a_terminal_more_runs_than_fit_stand_below_each_other_with_the_first_one_again(
    writer: Writer, tmp_path: Path
) -> None:
    for number in range(8):
        name = f"a-long-name-that-differs-in-its-end-{number}"
        writer.run(f"run{number}", [{"loss": float(number)}], {"lr": number, "note": "x" * 99}, name=name)
    lines = lines_on_terminal(
        80, tmp_path, "diff", "--all", *(f"run{number}" for number in range(8)), "--dir", writer.root
    )
    assert all(width(line) <= 80 for line in lines)
    rates = [line.split()[1:] for line in lines if line.split()[:1] == ["lr"]]
    assert [rate for row in rates for rate in row[1:]] == ["1", "2", "3", "4", "5", "6", "7"]
    assert len(rates) > 1
    assert all(row[0] == "0" for row in rates)
    heads = [line.split()[1:] for line in lines if line.split()[:1] == ["key"]]
    assert [head[-1] for row in heads for head in row[1:]] == ["1", "2", "3", "4", "5", "6", "7"]
    assert sum("★ 0" in line for line in lines) >= len(rates), "the best of all runs has a star wherever it stands"
