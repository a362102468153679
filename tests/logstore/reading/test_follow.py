"""Following a store: what is read when, bounded and fair, whatever happens to the files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from logstore.reading import follow, tail
from logstore.reading.follow import EACH, Budget
from tests.logstore.following import START, Followed, replace


@pytest.fixture
def store(tmp_path: Path) -> Followed:
    return Followed(tmp_path / "runs")


def test_a_run_is_read_with_all_its_files(store: Followed) -> None:
    path = store.write("demo/a", 3, id="a", name="fox", state="finished", created=START)
    replace(path / "config.json", {"lr": 0.1})
    replace(path / "summary.json", {"best": 1})
    store.append("demo/a", 2, "metrics.rank1.jsonl")
    (path / "system.box.jsonl").write_text('{"_timestamp":5,"cpu/percent":50}\n')
    (path / "events.jsonl").write_text('{"_timestamp":5,"kind":"alert","title":"T"}\n')
    (path / "events.rank1.jsonl").write_text('{"_timestamp":6,"kind":"note","title":"U"}\n')
    delta = store.read()
    assert (delta.bytes_left, delta.runs_left) == (0, 0)
    run = store.runs["demo/a"]
    assert (run.name, run.config, run.summary["best"], run.foreign) == ("fox", {"lr": 0.1}, 1, False)
    assert run.series("loss").values.tolist() == [0, 1, 2]
    assert run.series("loss", rank=1).values.tolist() == [0, 1]
    assert run.system["cpu/percent"].last == 50
    assert [event.title for event in run.events] == ["T", "U"]
    assert run.state(store.now).name == "finished"
    assert (run.bytes_left, run.bad_lines, run.problems) == (0, 0, ())


def test_no_news_is_an_empty_delta(store: Followed) -> None:
    store.write("demo/a", 3, state="finished")
    assert store.read()
    store.settle()
    assert not store.read()


def test_what_a_live_run_appends_is_there_with_the_next_read(store: Followed) -> None:
    store.write("demo/a", 3, **store.live(5))
    store.read()
    assert store.runs["demo/a"].state(store.now).name == "running"
    for rows in range(4, 8):
        store.append("demo/a", 1)
        store.read()
        assert store.points("demo/a") == rows


def test_a_torn_line_is_not_yet_a_row(store: Followed) -> None:
    path = store.write("demo/a", 1, **store.live(5)) / "metrics.jsonl"
    with path.open("a") as file:
        file.write('{"_step": 1, "lo')
        file.flush()
        store.read()
        assert (store.points("demo/a"), store.runs["demo/a"].bad_lines) == (1, 0)
        file.write('ss": 7}\n')
    store.read()
    assert (store.points("demo/a"), store.runs["demo/a"].bad_lines) == (2, 0)


def test_bad_lines_are_counted(store: Followed) -> None:
    path = store.write("demo/a", 1, state="finished") / "metrics.jsonl"
    with path.open("a") as file:
        file.write('nonsense\n[1]\n{"_step": 1, "loss": 1}\n')
    store.read()
    assert (store.points("demo/a"), store.runs["demo/a"].bad_lines) == (2, 2)


def test_a_process_that_is_gone_makes_a_crashed_run(store: Followed) -> None:
    store.write("demo/a", 1, **store.live(5))
    store.read()
    shutil.rmtree(store.machine.proc / "5")
    store.settle()
    state = store.runs["demo/a"].state(store.now)
    assert (state.name, "process 5 is gone" in state.reason) == ("crashed", True)


def test_a_finished_run_that_is_resumed_lives_again(store: Followed) -> None:
    store.write("demo/a", 1, **store.live(5, alive=False), state="finished")
    store.settle()
    store.write("demo/a", 2, **store.live(6))
    store.settle()
    assert store.runs["demo/a"].state(store.now).name == "running"
    assert store.points("demo/a") == 3


def test_runs_appear_and_disappear(store: Followed) -> None:
    store.write("demo/a", 1, state="finished")
    store.settle()
    store.write("demo/b", 1, state="finished")
    store.write("new/c", 1, state="finished")
    store.settle()
    assert set(store.runs) == {"demo/a", "demo/b", "new/c"}
    shutil.rmtree(store.root / "demo" / "a")
    store.settle()
    assert set(store.runs) == {"demo/b", "new/c"}


@pytest.mark.parametrize("how", ["truncate", "rename"])
def test_a_file_that_was_replaced_is_read_anew(store: Followed, how: str) -> None:
    path = store.write("demo/a", 5, **store.live(5)) / "metrics.jsonl"
    store.read()
    row = '{"_step": 0, "loss": 70}\n'
    if how == "truncate":
        path.write_text(row)
    else:
        other = path.with_name("other")
        other.write_text(row * 200)
        other.rename(path)
    store.read()
    assert store.runs["demo/a"].series("loss").values.tolist() == [70]


def test_a_metrics_file_that_was_deleted_leaves_no_points(store: Followed) -> None:
    path = store.write("demo/a", 5, **store.live(5)) / "metrics.jsonl"
    store.read()
    path.unlink()
    store.read()
    assert store.points("demo/a") == 0
    store.append("demo/a", 2)
    store.settle()
    assert store.points("demo/a") == 2


def test_documents_are_read_again_and_bad_ones_keep_what_was_known(store: Followed) -> None:
    path = store.write("demo/a", 1, name="fox", **store.live(5))
    store.read()
    (path / "run.json").write_text('{"name": "ow')
    store.settle()
    run = store.runs["demo/a"]
    assert (run.name, run.problems) == ("fox", ("run.json: is not valid JSON",))
    replace(path / "run.json", {"name": "owl", "state": "finished"})
    store.settle()
    assert (run.name, run.problems, run.state(store.now).name) == ("owl", (), "finished")


def test_every_read_is_bounded_and_says_what_is_left(store: Followed) -> None:
    store.write("demo/a", 40_000, state="finished")
    size = (store.root / "demo/a/metrics.jsonl").stat().st_size
    delta = store.read(budget=Budget(bytes=600_000, seconds=60))
    assert 600_000 - 60 < delta.bytes_read < 1_200_000
    assert delta.bytes_read + delta.bytes_left == size
    assert store.runs["demo/a"].bytes_left == delta.bytes_left
    reads = 1
    while delta.bytes_left:
        delta = store.read(budget=Budget(bytes=1, seconds=0.0))
        reads += 1
    assert store.points("demo/a") == 40_000
    assert reads > 3


def test_a_small_live_run_does_not_wait_for_a_large_one(store: Followed) -> None:
    store.write("demo/large", 40_000, state="finished")
    store.write("demo/small", 1, **store.live(5))
    store.read(budget=Budget(bytes=1, seconds=60))
    for rows in range(2, 4):
        store.append("demo/small", 1)
        store.read(budget=Budget(bytes=1, seconds=60))
        assert store.points("demo/small") == rows
    assert store.runs["demo/large"].bytes_left


def test_runs_asked_for_come_first_and_do_not_starve_the_others(store: Followed) -> None:
    for name in "abcd":
        store.write(f"demo/{name}", 40_000, state="finished")
    store.read(first=("demo/c",), budget=Budget(bytes=1 << 20, seconds=60))
    left = {name: store.runs[f"demo/{name}"].bytes_left for name in "abcd"}
    assert left["c"] < min(left[name] for name in "abd")
    for _ in range(6):
        store.read(first=("demo/c",), budget=Budget(bytes=1 << 20, seconds=60))
    assert store.runs["demo/c"].bytes_left == 0
    assert sum(store.runs[f"demo/{name}"].bytes_left for name in "abd") < left["a"] + left["b"] + left["d"]


def test_the_newest_are_opened_first(store: Followed) -> None:
    for age, name in enumerate("abc"):
        path = store.write(f"demo/{name}", 1, state="finished")
        os.utime(path / "run.json", (START - age, START - age))
    tiny = Budget(bytes=1, seconds=0.0)
    while not (delta := store.read(budget=tiny)):
        assert delta.runs_left
    assert [each.key for each in delta.runs] == ["demo/a"]
    assert delta.runs_left == 2
    delta = store.read(budget=Budget(bytes=1, seconds=0.0), first=("demo/c",))
    assert "demo/c" in store.runs
    assert "demo/b" not in store.runs


def test_beyond_the_background_rows_are_read_when_asked_for(tmp_path: Path) -> None:
    store = Followed(tmp_path / "runs", background=0)
    store.write("demo/a", 30, state="finished", name="fox")
    store.write("demo/b", 30, **store.live(5))
    store.settle()
    run = store.runs["demo/a"]
    assert (store.points("demo/a"), store.points("demo/b")) == (0, 30)
    assert run.bytes_left > 0
    assert (run.name, run.step, run.summary["loss"]) == ("fox", 29, 29)
    assert store.read().bytes_left == 0
    store.read(first=("demo/a",))
    assert store.points("demo/a") == 30
    assert run.bytes_left == 0


def test_foreign_logs_are_runs_with_the_config_beside_them(store: Followed) -> None:
    folder = store.root / "exp"
    folder.mkdir(parents=True)
    (folder / "lr3.jsonl").write_text('{"global_step": 5, "loss": 1}\n{"global_step": 10, "loss": 0.5}')
    (folder / "config.yaml").write_text("lr: {desc: null, value: 0.3}\nwandb_version: 1\n")
    store.read()
    run = store.runs["exp/lr3"]
    assert (run.foreign, run.name, run.config) == (True, "lr3", {"lr": 0.3})
    assert run.state(store.now).name == "running"
    store.settle()
    assert run.series("loss").steps.tolist() == [5, 10]
    store.now += 1000
    assert run.state(store.now).name == "unknown"
    (folder / "lr3.jsonl").write_text("")
    assert run.record.name is None


def test_a_run_on_another_host_runs_while_its_files_grow_whatever_their_clock(store: Followed) -> None:
    record = {"pid": 5, "host": "far", "created": START}
    path = store.write("demo/a", 1, **record) / "metrics.jsonl"
    os.utime(path, (START, START))
    store.read()
    assert store.runs["demo/a"].state(store.now).name == "crashed"
    store.append("demo/a", 1)
    os.utime(path, (START + 1, START + 1))
    store.settle()
    assert store.runs["demo/a"].state(store.now).name == "running"
    assert store.points("demo/a") == 2


def test_what_can_not_be_read_is_a_problem_and_nothing_more(store: Followed) -> None:
    path = store.write("demo/a", 2, state="finished")
    (path / "metrics.jsonl").unlink()
    (path / "metrics.jsonl").symlink_to("/dev/zero")
    os.mkfifo(path / "events.jsonl")
    store.settle()
    assert store.runs["demo/a"].problems == (
        "metrics.jsonl: metrics.jsonl is a symbolic link",
        "events.jsonl: events.jsonl is no regular file",
    )


def test_watched_are_the_directories_where_something_can_happen(store: Followed) -> None:
    store.write("demo/a", 1, **store.live(5))
    store.write("demo/b", 1, state="finished")
    store.settle()
    root = store.root
    assert store.reader.watch_paths() == [root, root / "demo", root / "demo/a"]


def test_too_many_metrics_are_left_out_and_said(store: Followed) -> None:
    path = store.write("demo/a", 0, state="finished")
    keys = ",".join(f'"k{number}":1' for number in range(10_050))
    (path / "metrics.jsonl").write_text('{"_step":0,' + keys + "}\n")
    store.settle()
    run = store.runs["demo/a"]
    assert len(run.metrics) == 9_999
    assert run.problems == ("51 values were left out: there are too many metric names",)


def test_a_file_that_cannot_be_read_for_a_while_is_read_when_it_can(
    store: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write("demo/a", 3, **store.live(5))
    opened = tail.open_file

    def refused(path: str | Path) -> tuple[int, tail.Look]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(tail, "open_file", refused)
    store.read()
    for _ in range(5):
        store.read(1.5)
        assert store.runs["demo/a"].problems == ("metrics.jsonl: Permission denied",)
        assert store.points("demo/a") == 0
    monkeypatch.setattr(tail, "open_file", opened)
    store.read(1.5)
    assert store.points("demo/a") == 3
    assert store.runs["demo/a"].problems == ()


def test_very_many_short_runs_are_not_all_read_unasked(tmp_path: Path) -> None:
    store = Followed(tmp_path / "runs", background=6 * EACH)
    for number in range(20):
        store.write(f"demo/{number}", 3, id=str(number), state="finished")
    store.settle()
    read = [key for key in store.runs if store.points(key)]
    assert 0 < len(read) < 10
    assert all(run.summary["loss"] == 2 for run in store.runs.values())
    asleep = next(key for key in store.runs if key not in read)
    store.settle(first=(asleep,))
    assert store.points(asleep) == 3


def ahead(store: Followed, path: Path, seconds: float = 7200.0) -> None:
    """Have the file server's clock be ahead of ours."""
    os.utime(path, (store.now + seconds, store.now + seconds))


