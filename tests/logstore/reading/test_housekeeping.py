"""A second look at a store: from the cache and the index, and right whatever happened in between."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from logstore.caches import columns as cache_module
from logstore.caches.columns import ColumnCache
from logstore.caches.index import StoreIndex
from logstore.model.delta import Block
from logstore.model.runs import Runs
from logstore.model.series import Series
from logstore.reading import housekeeping, sources
from logstore.reading.blocks import BlockParser
from logstore.reading.follow import Budget, StoreReader
from logstore.reading.reader import RunReader
from logstore.reading.restored import Restored
from tests.logstore.following import START, Followed, replace

ROWS = 2000
"""Enough rows for a file that is worth packing."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def session(root: Path, background: int = 1 << 40) -> Followed:
    return Followed(root, background, root.parent / "cache")


def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of bytes of each block of lines that is parsed from now on."""
    sizes: list[int] = []
    parse = BlockParser.parse

    def counted(self: BlockParser, lines: bytes) -> Block | None:
        sizes.append(len(lines))
        return parse(self, lines)

    monkeypatch.setattr(BlockParser, "parse", counted)
    return sizes


def tidy(followed: Followed) -> None:
    """Let everything be packed and remembered."""
    for _ in range(40):
        followed.read(12.0)


def model(runs: Runs) -> dict[str, object]:
    """What there is to see of runs, to be compared."""
    return {
        run.key: (
            run.record,
            dict(run.config),
            json.dumps(dict(run.summary), sort_keys=True),
            {
                (rank, name): tuple(
                    np.nan_to_num(each).tolist() for each in (series.steps, series.values, series.times)
                )
                for rank, curves in run.ranks.items()
                for name, series in curves.items()
            },
            {name: series.values.tolist() for name, series in run.system.items()},
            [event.title for event in run.events],
            run.bad_lines,
            run.step,
            run.bytes_left,
        )
        for run in sorted(runs.values(), key=lambda run: run.key)
    }


def points(series: Series) -> list[list[float]]:
    return [np.nan_to_num(each).tolist() for each in (series.steps, series.values, series.times)]


def write_store(followed: Followed) -> None:
    rules = [{"name": "loss", "summary": ["min", "max"]}]
    path = followed.write("demo/a", ROWS, id="a", name="fox", created=START, state="finished", metrics=rules)
    followed.append("demo/a", ROWS, "metrics.rank1.jsonl")
    with (path / "metrics.jsonl").open("a") as file:
        file.write('bad\n{"_step": 5000, "val": "NaN", "note": "end", "big": 9007199254740993}\n')
    (path / "system.box.jsonl").write_text('{"_timestamp":5,"cpu/percent":50}\n' * 3000)
    (path / "events.jsonl").write_text('{"_timestamp":5,"kind":"alert","title":"T"}\n')
    replace(path / "config.json", {"lr": 0.1})
    followed.write("demo/b", 3, id="b", state="failed", exit_code=1)
    foreign = followed.root / "exp" / "lr3.jsonl"
    foreign.parent.mkdir()
    foreign.write_text("".join(json.dumps({"step": step, "loss": step}) + "\n" for step in range(4000)))
    (foreign.parent / "config.yaml").write_text("lr: 3\n")
    os.utime(foreign, (START, START))


def test_a_second_look_parses_nothing_and_shows_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = session(root)
    write_store(first)
    first.settle()
    tidy(first)
    expected = model(first.runs)
    sizes = parsed(monkeypatch)
    second = session(root)
    second.settle()
    assert model(second.runs) == expected
    assert sum(sizes) < 1000, "only files too small to be worth packing are parsed again"
    tidy(second)
    assert model(second.runs) == expected


def test_what_is_not_read_has_its_whole_summary_from_the_index(root: Path) -> None:
    first = session(root)
    write_store(first)
    first.settle()
    tidy(first)
    second = session(root, background=0)
    second.settle()
    run, known = second.runs["demo/a"], first.runs["demo/a"]
    assert len(run.metrics) == 0
    assert run.bytes_left > 0
    assert json.dumps(dict(run.summary)) == json.dumps(dict(known.summary))
    assert run.summary["loss"] == {"min": 0, "max": ROWS - 1}
    assert run.step == 5000
    assert run.state(second.now) == known.state(first.now)
    second.settle(first=("demo/a",))
    assert model(second.runs)["demo/a"] == model(first.runs)["demo/a"]


def test_the_whole_summary_is_told_once_it_is_known_though_no_rows_are_read(root: Path) -> None:
    followed = session(root, background=0)
    write_store(followed)
    tidy(followed)
    assert followed.runs["demo/a"].summary["loss"] == {"min": 0, "max": ROWS - 1}
    assert len(followed.runs["demo/a"].metrics) == 0


def test_a_long_run_that_nobody_asked_for_is_not_read_for_its_summary(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "LONGEST_UNASKED", 1000)
    sizes = parsed(monkeypatch)
    followed = session(root, background=0)
    write_store(followed)
    tidy(followed)
    assert followed.runs["demo/a"].summary["loss"] == ROWS - 1
    assert sum(sizes) <= 1000


def test_rows_that_were_added_are_read_on_top(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = session(root)
    write_store(first)
    first.settle()
    tidy(first)
    first.append("demo/a", 10)
    sizes = parsed(monkeypatch)
    second = session(root)
    second.settle()
    assert len(second.runs["demo/a"].series("loss")) == ROWS + 10
    assert 0 < sum(sizes) < 2000
    tidy(second)
    sizes.clear()
    third = session(root)
    third.settle()
    assert model(third.runs) == model(second.runs)
    assert sum(sizes) < 1000


def edit_config(path: Path) -> None:
    replace(path / "config.json", {"lr": 7})


def edit_config_in_place(path: Path) -> None:
    (path / "config.json").write_text('{"lr": 77}')


def rename_run(path: Path) -> None:
    replace(path / "run.json", {"name": "owl", "state": "finished"})


def rewrite_rows(path: Path) -> None:
    (path / "metrics.jsonl").write_text('{"_step": 0, "loss": 123}\n')


def replace_rows(path: Path) -> None:
    text = (path / "metrics.jsonl").read_text().replace('"loss": 1', '"loss": 7')
    (path / "new").write_text(text)
    (path / "new").rename(path / "metrics.jsonl")


def remove_rows(path: Path) -> None:
    (path / "metrics.jsonl").unlink()


def add_rank(path: Path) -> None:
    (path / "metrics.rank2.jsonl").write_text('{"_step": 0, "loss": 9}\n')


CHANGES = [edit_config, edit_config_in_place, rename_run, rewrite_rows, replace_rows, remove_rows, add_rank]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("background", [0, 1 << 40])
def test_a_change_between_two_looks_is_seen(root: Path, change: Callable[[Path], None], background: int) -> None:
    first = session(root)
    write_store(first)
    first.settle()
    tidy(first)
    change(root / "demo" / "a")
    second, fresh = session(root, background), Followed(root)
    for followed in (second, fresh):
        followed.settle(first=("demo/a", "demo/b", "exp/lr3"))
    assert model(second.runs) == model(fresh.runs)


def test_a_change_is_seen_while_a_run_sleeps(root: Path) -> None:
    first = session(root)
    write_store(first)
    first.settle()
    tidy(first)
    second = session(root, background=0)
    second.settle()
    edit_config(root / "demo" / "a")
    second.settle()
    assert second.runs["demo/a"].config == {"lr": 7}
    shutil.rmtree(root / "demo" / "a")
    second.settle()
    assert "demo/a" not in second.runs


def test_a_remembered_run_that_is_a_folder_of_logs_now_is_found_as_one(root: Path) -> None:
    first = session(root)
    write_store(first)
    first.settle()
    tidy(first)
    shutil.rmtree(root / "demo" / "a")
    (root / "demo" / "a").mkdir()
    (root / "demo" / "a" / "lr3.jsonl").write_text('{"step": 1, "loss": 2}\n')
    (root / "demo" / "b" / "run.json").unlink()
    (root / "demo" / "b" / "metrics.jsonl").unlink()
    second = session(root, background=0)
    second.settle(first=("demo/a/lr3",))
    assert set(second.runs) == {"demo/a/lr3", "exp/lr3"}
    assert second.runs["demo/a/lr3"].summary["loss"] == 2


def damage(cache: Path, how: str) -> None:
    for path in [path for path in cache.rglob("*") if path.is_file()]:
        text = path.read_bytes()
        match how:
            case "cut":
                path.write_bytes(text[: len(text) // 2])
            case "flip":
                path.write_bytes(text[:200] + bytes([text[200] ^ 4]) + text[201:])
            case "version":
                path.write_bytes(text.replace(b"RWPACK\x01", b"RWPACK\x63").replace(b'index":1', b'index":7'))
            case "empty":
                path.write_bytes(b"")
            case "swap":
                path.write_bytes(b"\0" * len(text))
            case "remove":
                path.unlink()


@pytest.mark.parametrize("how", ["cut", "flip", "version", "empty", "swap", "remove"])
def test_a_wrong_cache_is_never_believed(root: Path, how: str) -> None:
    first = session(root)
    write_store(first)
    first.settle()
    tidy(first)
    damage(root.parent / "cache", how)
    second = session(root)
    second.settle()
    assert model(second.runs) == model(first.runs)
    tidy(second)
    third = session(root)
    third.settle()
    assert model(third.runs) == model(first.runs)


def test_without_a_place_for_the_cache_all_is_as_without_a_cache(root: Path) -> None:
    (root.parent / "cache").write_text("not a directory")
    followed, plain = session(root), Followed(root)
    write_store(followed)
    for each in (followed, plain):
        each.settle()
        tidy(each)
    assert model(followed.runs) == model(plain.runs)
    assert followed.reader.is_settled
    assert all(source.keeper is None for reader in followed.reader._readers.values() for source in reader.files)


def test_rows_too_many_to_hold_are_put_away_and_packed_all_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logstore.caches.keeper.SPILL", 1000)
    monkeypatch.setattr("logstore.reading.reader.CHUNK", 5000)
    followed = session(root)
    write_store(followed)
    while followed.read(1.0, budget=Budget(bytes=5000, seconds=5)).bytes_left:
        pass
    tidy(followed)
    second = session(root)
    second.settle()
    assert model(second.runs) == model(followed.runs)
    assert [path.name for path in (root.parent / "cache").rglob(".*")] == []


def test_a_live_run_is_packed_when_much_is_new_and_when_it_has_ended(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "GROWN", 10_000)
    followed = session(root)
    followed.write("demo/a", ROWS, **followed.live(5))
    followed.settle()
    tidy(followed)
    columns = root.parent / "cache" / "columns"
    assert len(list(columns.iterdir())) == 1
    followed.append("demo/a", 5)
    followed.write("demo/a", 5, **followed.live(5), state="finished")
    followed.settle()
    tidy(followed)
    sizes = parsed(monkeypatch)
    second = session(root)
    second.settle()
    assert model(second.runs) == model(followed.runs)
    assert sizes == []


def test_the_rows_of_live_runs_are_not_kept_in_memory(root: Path) -> None:
    followed = session(root)
    followed.write("demo/a", 3, **followed.live(5))
    for _ in range(5):
        followed.append("demo/a", 1)
        followed.read()
    reader = followed.reader._readers["demo/a"]
    assert [source.keeper for source in reader.files] == [None]


def test_a_file_that_is_cut_while_it_is_packed_is_not_stored(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Followed(root).write("demo/a", ROWS, state="finished")
    fingerprint = cache_module.fingerprint

    def cut(path: str, covered: int) -> str:
        found = fingerprint(path, covered)
        rewrite_rows(root / "demo" / "a")
        return found

    monkeypatch.setattr(cache_module, "fingerprint", cut)
    fresh = session(root)
    fresh.settle()
    tidy(fresh)
    monkeypatch.setattr(cache_module, "fingerprint", fingerprint)
    last = session(root)
    last.settle()
    assert last.runs["demo/a"].series("loss").values.tolist() == [123]


def test_housekeeping_is_cut_into_pieces_and_ends(root: Path) -> None:
    followed = session(root)
    write_store(followed)
    followed.settle()
    house = followed.reader._house
    assert house is not None
    for _ in range(200):
        followed.now += 11
        house.work(followed.now, 0.0, followed.reader)
    assert house.is_idle


def test_many_stores_share_one_cache(root: Path) -> None:
    first = session(root)
    write_store(first)
    first.settle()
    tidy(first)
    project = session(root / "demo")
    project.settle()
    assert model(project.runs)["demo/a"] == model(first.runs)["demo/a"]
    tidy(project)
    assert isinstance(project.reader, StoreReader)
    again = session(root)
    again.settle()
    assert model(again.runs) == model(first.runs)


@pytest.mark.parametrize("name", ["MOST_KEPT", "MOST_FILES"])
def test_what_waits_to_be_packed_takes_little_and_is_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(housekeeping, name, -1)
    monkeypatch.setattr("logstore.caches.keeper.SPILL", 1000)
    followed = session(root)
    write_store(followed)
    followed.settle()
    tidy(followed)
    sizes = parsed(monkeypatch)
    second = session(root)
    second.settle()
    assert model(second.runs) == model(followed.runs)
    assert sum(sizes) < 1000


def test_what_is_remembered_is_saved_though_there_is_more_to_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = session(root)
    for number in range(30):
        first.write(f"p/{number}", 3, state="finished")
    step, steps = housekeeping.Housekeeper._step, []

    def slowly(self: housekeeping.Housekeeper, now: float) -> bool:
        steps.append(now)
        return steps.count(now) < 8 and step(self, now)

    monkeypatch.setattr(housekeeping.Housekeeper, "_step", slowly)
    for _ in range(6):
        first.read(8.0)
    index = StoreIndex(root.parent / "cache" / "stores", root)
    assert 0 < len(index) < 30


def test_rows_of_short_files_are_not_held_until_they_are_summarised(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping.Housekeeper, "_step", lambda self, now: False)
    first = session(root)
    first.write("p/short", 5, state="finished")
    first.write("p/long", ROWS, state="finished")
    first.read(1.0)
    held = {
        key: [source.keeper is not None for source in reader.files] for key, reader in first.reader._readers.items()
    }
    assert held == {"p/short": [False], "p/long": [True]}


def test_a_run_that_would_fill_the_cache_is_neither_packed_nor_read_twice(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sources, housekeeping):
        monkeypatch.setattr(module, "LARGEST", 100_000)
    first = session(root)
    path = first.write("p/huge", ROWS * 2, state="finished")
    assert (path / "metrics.jsonl").stat().st_size > 100_000
    sizes = parsed(monkeypatch)
    tidy(first)
    assert sum(sizes) == (path / "metrics.jsonl").stat().st_size
    assert not list((root.parent / "cache").rglob("*.columns"))
    second = session(root)
    second.settle()
    assert second.runs["p/huge"].summary["loss"] == ROWS * 2 - 1


def test_a_live_run_that_began_small_is_packed_once_it_is_long(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "GROWN", 1000)
    first = session(root)
    first.write("p/live", 2, **first.live(5))
    first.read(1.0)
    first.append("p/live", ROWS)
    tidy(first)
    assert len(list((root.parent / "cache").rglob("*.columns"))) == 1


def test_a_short_run_that_is_read_again_is_not_summarised_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = session(root)
    path = first.write("p/short", 5, state="finished")
    tidy(first)
    summarised: list[str] = []
    derive = housekeeping._summarise

    def noted(reader: RunReader, cache: ColumnCache, now: float) -> Iterator[None]:
        summarised.append(reader.key)
        return derive(reader, cache, now)

    monkeypatch.setattr(housekeeping, "_summarise", noted)
    second = session(root)
    tidy(second)
    assert second.points("p/short") == 5
    assert summarised == []
    second.append("p/short", 1)
    os.utime(path / "metrics.jsonl", (START, START))
    tidy(second)
    assert summarised == ["p/short"]
    assert second.runs["p/short"].summary["loss"] == 5


def test_a_run_that_takes_long_to_read_is_parsed_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is looked at again while its rows are read."""
    Followed(root).write("demo/a", ROWS, state="finished")
    size = (root / "demo" / "a" / "metrics.jsonl").stat().st_size
    monkeypatch.setattr(RunReader.read, "__defaults__", (size // 8,))
    sizes = parsed(monkeypatch)
    followed = session(root)
    while not followed.runs or followed.runs.bytes_left:
        followed.read(seconds=10.0, budget=Budget(bytes=1, seconds=0.0))
    tidy(followed)
    assert len(list((root.parent / "cache" / "columns").iterdir())) == 1
    assert sum(sizes) == size


def test_the_table_is_complete_before_rows_are_read(root: Path) -> None:
    first = session(root)
    for number in range(12):
        first.write(f"demo/{number}", ROWS // 20, name=f"n{number}", state="finished")
    first.settle()
    tidy(first)
    second = session(root)
    delta = second.read(budget=Budget(bytes=1, seconds=5.0))
    assert (len(delta.runs), delta.runs_left) == (12, 0)
    assert 0 < sum(second.points(key) > 0 for key in second.runs) < 12
    assert delta.bytes_left == second.runs.bytes_left > 0
    second.settle()
    assert model(second.runs) == model(first.runs)
    assert second.runs.bytes_left == 0


def test_an_ended_run_that_changes_between_its_row_and_its_points_is_read_anew(root: Path) -> None:
    first = session(root)
    for number in range(8):
        first.write(f"demo/{number}", ROWS // 20, state="finished")
    first.settle()
    tidy(first)
    second = session(root)
    second.read(budget=Budget(bytes=1, seconds=5.0))
    waiting = [key for key in second.runs if not second.points(key)]
    for key in waiting:
        rewrite_rows(root / key)
    second.settle()
    assert waiting
    assert all(second.runs[key].series("loss").values.tolist() == [123] for key in waiting)


def test_a_run_that_is_deleted_while_it_sleeps_is_gone_and_nothing_waits_for_it(root: Path) -> None:
    first = session(root)
    for number in range(8):
        first.write(f"demo/{number}", ROWS // 20, state="finished")
    first.settle()
    tidy(first)
    second = session(root)
    second.read(budget=Budget(bytes=1, seconds=5.0))
    shutil.rmtree(root / "demo")
    (root / "demo").mkdir()
    second.settle()
    assert not second.runs
    assert second.runs.bytes_left == 0


def test_rows_of_many_pieces_come_from_the_cache_as_they_were(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = session(root)
    first.write("demo/a", ROWS, state="finished")
    first.settle()
    tidy(first)
    monkeypatch.setattr(Restored.__init__, "__defaults__", (5000,))
    second = session(root)
    left = [second.read(budget=Budget(bytes=1, seconds=5.0)).bytes_left for _ in range(4)]
    assert left == sorted(left, reverse=True)
    assert left[0] > left[-1] > 0
    second.append("demo/a", 3)
    second.settle(first=("demo/a",))
    assert second.points("demo/a") == ROWS + 3
    assert second.runs["demo/a"].series("loss").values.tolist() == list(range(ROWS + 3))
