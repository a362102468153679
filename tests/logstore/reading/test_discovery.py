"""Finding runs: every kind of root, new ones, gone ones, and what is refused."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from logstore.reading import discovery as module
from logstore.reading.discovery import Discovery, Found


class Watcher:
    """A discovery with a clock that is moved by hand."""

    def __init__(self, root: Path) -> None:
        self.discovery = Discovery(root)
        self.now = time.time() + 10

    def look(self) -> tuple[set[str], set[str]]:
        """Keys that appeared and disappeared, after enough time for every directory to have had its turn."""
        added: set[str] = set()
        gone: set[str] = set()
        for _ in range(4):
            self.now += 3
            changes = self.discovery.look(self.now, seconds=5)
            added.update(found.key for found in changes.added)
            gone.update(changes.gone)
        return added, gone


def make_run(path: Path) -> Path:
    path.mkdir(parents=True)
    (path / "run.json").write_text("{}")
    (path / "metrics.jsonl").write_text("")
    return path


def make_log(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"step":0}\n')
    return path


def test_a_store_of_projects(tmp_path: Path) -> None:
    for name in ("demo/a", "demo/b", "other/c"):
        make_run(tmp_path / name)
    watcher = Watcher(tmp_path)
    assert watcher.look() == ({"demo/a", "demo/b", "other/c"}, set())
    assert watcher.look() == (set(), set())
    assert set(watcher.discovery.directories()) == {tmp_path, tmp_path / "demo", tmp_path / "other"}


def test_a_project(tmp_path: Path) -> None:
    make_run(tmp_path / "demo" / "a")
    assert Watcher(tmp_path / "demo").look()[0] == {"demo/a"}


@pytest.mark.parametrize("inside", ["", "metrics.jsonl"])
def test_one_run(tmp_path: Path, inside: str) -> None:
    run = make_run(tmp_path / "demo" / "a")
    watcher = Watcher(run / inside)
    assert watcher.look() == ({"demo/a"}, set())
    shutil.rmtree(run)
    assert watcher.look() == (set(), {"demo/a"})
    make_run(run)
    assert watcher.look() == ({"demo/a"}, set())


def test_anybodys_logs(tmp_path: Path) -> None:
    for name in ("one.jsonl", "exp/metrics.jsonl", "exp/metrics.rank1.jsonl", "exp/eval.jsonl", "a/b/c/deep.jsonl"):
        make_log(tmp_path / name)
    (tmp_path / "notes.txt").write_text("x")
    assert Watcher(tmp_path).look()[0] == {"one", "exp/metrics", "exp/eval", "a/b/c/deep"}


def test_what_a_writer_leaves_beside_the_rows_of_a_run_is_no_run(tmp_path: Path) -> None:
    """As in a copy without its run.json."""
    files = (
        "metrics",
        "metrics.rank2",
        "events",
        "events.rank2",
        "console.times",
        "console.times.rank2",
        "system.node7",
    )
    for name in files:
        make_log(tmp_path / "copy" / f"{name}.jsonl")
    assert Watcher(tmp_path).look()[0] == {"copy/metrics"}


def test_a_link_that_leads_in_a_circle_stops_nothing(tmp_path: Path) -> None:
    make_log(tmp_path / "a.jsonl")
    (tmp_path / "round").symlink_to(tmp_path / "again")
    (tmp_path / "again").symlink_to(tmp_path / "round")
    watcher = Watcher(tmp_path)
    assert watcher.look()[0] == {"a"}
    assert set(watcher.discovery.problems.values()) == {
        f"{name}: Too many levels of symbolic links" for name in ("round", "again")
    }


def test_one_file(tmp_path: Path) -> None:
    path = make_log(tmp_path / "train.jsonl")
    make_log(tmp_path / "other.jsonl")
    watcher = Watcher(path)
    assert watcher.look() == ({"train"}, set())
    path.unlink()
    assert watcher.look() == (set(), {"train"})


def test_a_root_that_appears_later(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path / "runs")
    assert watcher.look() == (set(), set())
    make_run(tmp_path / "runs" / "demo" / "a")
    assert watcher.look() == ({"demo/a"}, set())


def test_runs_come_and_go(tmp_path: Path) -> None:
    make_run(tmp_path / "demo" / "a")
    watcher = Watcher(tmp_path)
    watcher.look()
    make_run(tmp_path / "demo" / "b")
    make_run(tmp_path / "new" / "c")
    assert watcher.look() == ({"demo/b", "new/c"}, set())
    shutil.rmtree(tmp_path / "demo" / "a")
    assert watcher.look() == (set(), {"demo/a"})
    shutil.rmtree(tmp_path / "demo")
    (tmp_path / "new").rename(tmp_path / "newer")
    assert watcher.look() == ({"newer/c"}, {"demo/b", "new/c"})
    shutil.rmtree(tmp_path)
    assert watcher.look() == (set(), {"newer/c"})


def test_a_directory_becomes_a_run_when_its_record_comes(tmp_path: Path) -> None:
    path = tmp_path / "demo" / "a"
    path.mkdir(parents=True)
    make_log(path / "metrics.jsonl")
    watcher = Watcher(tmp_path)
    assert watcher.look()[0] == {"demo/a/metrics"}
    (path / "run.json").write_text("{}")
    assert watcher.look() == ({"demo/a"}, {"demo/a/metrics"})


def test_a_run_of_which_only_another_rank_wrote_yet_is_no_foreign_log(tmp_path: Path) -> None:
    path = tmp_path / "demo" / "a"
    make_log(path / "metrics.rank3.jsonl")
    (path / "run.rank3.json").write_text("{}")
    assert Watcher(tmp_path).look()[0] == {"demo/a"}


def test_a_new_run_is_found_in_a_second_though_the_clock_of_the_file_system_stands_still(tmp_path: Path) -> None:
    make_run(tmp_path / "demo" / "a")
    now = time.time()
    discovery = Discovery(tmp_path)
    assert [found.key for found in discovery.look(now).added] == ["demo/a"]
    seen = (tmp_path / "demo").stat().st_mtime_ns
    make_run(tmp_path / "demo" / "b")
    os.utime(tmp_path / "demo", ns=(seen, seen))
    assert [found.key for found in discovery.look(now + 1.1).added] == ["demo/b"]


def test_links_are_not_followed_and_said(tmp_path: Path) -> None:
    outside = make_run(tmp_path / "outside" / "demo" / "x")
    root = tmp_path / "runs"
    make_run(root / "demo" / "a")
    (root / "demo" / "latest").symlink_to(root / "demo" / "a")
    (root / "demo" / "away").symlink_to(outside)
    (root / "all").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root)
    (root / "zero.jsonl").symlink_to("/dev/zero")
    (root / "nothing").symlink_to(tmp_path / "missing")
    watcher = Watcher(root)
    assert watcher.look()[0] == {"demo/a"}
    refused = set(watcher.discovery.problems.values())
    assert refused == {
        f"{name}: symbolic links are not followed" for name in ("demo/latest", "demo/away", "all", "loop", "zero.jsonl")
    }


def test_what_is_no_file_is_refused_and_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    watcher = Watcher(tmp_path)
    assert watcher.look() == (set(), set())
    assert list(watcher.discovery.problems.values()) == ["pipe.jsonl: no regular file"]
    (tmp_path / "pipe.jsonl").unlink()
    watcher.look()
    assert watcher.discovery.problems == {}


def test_hidden_and_foreign_folders_are_left_alone(tmp_path: Path) -> None:
    for name in (".trash/demo/a", "node_modules/x", "demo/.hidden"):
        make_run(tmp_path / name)
    assert Watcher(tmp_path).look()[0] == set()


def test_depth_and_number_of_directories_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_log(tmp_path / Path(*"abcdefgh") / "deep.jsonl")
    assert Watcher(tmp_path).look()[0] == set()
    monkeypatch.setattr(module, "MOST_DIRECTORIES", 3)
    for name in range(9):
        (tmp_path / f"d{name}").mkdir()
    watcher = Watcher(tmp_path)
    watcher.look()
    assert list(watcher.discovery.problems.values()) == [".: more than 3 directories: the rest is not looked into"]


def test_a_large_tree_is_listed_in_pieces(tmp_path: Path) -> None:
    for name in range(50):
        make_log(tmp_path / f"d{name}" / "log.jsonl")
    discovery = Discovery(tmp_path)
    found = discovery.look(time.time(), seconds=0).added
    assert (len(found) < 50, discovery.is_complete) == (True, False)
    for _ in range(60):
        found += discovery.look(time.time(), seconds=0.001).added
    assert discovery.is_complete
    assert len({each.key for each in found}) == 50


def test_names_of_every_kind_stay_below_the_root(tmp_path: Path) -> None:
    names = ["x" * 250, "a b", "-rf", "x..", "new\nline", "\x1b[31mred", "ünï", "%2e%2e"]
    for name in names:
        make_run(tmp_path / "demo" / name)
    found = Discovery(tmp_path).look(time.time(), seconds=5).added
    assert {each.key for each in found} == {f"demo/{name}" for name in names}
    assert all(Path(each.path).is_relative_to(tmp_path) for each in found)


def test_what_was_found_says_how_new_it_is(tmp_path: Path) -> None:
    run = make_run(tmp_path / "demo" / "a")
    os.utime(run / "run.json", (5, 5))
    assert Discovery(tmp_path).look(time.time()).added == [Found("demo/a", str(run), touched=5.0)]


def test_a_directory_from_the_future_is_not_listed_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(tmp_path / "demo" / "a")
    now = time.time()
    for path in (tmp_path / "demo", tmp_path):
        os.utime(path, (now + 7200, now + 7200))
    found = Discovery(tmp_path)
    listed: list[str] = []
    scandir = os.scandir

    def noted(path: str) -> object:
        listed.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noted)
    for second in range(20):
        found.look(now + second)
    assert len(listed) == 2
    make_run(tmp_path / "demo" / "b")
    os.utime(tmp_path / "demo", (now + 7300, now + 7300))
    assert [each.key for second in range(3) for each in found.look(now + 20 + second).added] == ["demo/b"]


def test_a_known_directory_is_taken_for_a_run_without_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("known", "new"):
        (tmp_path / "demo" / name).mkdir(parents=True)
        (tmp_path / "demo" / name / "run.json").write_text("{}")
    known = {"demo/known": 7_000_000_000}
    looked: list[str] = []
    touched = module._touched

    def noted(path: str) -> float | None:
        looked.append(Path(path).name)
        return touched(path)

    monkeypatch.setattr(module, "_touched", noted)
    discovery = Discovery(tmp_path, known.get)
    found = {each.key: each for each in discovery.look(time.time(), seconds=5).added}
    assert {key: each.is_known for key, each in found.items()} == {"demo/known": True, "demo/new": False}
    assert found["demo/known"].touched == 7
    assert "known" not in looked
    assert "new" in looked
    assert discovery.confirm(found["demo/known"])
    assert "known" in looked


def test_a_known_run_that_has_no_record_any_more_is_none(tmp_path: Path) -> None:
    run = tmp_path / "demo" / "a"
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")
    before = run.stat().st_mtime_ns
    (run / "run.json").unlink()
    os.utime(run, ns=(before + 1, before + 1))
    discovery = Discovery(tmp_path, {"demo/a": before}.get)
    (found,) = discovery.look(time.time(), seconds=5).added
    assert not discovery.confirm(found)
    assert not discovery.is_complete
    assert not discovery.look(time.time(), seconds=5).added
    (run / "log.jsonl").write_text("{}\n")
    assert [each.key for each in discovery.look(time.time() + 60, seconds=5).added] == ["demo/a/log"]
