import csv
import json
import sys
from pathlib import Path

import pytest

from tests.tui.commands.store_files import HOSTILE, START, Invoke, Writer, harmless


def test_all_runs_become_one_table(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "points.csv"
    result = invoke("export", "-o", target, "--dir", store)
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"wrote {target}: 10 rows of 3 runs" in result.stderr
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["_run"] for row in rows] == ["demo/otter1"] * 5 + ["demo/ibis2"] * 4 + ["demo/evil3"]
    assert rows[0]["_timestamp"] == f"{START:.0f}"
    assert [row["train/loss"] for row in rows[5:]] == ["5", "6", "NaN", "Infinity", ""]


def test_named_and_filtered_runs(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "points.jsonl"
    assert invoke("export", "ibis2", "-o", target, "--dir", store).exit_code == 0
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert [(row["_run"], row["train/loss"]) for row in rows[1:3]] == [("demo/ibis2", 6.0), ("demo/ibis2", "NaN")]
    assert invoke("export", "-f", "state=finished", "-o", target, "--dir", store).exit_code == 0
    assert {json.loads(line)["_run"] for line in target.read_text().splitlines()} == {"demo/otter1"}


def test_parquet(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    target = tmp_path / "points.parquet"
    assert invoke("export", "-o", target, "--dir", store).exit_code == 0
    table = parquet.read_table(target)
    assert table.column_names == sorted(table.column_names, key=lambda name: (not name.startswith("_"), 0))
    assert table["train/loss"].to_pylist()[:2] == [4.0, 3.0]
    assert table["train/loss"].null_count == 1


def test_without_pyarrow_one_line_says_what_to_do(
    invoke: Invoke, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = invoke("export", "--format", "parquet", "-o", tmp_path / "points", "--dir", store)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("tui: Parquet needs pyarrow: pip install 'runwatch[parquet]'")
    assert not (tmp_path / "points").exists()


def test_an_answer_for_scripts(invoke: Invoke, writer: Writer, tmp_path: Path) -> None:
    path = writer.run("a", [{"loss": 1.0}, {"loss": 2.0}], state="finished")
    with (path / "metrics.jsonl").open("a") as file:
        file.write("nonsense\n")
    target = tmp_path / "x.jsonl"
    result = invoke("export", "-o", target, "--dir", writer.root, "--json")
    answer = {"path": str(target), "format": "jsonl", "runs": 1, "rows": 2, "skipped_lines": 1}
    assert json.loads(result.stdout) == answer
    assert "1 lines were skipped" in invoke("export", "-o", target, "--dir", writer.root).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "points.xlsx"], "'points.xlsx' ends in none of .parquet, .csv, .jsonl; say --format"),
        (["-o", "no/where.csv"], "there is no directory no"),
        (["-o", "a.csv", "--format", "xlsx"], "'xlsx' is not one of"),
        ([], "-o"),
    ],
)
def test_what_cannot_be_written_is_refused(invoke: Invoke, store: Path, arguments: list[str], message: str) -> None:
    result = invoke("export", *arguments, "--dir", store)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_dash_is_stdout(invoke: Invoke, store: Path) -> None:
    result = invoke("export", "brave-otter", "--format", "csv", "-o", "-", "--dir", store)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == "_run,_rank,_step,_timestamp,train/loss,val/loss"
    assert len(result.stdout.splitlines()) == 6
    result = invoke("export", "brave-otter", "--format", "jsonl", "-o", "-", "--dir", store)
    assert [json.loads(line)["train/loss"] for line in result.stdout.splitlines()] == [4.0, 3.0, 2.5, 2.25, 2.125]
    result = invoke("export", "brave-otter", "--format", "jsonl", "-o", "-", "--json", "--dir", store)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_store_without_runs_is_said(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = invoke("export", "-o", tmp_path / "x.csv", "--dir", tmp_path / "empty")
    assert (result.exit_code, result.stderr) == (1, f"tui: no runs in {tmp_path / 'empty'}\n")


def test_hostile_names_stay_in_the_file(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    result = invoke("export", "evil3", "-o", target, "--dir", store)
    assert harmless(result.stderr)
    assert json.loads(target.read_text())[HOSTILE] == 1.0