def test_a_clock_that_is_ahead_keeps_no_dead_run_alive(store: Followed) -> None:
    path = store.write("demo/a", 1, pid=5, host="far", created=START) / "metrics.jsonl"
    ahead(store, path)
    store.read()
    assert store.runs["demo/a"].state(store.now).name == "running"
    store.read(700.0)
    store.settle()
    assert store.runs["demo/a"].state(store.now).name == "crashed"
    store.append("demo/a", 1)
    ahead(store, path)
    store.settle()
    assert store.runs["demo/a"].state(store.now).name == "running"


def test_a_last_row_without_its_end_counts_though_the_clock_is_ahead(store: Followed) -> None:
    path = store.write("demo/a", 2, state="finished") / "metrics.jsonl"
    with path.open("a") as file:
        file.write('{"_step": 2, "loss": 2}')
    ahead(store, path)
    store.read()
    assert store.points("demo/a") == 2
    store.settle()
    assert store.points("demo/a") == 3


@pytest.mark.parametrize("way", ["create", "copytruncate"])
def test_a_log_that_is_rotated_while_it_is_written(store: Followed, way: str) -> None:
    """As logrotate does it: the old file moves away, or is copied and cut. What is in the file now is what is shown."""
    folder = store.root / "theirs"
    folder.mkdir(parents=True)
    store.append("theirs", 50, "train.jsonl")
    store.settle()
    path = folder / "train.jsonl"
    with path.open("ab") as writer:
        if way == "create":
            path.rename(folder / "train.jsonl.1")
        else:
            shutil.copy(path, folder / "train.jsonl.1")
            os.truncate(path, 0)
        store.settle()
        writer.write(b'{"_step": 90, "loss": 90}\n')
    if way == "create":
        store.append("theirs", 3, "train.jsonl")
    store.settle()
    expected = {"create": [0, 1, 2], "copytruncate": [90]}[way]
    assert store.runs["theirs/train"].series("loss").values.tolist() == expected


