"""One append-only file under faults: short writes, full disks, torn ends, locks, descriptors that are gone."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logstore.errors import RunBusyError, StorageError
from logstore.writing import appender as module
from logstore.writing.appender import Appender, is_held
from logstore.writing.backlog import BACKLOG
from logstore.writing.folder import Folder
from logstore.writing.notices import Notices


class Disk:
    """The operating system as ``Appender`` sees it, with a disk that takes as much as it is told to."""

    def __init__(self) -> None:
        self.room: float = float("inf")
        self.error = errno.ENOSPC

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def write(self, descriptor: int, content: bytes) -> int:
        if self.room <= 0:
            raise OSError(self.error, os.strerror(self.error))
        taken = content[: int(min(self.room, len(content)))]
        self.room -= len(taken)
        return os.write(descriptor, taken)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(module, "os", disk)
    return disk


Open = Callable[[], Appender]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    folder = Folder(tmp_path)
    return lambda: Appender(folder, "rows.jsonl", Notices())


def read(tmp_path: Path) -> bytes:
    return (tmp_path / "rows.jsonl").read_bytes()


def test_lines_are_appended(opened: Open, tmp_path: Path) -> None:
    rows = opened()
    rows.write(b"one\n")
    rows.write(b"two\n")
    assert read(tmp_path) == b"one\ntwo\n"
    assert rows.missing == 0


def test_a_full_disk_costs_nothing_when_there_is_room_again(
    opened: Open, disk: Disk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = opened()
    rows.write(b"one\n")
    disk.room = 0
    rows.write(b"two\n")
    rows.write(b"three\n")
    assert rows.missing == 2
    disk.room = float("inf")
    rows.write(b"four\n")
    assert read(tmp_path) == b"one\ntwo\nthree\nfour\n"
    assert rows.missing == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"cannot write {tmp_path}/rows.jsonl: No space left on device; the program goes on" in said


def test_a_line_of_which_a_part_was_written_is_completed(opened: Open, disk: Disk, tmp_path: Path) -> None:
    rows = opened()
    disk.room = 6
    rows.write(b"first line\n")
    assert read(tmp_path) == b"first "
    assert rows.missing == 1
    disk.room = 7
    rows.write(b"second\n")
    assert read(tmp_path) == b"first line\nse"
    disk.room = float("inf")
    rows.write(b"third\n")
    assert read(tmp_path) == b"first line\nsecond\nthird\n"
    assert rows.missing == 0


def test_what_does_not_fit_into_memory_is_counted(opened: Open, disk: Disk, tmp_path: Path) -> None:
    rows = opened()
    line = b"x" * 1023 + b"\n"
    disk.room = 0
    for _ in range(100):
        rows.write(line)
    assert rows.missing == 100
    assert rows.lost == 100 - BACKLOG // 1024
    disk.room = float("inf")
    rows.write(b"last\n")
    rows.close()
    assert read(tmp_path) == line * (BACKLOG // 1024) + b"last\n"
    assert rows.missing == 36


def test_a_line_larger_than_memory_allows_is_kept_alone(opened: Open, disk: Disk, tmp_path: Path) -> None:
    rows = opened()
    disk.room = 10
    large = b"y" * (2 * BACKLOG) + b"\n"
    rows.write(large)
    rows.write(b"lost\n")
    disk.room = float("inf")
    rows.write(b"last\n")
    assert read(tmp_path) == large + b"last\n"
    assert rows.lost == 1


def test_closing_tries_once_more(opened: Open, disk: Disk, tmp_path: Path) -> None:
    rows = opened()
    disk.room = 0
    rows.write(b"one\n")
    disk.room = float("inf")
    rows.close()
    rows.close()
    assert read(tmp_path) == b"one\n"
    assert rows.missing == 0


def test_closing_on_a_full_disk_counts(opened: Open, disk: Disk) -> None:
    rows = opened()
    disk.room = 2
    rows.write(b"one\n")
    rows.write(b"two\n")
    rows.close()
    assert rows.missing == 2


@pytest.mark.parametrize("number", [errno.EIO, errno.EDQUOT, errno.EFBIG, errno.ESTALE, errno.EROFS])
def test_no_failure_of_a_disk_is_raised(opened: Open, disk: Disk, tmp_path: Path, number: int) -> None:
    rows = opened()
    disk.room, disk.error = 0, number
    rows.write(b"one\n")
    disk.room = float("inf")
    rows.write(b"two\n")
    assert read(tmp_path) == b"one\ntwo\n"


@settings(deadline=None)
@given(rooms=st.lists(st.integers(0, 40), max_size=30))
def test_whatever_the_disk_takes_lines_stay_whole_and_in_order(
    rooms: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("rows")
    disk = Disk()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "os", disk)
        rows = Appender(Folder(path), "rows.jsonl", Notices())
        for number, room in enumerate(rooms):
            disk.room = room
            rows.write(b"line %d\n" % number)
        disk.room = float("inf")
        rows.close()
    assert read(path) == b"".join(b"line %d\n" % number for number in range(len(rooms)))
    assert rows.missing == 0


def test_a_torn_end_is_closed_by_a_newline(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b"whole\ntor")
    rows = opened()
    assert read(tmp_path) == b"whole\ntor"
    rows.write(b"next\n")
    assert read(tmp_path) == b"whole\ntor\nnext\n"
    assert rows.missing == 0


def test_the_tail_is_what_stands_last(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b"0123456789")
    assert opened().tail(4) == b"6789"
    assert opened().tail(100) == b"0123456789"


def test_a_deleted_file_is_noticed(opened: Open, tmp_path: Path) -> None:
    rows = opened()
    assert not rows.deleted
    (tmp_path / "rows.jsonl").unlink()
    assert rows.deleted


def test_a_descriptor_that_others_closed_is_opened_again(opened: Open, tmp_path: Path) -> None:
    rows = opened()
    rows.write(b"one\n")
    os.close(rows._fd)
    assert not rows.deleted
    rows.write(b"two\n")
    assert read(tmp_path) == b"one\ntwo\n"


def test_two_writers_of_one_file_exclude_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    path = tmp_path / "rows.jsonl"
    first = Appender(Folder(tmp_path), "rows.jsonl", Notices(), exclusive=True)
    assert is_held(path)
    with pytest.raises(RunBusyError, match="another process is writing"):
        Appender(Folder(tmp_path), "rows.jsonl", Notices(), exclusive=True)
    first.close()
    assert not is_held(path)
    Appender(Folder(tmp_path), "rows.jsonl", Notices(), exclusive=True).close()


def test_a_file_that_is_not_there_is_not_held(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "nothing")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").mkdir()
    with pytest.raises(StorageError, match=r"cannot write .*/rows\.jsonl: Is a directory"):
        Appender(Folder(tmp_path), "rows.jsonl", Notices())


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("kept")
    run = tmp_path / "run"
    run.mkdir()
    (run / "rows.jsonl").symlink_to(tmp_path / "secret")
    with pytest.raises(StorageError, match=r"cannot write .*/rows\.jsonl"):
        Appender(Folder(run), "rows.jsonl", Notices())
    assert (tmp_path / "secret").read_text() == "kept"


def test_a_path_through_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot make the run.s directory .*/file/run: Not a directory"):
        Folder(tmp_path / "file" / "run")


def test_replacing_leaves_the_old_file_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path)
    folder.replace("run.json", b"old")

    full_disk(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        folder.replace("run.json", b"new")
    assert (tmp_path / "run.json").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def full_disk(patch: pytest.MonkeyPatch, number: int) -> None:
    """From now on no new file takes a byte."""

    def refuse(descriptor: int, content: object) -> int:
        raise OSError(number, os.strerror(number))

    patch.setattr("logstore.writing.folder.os.write", refuse)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_on_a_full_disk_the_room_of_the_old_file_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    folder = Folder(tmp_path)
    old = b'{"state": null, "long": "' + b"x" * 100 + b'"}\n'
    folder.replace("run.json", old)
    full_disk(monkeypatch, number)
    folder.replace("run.json", b'{"state": "finished"}\n')
    written = (tmp_path / "run.json").read_bytes()
    assert orjson.loads(written) == {"state": "finished"}
    assert len(written) == len(old)
    longer = b'{"state": "' + b"y" * 500 + b'"}\n'
    folder.replace("run.json", longer)
    assert (tmp_path / "run.json").read_bytes() == longer
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_on_a_full_disk_a_file_without_room_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path)
    folder.replace("run.json", b"{}\n")
    full_disk(monkeypatch, errno.ENOSPC)
    room = (tmp_path / "run.json").stat().st_blocks * 512
    with pytest.raises(OSError, match="No space left"):
        folder.replace("run.json", b"z" * (room + 1))
    with pytest.raises(OSError, match="No space left"):
        folder.replace("new.json", b"{}")
    assert (tmp_path / "run.json").read_bytes() == b"{}\n"


def test_a_directory_that_is_moved_stays_the_same_run(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "run")
    rows = Appender(folder, "rows.jsonl", Notices())
    (tmp_path / "run").rename(tmp_path / "moved")
    rows.write(b"one\n")
    folder.replace("run.json", b"{}")
    assert sorted(path.name for path in (tmp_path / "moved").iterdir()) == ["rows.jsonl", "run.json"]
    assert not (tmp_path / "run").exists()
