from pathlib import Path

import pytest

from logstore.store import Store
from tests.tui.commands.store_files import Writer
from tui.plain.listing import arranged, columns_of, counted, plain, resolve, rows_of
from tui.table.run_rows import RunRow

NOW = 1_790_000_500.0


@pytest.fixture
def rows(tmp_path: Path) -> list[RunRow]:
    writer = Writer(tmp_path)
    optim = {"lr": 0.1, "wd": 1, "beta": 0.9}
    writer.run(
        "a",
        [{"val/loss": 3.0}, {"val/loss": 1.0}],
        {"lr": 0.1, "seed": 1, "optim": optim, "sched": {"wd": 2}},
        state="finished",
        name="Ann",
    )
    writer.run("b", [{"val/loss": 2.0}], {"lr": 0.01}, state="failed", name="bob")
    return sorted(rows_of(Store(tmp_path).runs(), NOW), key=lambda row: row.key)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("name", "name"),
        ("Host", "meta:host"),
        ("tag", "meta:tags"),
        ("lr", "config.lr"),
        ("val/loss", "metric:val/loss"),
        ("val/loss.min", "metric:val/loss:min"),
        ("metric:val/loss:max", "metric:val/loss:max"),
        ("best(val/loss)", "metric:val/loss:best"),
        ("loss", "metric:val/loss"),
        ("loss.smooth", "metric:val/loss:smooth"),
        ("beta", "config.optim.beta"),
        ("trend:val/loss", "trend:val/loss"),
        ("config.nobody.has.it", "config.nobody.has.it"),
    ],
)
def test_a_name_means_what_it_means_in_a_filter(rows: list[RunRow], name: str, column: str) -> None:
    assert resolve(name, rows).id == column


@pytest.mark.parametrize("name", ["lss", "ss", "meta:nope", "trend:"])
def test_a_name_that_means_nothing_is_refused(rows: list[RunRow], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        resolve(name, rows)


def test_a_name_that_could_be_several_is_refused_with_all_of_them(rows: list[RunRow]) -> None:
    with pytest.raises(ValueError, match=r"'wd' could be optim\.wd or sched\.wd: write it in full"):
        resolve("wd", rows)
    for arguments in (["wd>1"], ["", "-wd"]):
        with pytest.raises(ValueError, match="'wd' could be"):
            arranged(rows, *arguments)


def test_a_bare_name_filters_and_sorts_by_the_key_that_ends_with_it(rows: list[RunRow]) -> None:
    assert [row.name for row in arranged(rows, "beta=0.9")] == ["Ann"]
    assert [row.name for row in arranged(rows, "best(loss)<2", "loss.best")] == ["Ann"]
    assert [row.name for row in arranged(rows, "smooth(loss) > 0", "smooth(loss)")] == ["Ann", "bob"]
    assert [row.name for row in arranged(rows, "mine", "name")] == ["Ann", "bob"]
    assert arranged(rows, "not mine") == []


def test_columns_keep_the_names_they_were_asked_for(rows: list[RunRow]) -> None:
    assert list(columns_of("name, lr ,val/loss.min,", rows)) == ["name", "lr", "val/loss.min"]
    assert list(columns_of(None, rows))[:3] == ["name", "state", "step"]
    assert "metric:val/loss" in columns_of(None, rows)


def test_order(rows: list[RunRow]) -> None:
    assert [row.name for row in arranged(rows, sort="val/loss.min")] == ["Ann", "bob"]
    assert [row.name for row in arranged(rows, sort="-val/loss.min")] == ["bob", "Ann"]
    assert [row.name for row in arranged(rows, sort="-seed")] == ["Ann", "bob"], "what is absent comes last"
    assert [row.name for row in arranged(rows, "lr < 0.05")] == ["bob"]


def test_values_and_counts(rows: list[RunRow]) -> None:
    assert plain(rows[0].value("trend:val/loss")) == [3.0, 1.0]
    assert plain(("a", "b")) == ["a", "b"]
    assert counted(arranged(rows, sort="name"), lambda row: row.state) == "1 finished · 1 failed"
    assert counted([], lambda row: row.state) == ""


def test_colours_are_those_of_the_app(rows: list[RunRow]) -> None:
    assert rows[0].swatch != rows[1].swatch