def test_a_store_that_is_deleted_and_made_again_is_followed_again(store: Followed) -> None:
    store.write("demo/a", 5, **store.live(5))
    store.settle()
    shutil.rmtree(store.root)
    store.settle()
    assert dict(store.runs) == {}
    assert store.reader.watch_paths() == [store.root]
    store.write("demo/a", 2, **store.live(5))
    store.settle()
    assert store.points("demo/a") == 2
    store.append("demo/a", 1)
    store.read()
    assert store.points("demo/a") == 3


def test_a_run_that_is_moved_within_the_store_is_another_run_with_the_same_points(store: Followed) -> None:
    store.write("demo/a", 5, state="finished")
    store.settle()
    (store.root / "demo" / "a").rename(store.root / "demo" / "b")
    store.settle()
    assert set(store.runs) == {"demo/b"}
    assert store.points("demo/b") == 5


def test_a_run_that_is_deleted_in_the_middle_of_being_read_is_gone(store: Followed) -> None:
    store.write("demo/a", 60_000, **store.live(5))
    store.read(budget=Budget(bytes=1, seconds=0))
    assert store.runs["demo/a"].bytes_left > 0
    shutil.rmtree(store.root / "demo" / "a")
    store.settle()
    assert dict(store.runs) == {}
    assert store.reader.read(Budget()).bytes_left == 0


