"""``tui.inotify``: a descriptor that can be read when something was written in a directory, and only then."""

from __future__ import annotations

import errno
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.inotify import Notifier


@pytest.fixture
def notifier() -> Iterator[Notifier]:
    made = Notifier()
    yield made
    made.close()


def rings(notifier: Notifier) -> bool:
    return bool(select.select([notifier], [], [], 0.05)[0])


def test_a_write_a_new_file_a_rename_and_a_deletion_ring_once_each(notifier: Notifier, tmp_path: Path) -> None:
    notifier.watch(frozenset([tmp_path]))
    assert not rings(notifier)
    file = tmp_path / "metrics.jsonl"
    changes: list[Callable[[], object]] = [
        lambda: file.write_text("1"),
        lambda: file.write_text("2"),
        lambda: file.rename(tmp_path / "metrics.jsonl.1"),
        (tmp_path / "metrics.jsonl.1").unlink,
        (tmp_path / "new").mkdir,
    ]
    for change in changes:
        change()
        assert rings(notifier)
        notifier.drain()
        assert not rings(notifier)


def test_reading_rings_nobody(notifier: Notifier, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("1")
    notifier.watch(frozenset([tmp_path]))
    (tmp_path / "file").read_text()
    list(tmp_path.iterdir())
    assert not rings(notifier)


def test_what_is_no_longer_asked_for_is_not_watched(notifier: Notifier, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    notifier.watch(frozenset([one, two]))
    notifier.watch(frozenset([two]))
    notifier.drain()
    (one / "x").write_text("")
    assert not rings(notifier)
    (two / "x").write_text("")
    assert rings(notifier)


def test_names_may_be_any_bytes(notifier: Notifier, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"a\xff\n")
    odd.mkdir()
    notifier.watch(frozenset([odd]))
    (odd / "x").write_text("")
    assert rings(notifier)


def test_a_directory_that_went_and_came_again_is_watched_again(notifier: Notifier, tmp_path: Path) -> None:
    path = tmp_path / "run"
    notifier.watch(frozenset([path]))
    path.mkdir()
    notifier.watch(frozenset([path]))
    shutil.rmtree(path)
    assert rings(notifier)
    notifier.drain()
    path.mkdir()
    notifier.watch(frozenset([path]))
    (path / "x").write_text("")
    assert rings(notifier)


def test_a_file_in_the_place_of_a_directory_is_left_out(notifier: Notifier, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    notifier.watch(frozenset([tmp_path / "run"]))
    (tmp_path / "run").write_text("more")
    assert not rings(notifier)


def test_more_events_than_the_kernel_keeps_still_ring(notifier: Notifier, tmp_path: Path) -> None:
    notifier.watch(frozenset([tmp_path]))
    for number in range(20_000):
        os.close(os.open(tmp_path / str(number % 2), os.O_CREAT | os.O_WRONLY))
        (tmp_path / str(number % 2)).unlink()
    assert rings(notifier)
    notifier.drain()
    assert not rings(notifier)


_EXHAUST = """
import errno, sys
from pathlib import Path
from tui.inotify import Notifier
notifier = Notifier()
try:
    notifier.watch(frozenset(Path(path) for path in sys.argv[1:]))
except OSError as error:
    print(errno.errorcode[error.errno])
"""


def test_a_full_watch_table_is_an_error_that_can_be_told(tmp_path: Path) -> None:
    """In a user namespace of its own, in which two watches are all there are."""
    paths = [tmp_path / str(number) for number in range(3)]
    for path in paths:
        path.mkdir()
    script = 'echo 2 > /proc/sys/user/max_inotify_watches && exec "$@"'
    command = ["unshare", "-Ur", "sh", "-c", script, "sh", sys.executable, "-c", _EXHAUST, *map(str, paths)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if done.returncode and ("unshare" in done.stderr or "max_inotify_watches" in done.stderr):
        pytest.skip(f"no user namespace here: {done.stderr.strip()}")
    assert (done.stdout, done.stderr) == (f"{errno.errorcode[errno.ENOSPC]}\n", "")
