"""Commit, branch and remote from plain files; patch and untracked files from git, bounded. With real repositories."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from logstore.writing.capture import patch as module
from logstore.writing.capture.git import find_repository, read_head
from logstore.writing.capture.patch import read_patch, read_untracked
from tests.logstore.written import Writing, eventually, record_of


def git(directory: Path, *arguments: str) -> str:
    """Runs git with a configuration of its own."""
    settings = ("user.name=a", "user.email=a@b", "init.defaultBranch=main", "commit.gpgsign=false", "gc.auto=0")
    options = [part for setting in settings for part in ("-c", setting)]
    environ = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(directory), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *options, *arguments], cwd=directory, env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "repo"
    path.mkdir()
    git(path, "init", "-q")
    (path / "train.py").write_text("lr = 1\n")
    (path / ".gitignore").write_text("runs/\n")
    git(path, "add", ".")
    git(path, "commit", "-q", "-m", "first")
    return path


def test_the_head_of_a_branch(repository: Path) -> None:
    git(repository, "remote", "add", "other", "https://other/x.git")
    git(repository, "remote", "add", "origin", "https://user:secret@host/x.git")
    assert read_head(repository) == {
        "commit": git(repository, "rev-parse", "HEAD"),
        "branch": "main",
        "remote": "https://***@host/x.git",
    }


def test_packed_references(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "feature/x")
    git(repository, "pack-refs", "--all")
    assert read_head(repository) == {"commit": git(repository, "rev-parse", "HEAD"), "branch": "feature/x"}


def test_a_detached_head(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    assert read_head(repository) == {"commit": git(repository, "rev-parse", "HEAD")}


def test_a_linked_work_tree(repository: Path, tmp_path: Path) -> None:
    git(repository, "remote", "add", "origin", "git@host:x.git")
    git(repository, "worktree", "add", "-q", "-b", "second", str(tmp_path / "linked"))
    found = read_head(tmp_path / "linked")
    assert found == {"commit": git(repository, "rev-parse", "HEAD"), "branch": "second", "remote": "git@host:x.git"}


def test_a_repository_without_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert read_head(tmp_path) == {"branch": "main"}
    assert read_patch(tmp_path) == (b"", False)


@pytest.mark.parametrize("content", [b"", b"gitdir: nowhere\n", b"\x00\xff", b"ref: ../../../etc/passwd"])
def test_what_is_no_repository(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".git").write_bytes(content)
    assert read_head(tmp_path) == {}
    (tmp_path / "dir" / ".git").mkdir(parents=True)
    (tmp_path / "dir" / ".git" / "HEAD").write_bytes(content)
    assert "commit" not in read_head(tmp_path / "dir")


def test_the_repository_around_the_directory_or_the_script(repository: Path, tmp_path: Path) -> None:
    deep = repository / "a" / "b"
    deep.mkdir(parents=True)
    assert find_repository(deep, "") == repository
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert find_repository(elsewhere, str(repository / "train.py")) == repository
    assert find_repository(elsewhere, "") is None


def test_the_patch_is_what_differs_from_the_commit(repository: Path) -> None:
    (repository / "train.py").write_text("lr = 2\n")
    (repository / "new.py").write_text("staged\n")
    git(repository, "add", "new.py")
    (repository / "scratch.py").touch()
    (repository / "grün.txt").touch()
    patch, cut = read_patch(repository)
    assert not cut
    assert b"-lr = 1\n+lr = 2\n" in patch
    assert b"+staged\n" in patch
    assert read_untracked(repository).decode() == "grün.txt\nscratch.py\n"
    store = repository / "my [runs]*"
    (store / "p" / "r").mkdir(parents=True)
    (store / "p" / "r" / "run.json").touch()
    assert "my [runs]*/p/r/run.json" in read_untracked(repository).decode()
    assert read_untracked(repository, store).decode() == "grün.txt\nscratch.py\n"
    assert b"scratch.py" in read_untracked(repository, repository)
    git(repository, "stash", "-q")
    subprocess.run(["git", "apply", "-"], cwd=repository, input=patch, check=True)
    assert (repository / "train.py").read_text() == "lr = 2\n"


def test_a_long_patch_ends_with_a_whole_file(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "big.txt").write_text("old\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "big")
    (repository / ".gitignore").write_text("other\n")
    (repository / "big.txt").write_text("new line\n" * 1000)
    monkeypatch.setattr(module, "PATCH_LIMIT", 2000)
    patch, cut = read_patch(repository)
    assert cut
    assert b"+other\n" in patch
    assert b"new line" not in patch
    monkeypatch.setattr(module, "PATCH_LIMIT", 20)
    assert read_patch(repository) == (b"", True)


def test_what_the_repository_configures_is_not_run(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    hook = tmp_path / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
    hook.chmod(0o755)
    (repository / ".gitattributes").write_text("*.py diff=evil\n")
    for key in ("core.fsmonitor", "diff.external", "diff.evil.textconv", "diff.evil.command", "core.pager"):
        git(repository, "config", key, str(hook))
    (repository / "train.py").write_text("lr = 2\n")
    assert b"+lr = 2" in read_patch(repository)[0]
    read_untracked(repository)
    assert not trap.exists()


def test_git_that_takes_too_long_is_given_up(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:/usr/bin:/bin")
    monkeypatch.setattr(module, "SECONDS", 0.05)
    assert read_untracked(repository) == b""


def test_no_git_no_patch(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert read_patch(repository) == (b"", False)
    assert read_head(repository)["branch"] == "main"


def test_R15_a_run_records_its_code(repository: Path, writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "train.py").write_text("lr = 2\n")
    (repository / "scratch.py").touch()
    monkeypatch.chdir(repository)
    run = writing.init(git=True)
    assert record_of(run.path)["git"]["commit"] == git(repository, "rev-parse", "HEAD")
    run.finish()
    assert record_of(run.path)["git"]["dirty"] is True
    assert b"+lr = 2" in (run.path / "code.patch").read_bytes()
    assert (run.path / "untracked.txt").read_text() == "scratch.py\n"


def test_R15_a_clean_tree_writes_no_patch(repository: Path, writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    run = writing.init(git=True)
    run.finish()
    assert record_of(run.path)["git"]["dirty"] is False
    assert not (run.path / "code.patch").exists()
    assert not (run.path / "untracked.txt").exists()


def test_R15_what_the_helper_found_is_taken_over_while_logging(
    repository: Path, writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    run = writing.init(git=True)

    def log() -> bool:
        run._rows.due = 0
        run.log({"a": 1})
        return "dirty" in record_of(run.path)["git"]

    eventually(log)


def test_finish_does_not_wait_for_a_git_that_does_not_answer(
    repository: Path, writing: Writing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:/usr/bin:/bin")
    monkeypatch.setattr("logstore.writing.writer._PATIENCE", 0.05)
    monkeypatch.chdir(repository)
    run = writing.init(git=True)
    background = run._recorders.background
    assert background is not None
    run.finish()
    assert not background._helper.ended()
    record = record_of(run.path)
    assert (record["state"], "dirty" in record["git"]) == ("finished", False)
    os.killpg(background._helper.pid, signal.SIGKILL)
    eventually(background._helper.ended)


def test_R15_git_can_be_left_out(repository: Path, writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    run = writing.init(git=False)
    assert "git" not in record_of(run.path)


def test_R15_the_installed_packages_are_listed(writing: Writing) -> None:
    run = writing.init(packages=True)
    run.finish()
    path = run.path / "requirements.txt"
    eventually(path.exists)
    lines = path.read_text().splitlines()
    assert lines == sorted(lines, key=str.lower)
    assert any(line.startswith("orjson==") for line in lines)


def test_the_helper_takes_a_run_that_is_gone_quietly(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "-m", "logstore.writing.capture", str(tmp_path / "file" / "run"), "--packages"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path.cwd(),
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