def test_an_alert_about_a_dead_run_does_not_make_it_alive(store: Followed) -> None:
    """What ``tui guard --record`` wrote about the crash once made the run running for ten minutes."""
    path = store.write("p/a", 3, **store.live(7))
    store.settle()
    (store.machine.proc / "7" / "stat").unlink()
    store.settle()
    assert store.runs["p/a"].state(store.now).name == "crashed"
    store.now += 30
    with (path / "events.jsonl").open("a") as events:
        events.write('{"_timestamp": 1, "kind": "alert", "title": "run crashed"}\n')
    os.utime(path / "events.jsonl", (store.now, store.now))
    store.settle()
    assert len(store.runs["p/a"].events) == 1
    assert store.runs["p/a"].state(store.now).name == "crashed"
    store.append("p/a", 1)
    store.settle()
    assert store.runs["p/a"].state(store.now).reason.endswith("on box")


def test_memory_is_given_back_once_after_much_was_read(store: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []
    monkeypatch.setattr(follow, "give_back", lambda: calls.append(None))
    monkeypatch.setattr(follow, "_MUCH", 1000)
    store.write("demo/a", 5, state="finished")
    store.settle()
    assert calls == []
    store.append("demo/a", 100)
    store.settle()
    assert len(calls) == 1


def test_when_metrics_were_logged_is_said_apart_from_telemetry(store: Followed) -> None:
    metrics = store.write("demo/a", 1, pid=5, host="far", created=START) / "metrics.jsonl"
    system = metrics.with_name("system.far.jsonl")
    system.write_text('{"_timestamp": 1, "cpu/percent": 3}\n')
    os.utime(metrics, (START + 10, START + 10))
    os.utime(system, (START + 20, START + 20))
    store.now = START + 30
    store.settle()
    run = store.runs["demo/a"]
    assert (run.silent_since, run.last_write) == (START + 10, START + 20)
