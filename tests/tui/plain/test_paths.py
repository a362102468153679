from pathlib import Path

import pytest

from tui.plain.paths import StoreNotFoundError, choose, existing, holds_logs


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    return here


def test_a_given_path_wins(cwd: Path, tmp_path: Path) -> None:
    (cwd / "runs").mkdir()
    assert existing(tmp_path, {"LOGSTORE_DIR": str(cwd)}, cwd) == tmp_path


def test_then_the_environment(cwd: Path, tmp_path: Path) -> None:
    (cwd / "runs").mkdir()
    assert existing(None, {"LOGSTORE_DIR": str(tmp_path)}, cwd) == tmp_path


def test_then_runs_below_the_current_directory(cwd: Path) -> None:
    (cwd / "runs").mkdir()
    (cwd / "metrics.jsonl").touch()
    assert existing(None, {"LOGSTORE_DIR": ""}, cwd) == cwd / "runs"


@pytest.mark.parametrize("where", ["a.jsonl", "exp/a.jsonl", "project/run/metrics.jsonl"])
def test_then_the_current_directory_when_it_holds_logs(cwd: Path, where: str) -> None:
    (cwd / where).parent.mkdir(parents=True, exist_ok=True)
    (cwd / where).touch()
    assert existing(None, {}, cwd) == cwd


def test_the_whole_disk_is_no_directory_of_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.plain.paths.holds_logs", lambda _directory: True)
    assert choose(None, {}, Path("/")) == Path("/runs")


def test_where_nothing_is_yet_runs_is_meant(cwd: Path) -> None:
    (cwd / "notes.txt").touch()
    assert choose(None, {}, cwd) == cwd / "runs"


def test_nothing_says_what_to_do(cwd: Path) -> None:
    with pytest.raises(StoreNotFoundError, match=r"LOGSTORE_DIR.*tui demo"):
        existing(None, {}, cwd)


def test_a_wrong_path_is_named(cwd: Path) -> None:
    with pytest.raises(StoreNotFoundError, match=r"nowhere: no such directory$"):
        existing(cwd / "nowhere", {}, cwd)
    with pytest.raises(StoreNotFoundError, match="gone: no such directory; LOGSTORE_DIR names it"):
        existing(None, {"LOGSTORE_DIR": str(cwd / "gone")}, cwd)


def test_a_home_directory_is_meant_by_a_tilde(monkeypatch: pytest.MonkeyPatch, cwd: Path) -> None:
    monkeypatch.setenv("HOME", str(cwd))
    assert choose(Path("~/exp"), {}, cwd) == cwd / "exp"


def test_hidden_directories_links_and_deep_places_hold_no_logs(cwd: Path, tmp_path: Path) -> None:
    for where in (".cache/a.jsonl", "a/b/c/d/e.jsonl"):
        (cwd / where).parent.mkdir(parents=True)
        (cwd / where).touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.jsonl").touch()
    (cwd / "link").symlink_to(tmp_path / "other")
    assert not holds_logs(cwd)


def test_looking_for_logs_gives_up_soon(cwd: Path) -> None:
    for number in range(250):
        (cwd / f"{number:03}").mkdir()
    deep = cwd / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "late.jsonl").touch()
    assert not holds_logs(cwd)
    assert not holds_logs(cwd / "absent")
