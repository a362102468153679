from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import orjson
import pytest

from collectors.backend import GpuInfo
from collectors.samples import Hello, Sample, StateLine
from collectors.sinks import Busy, LineSink, RowSink


def rows(path: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "system.box.jsonl"


def test_rows_of_every_kind(file: Path) -> None:
    sink = RowSink(file)
    sink.put(Hello(1.0, "box", 5, (GpuInfo(0, "GPU-1", "H100", memory_total=80),)), 0.0)
    sink.put(StateLine(1.0, "unavailable", "no driver"), 0.0)
    sink.put(Sample(2.25, {"cpu/percent": 38.123, "memory/used": 5e9}), 1.0)
    sink.close()
    hello, state, sample = rows(file)
    gpu = {"label": "0", "uuid": "GPU-1", "name": "H100", "vendor": "nvidia", "memory_total": 80}
    assert hello == {"_timestamp": 1, "kind": "hello", "host": "box", "pid": 5, "gpus": [gpu]}
    assert state == {"_timestamp": 1, "kind": "state", "gpu": "unavailable", "why": "no driver"}
    assert sample == {"_timestamp": 2.25, "cpu/percent": 38.1, "memory/used": 5000000000}
    assert next(iter(sample)) == "_timestamp"


def test_time_keeps_its_milliseconds(file: Path) -> None:
    sink = RowSink(file)
    sink.put(Sample(1790000000.12345), 0.0)
    sink.close()
    assert rows(file) == [{"_timestamp": 1790000000.123}]


def test_one_writer_for_each_file(file: Path) -> None:
    first = RowSink(file)
    with pytest.raises(Busy):
        RowSink(file)
    first.close()
    RowSink(file).close()


def test_row_that_was_torn_gets_its_end(file: Path) -> None:
    file.write_text('{"_timestamp":1}\n{"_time')
    sink = RowSink(file)
    sink.put(Sample(2.0), 0.0)
    sink.close()
    assert file.read_text() == '{"_timestamp":1}\n{"_time\n{"_timestamp":2.0}\n'


def test_deleted_file_ends_the_work(file: Path) -> None:
    sink = RowSink(file)
    file.unlink()
    with pytest.raises(BrokenPipeError):
        sink.put(Sample(1.0), 0.0)
    sink.close()


class FullDisk:
    """``os.write`` on a disk that has room for some bytes; counts the tries."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room, self.tries, self._write = room, 0, os.write
        monkeypatch.setattr("collectors.sinks.os.write", self)

    def __call__(self, fd: int, text: bytes) -> int:
        self.tries += 1
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(fd, text[: self.room])
        self.room -= written
        return written


def test_full_disk_is_said_once_and_tried_ever_less_often(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    sink = RowSink(file, said.append)
    disk = FullDisk(monkeypatch, 0)
    for second in range(600):
        sink.put(Sample(float(second)), float(second))
    assert said == [f"telemetry of this run has gaps: {file}: No space left on device"]
    assert disk.tries < 20
    disk.room = 10**6
    sink.put(Sample(700.0), 700.0)
    sink.close()
    assert rows(file) == [{"_timestamp": 700}]


@pytest.mark.parametrize("room", range(20))
def test_disk_that_fills_up_again_and_again_never_joins_rows(
    file: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """Whatever fits of the second try: the line break that a torn row needs comes exactly once."""
    sink = RowSink(file, lambda _: None)
    disk = FullDisk(monkeypatch, 5)
    sink.put(Sample(1.0), 0.0)
    disk.room = room
    sink.put(Sample(2.0), 10.0)
    disk.room = 10**6
    sink.put(Sample(3.0), 100.0)
    sink.close()
    first, *torn, last = file.read_text().splitlines()
    assert (first, last) == ('{"_ti', '{"_timestamp":3.0}')
    assert all(line for line in torn)


def test_row_cut_by_a_full_disk_spoils_only_itself(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = RowSink(file, lambda _: None)
    disk = FullDisk(monkeypatch, 5)
    sink.put(Sample(1.0), 0.0)
    disk.room = 10**6
    sink.put(Sample(2.0), 10.0)
    sink.close()
    assert file.read_text() == '{"_ti\n{"_timestamp":2.0}\n'


def test_hello_waits_for_room(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its hello a file does not say which devices its rows speak of."""
    sink = RowSink(file, lambda _: None)
    disk = FullDisk(monkeypatch, 0)
    sink.put(Hello(1.0, "box", 5), 0.0)
    sink.put(Sample(2.0), 0.1)
    disk.room = 10**6
    sink.put(Sample(3.0), 10.0)
    sink.close()
    assert [row.get("kind") for row in rows(file)] == ["hello", None]


def test_lines_on_a_pipe_that_is_read_slowly() -> None:
    """A pipe takes part of a long line at a time: the line still comes out whole."""
    reading, writing = os.pipe()
    sample = Sample(1.0, {f"key/{number}": float(number) for number in range(20000)})
    sink = LineSink(writing)

    def write() -> None:
        sink.put(sample, 0.0)
        os.close(writing)

    thread = threading.Thread(target=write)
    thread.start()
    text = b"".join(iter(lambda: os.read(reading, 4096), b""))
    thread.join()
    os.close(reading)
    sink.close()
    assert len(orjson.loads(text)["host"]) == 20000


def test_pipe_without_a_reader_ends_the_work() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        LineSink(writing).put(Sample(1.0), 0.0)
    os.close(writing)


def test_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RowSink(tmp_path / "none" / "system.jsonl")
