"""``tui.table.owners``: whose runs are, by what their files tell."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from logstore.store import Store
from tests.tui.commands.store_files import Writer
from tui.table.owners import Owners

ME = os.geteuid()
NOBODY = 4_000_000_000
"""A user that no system has a name for."""


def test_a_run_is_that_of_who_owns_its_directory(tmp_path: Path) -> None:
    Writer(tmp_path).run("a")
    (run,) = Store(tmp_path).runs().values()
    mine, others = Owners(ME), Owners(NOBODY)
    assert mine.is_mine(run)
    assert not others.is_mine(run)
    assert mine.name(run) == others.name(run) == pwd.getpwuid(ME).pw_name


def test_what_the_record_says_comes_before_the_directory(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.run("a", user="somebody-else")
    writer.run("b", user=pwd.getpwuid(ME).pw_name)
    runs = Store(tmp_path).runs()
    owners = Owners(ME)
    assert [owners.name(runs[key]) for key in ("demo/a", "demo/b")] == ["somebody-else", pwd.getpwuid(ME).pw_name]
    assert [owners.is_mine(runs[key]) for key in ("demo/a", "demo/b")] == [False, True]


def test_a_directory_is_asked_for_once_and_one_that_is_gone_is_nobodys(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    paths = [writer.run(name) for name in ("a", "b")]
    runs = Store(tmp_path).runs()
    owners = Owners(ME)
    assert owners.is_mine(runs["demo/a"])
    for path in paths:
        path.rename(path.with_name(f"{path.name}-gone"))
    assert owners.is_mine(runs["demo/a"])
    assert owners.name(runs["demo/b"]) is None
    assert not owners.is_mine(runs["demo/b"])


def test_a_user_without_a_name_goes_by_its_number(tmp_path: Path) -> None:
    Writer(tmp_path).run("a", user=str(NOBODY))
    (run,) = Store(tmp_path).runs().values()
    assert Owners(NOBODY).is_mine(run)
