import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.tui.commands.store_files import START, Invoke, Writer, harmless

SVG = "{http://www.w3.org/2000/svg}"


def test_the_newest_runs_that_have_the_metric_are_drawn(invoke: Invoke, store: Path) -> None:
    result = invoke("plot", "train/loss", "--dir", store, "--width", "80", "--height", "20")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "train/loss"
    assert "fond-ibis inf (1 nan since 2)" in lines[1]
    assert "brave-otter 2.125" in lines[1]
    assert len(lines) == 20
    assert max(map(len, lines)) == 80


def test_named_runs_are_drawn_in_their_order(invoke: Invoke, store: Path) -> None:
    text = invoke("plot", "train/loss", "brave", "ibis2", "--dir", store).stdout
    assert text.index("brave-otter") < text.index("fond-ibis")


def test_a_run_without_the_metric_is_said_and_the_others_are_drawn(invoke: Invoke, store: Path) -> None:
    result = invoke("plot", "val/loss", "brave", "ibis2", "--dir", store)
    assert result.exit_code == 0
    assert result.stderr == "tui: run demo/ibis2 has no metric 'val/loss'\n"


def test_a_metric_that_no_named_run_has_is_one_line_with_what_is_near_in_these(invoke: Invoke, store: Path) -> None:
    result = invoke("plot", "train/los", "brave-otter", "--dir", store)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "tui: run demo/otter1 has no metric 'train/los'; there are train/loss\n"
    result = invoke("plot", "train/los", "brave-otter", "fond-ibis", "--dir", store)
    assert result.stderr.startswith("tui: none of these 2 runs has a metric 'train/los'; there are ")


def test_a_metric_that_nobody_has_is_an_error_with_what_is_near(invoke: Invoke, store: Path) -> None:
    result = invoke("plot", "train/lss", "--dir", store)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("tui: no run has a metric 'train/lss'; there are train/loss")


@pytest.mark.parametrize(
    ("axis", "word"),
    [("step", "step"), ("time", "time of day"), ("relative", "relative time"), ("val/loss", "val/loss")],
)
def test_x_axes(invoke: Invoke, store: Path, axis: str, word: str) -> None:
    result = invoke("plot", "train/loss", "brave", "--x", axis, "--dir", store)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].strip() == word


def test_an_axis_that_is_none_is_refused(invoke: Invoke, store: Path) -> None:
    result = invoke("plot", "train/loss", "--x", "tokens", "--dir", store)
    assert result.exit_code == 2
    assert "'tokens' is neither step, time, relative nor a metric" in result.stderr


def test_log_and_smoothing(invoke: Invoke, store: Path) -> None:
    result = invoke("plot", "train/loss", "brave", "--log", "--smooth", "0.9", "--dir", store)
    assert result.stdout.splitlines()[-1].strip() == "step · smoothed"
    assert invoke("plot", "train/loss", "--smooth", "1", "--dir", store).exit_code == 2


def test_svg(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "chart.svg"
    result = invoke("plot", "train/loss", "-o", target, "--width", "500", "--height", "300", "--dir", store)
    assert (result.exit_code, result.stdout) == (0, "")
    assert str(target) in result.stderr
    root = ET.parse(target).getroot()
    assert (root.get("width"), root.get("height")) == ("500", "300")
    assert len(root.findall(f"{SVG}g")) == 2


def test_png(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    pytest.importorskip("PIL.Image")
    target = tmp_path / "chart.PNG"
    assert invoke("plot", "train/loss", "-o", target, "--dir", store).exit_code == 0
    assert target.read_bytes().startswith(b"\x89PNG")


def test_csv_holds_every_point(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "points.csv"
    assert invoke("plot", "train/loss", "ibis2", "-o", target, "--dir", store).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    assert [(row["step"], row["value"]) for row in rows] == [("0", "5"), ("1", "6"), ("2", "NaN"), ("3", "Infinity")]
    assert rows[0] == {
        "run": "demo/ibis2",
        "name": "fond-ibis",
        "metric": "train/loss",
        "step": "0",
        "time": f"{START:.0f}",
        "value": "5",
    }


def test_csv_holds_no_formula(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "points.csv"
    assert invoke("plot", "=cmd", "-o", target, "--dir", store).exit_code == 0
    assert ",'=cmd," in target.read_text()


def test_text_file_has_no_colours(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "chart.txt"
    assert invoke("plot", "train/loss", "-o", target, "--dir", store).exit_code == 0
    assert target.read_text().startswith("train/loss\n")
    assert harmless(target.read_text())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "chart.pdf"], "'chart.pdf' ends in none of .svg, .png, .csv, .txt"),
        (["--theme", "pink", "-o", "a.svg"], "pink"),
    ],
)
def test_what_cannot_be_written_is_refused(invoke: Invoke, store: Path, arguments: list[str], message: str) -> None:
    result = invoke("plot", "train/loss", *arguments, "--dir", store)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not Path(arguments[-1]).exists()


def test_a_place_that_cannot_be_written_is_one_line(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    result = invoke("plot", "train/loss", "-o", tmp_path / "nowhere" / "a.svg", "--dir", store)
    assert result.exit_code == 1
    assert result.stderr == f"tui: {tmp_path}/nowhere/a.svg: No such file or directory\n"


def test_json_holds_every_point(invoke: Invoke, store: Path) -> None:
    answer = json.loads(invoke("plot", "train/loss", "ibis2", "--json", "--dir", store).stdout)
    assert answer == {
        "metric": "train/loss",
        "runs": [
            {
                "key": "demo/ibis2",
                "name": "fond-ibis",
                "steps": [0.0, 1.0, 2.0, 3.0],
                "times": [START, START + 1, START + 2, START + 3],
                "values": [5.0, 6.0, "NaN", "Infinity"],
            }
        ],
    }


def test_of_many_runs_the_newest_twelve_are_drawn(invoke: Invoke, writer: Writer) -> None:
    for number in range(15):
        writer.run(f"r{number:02}", [{"loss": 1.0}, {"loss": 2.0}], created=START + number)
    result = invoke("plot", "loss", "--dir", writer.root)
    assert "tui: the newest 12 runs" in result.stderr
    assert "r14" in result.stdout
    assert "r02" not in result.stdout


def test_hostile_names_are_text(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    metric = next(
        key for key in json.loads(invoke("show", "evil3", "--json", "--dir", store).stdout)["metrics"] if "evil" in key
    )
    target = tmp_path / "a.svg"
    assert harmless(invoke("plot", metric, "--dir", store).output)
    assert harmless(invoke("plot", metric, "--json", "--dir", store).output)
    assert invoke("plot", metric, "-o", target, "--dir", store).exit_code == 0
    assert harmless(target.read_text())
