"""Whatever the files of a store hold: rows, counted bad lines, one line of what is wrong; never an exception."""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logstore.model.liveness import Machine
from logstore.model.runs import Run, Runs
from logstore.reading.console import read_last_lines
from logstore.reading.follow import Budget, StoreReader
from logstore.store import Store

NAMES = (
    "run.json",
    "config.json",
    "summary.json",
    "metrics.jsonl",
    "metrics.rank1.jsonl",
    "events.jsonl",
    "system.box.jsonl",
    "config.yaml",
    "other.jsonl",
)
NOW = 1_800_000_000.0

MARKS = [*b'{ } [ ] " : , NaN null 1e400 \xff \xef\xbb\xbf \0'.split(), b"\n", b"\r\n", b" "]
LINES = (
    b'{"_step":1,"a":2}\n',
    b'{"_step":-1e308,"a":"Infinity"}\n',
    b'{"_step":18446744073709551615,"b":99999999999999999999999}\n',
    b'{"a":{"b":[1]}}\n',
    b'{"_timestamp":9e99,"time":"2024-01-01"}\n',
    b'{"":1}\n',
    b'{"kind":"hello"}\n',
    b'{"state":"finished"}',
    b'{"created":1,"attempts":[{"started":2}],"metrics":[{"name":"*","summary":["min"]}]}',
    b"a: &x [*x]",
    b"9" * 5000,
)
pieces = st.sampled_from([*MARKS, *LINES])
contents = st.lists(pieces | st.binary(max_size=20), max_size=12).map(b"".join)


def look_at(run: Run) -> None:
    """Everything a screen would ask of a run."""
    run.state(NOW), run.health(NOW), run.steps_per_second(NOW)
    dict(run.summary)
    for curves in (*run.ranks.values(), *run.hosts.values()):
        for series in curves.values():
            assert len(series.steps) == len(series.values) == len(series.times) == len(series)
            assert series.minimum is None or series.maximum is None or series.minimum <= series.maximum
            assert series.ghost[0].shape == series.ghost[1].shape
    for each in (run.name, run.project, run.id, *run.problems):
        assert isinstance(each, str)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(NAMES), contents, min_size=1), st.dictionaries(st.sampled_from(NAMES), contents))
def test_any_bytes_in_any_file(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    root = Path(tempfile.mkdtemp())
    try:
        now = [NOW]
        machine, cache = Machine("box", "b", None, root / "proc"), root / "cache"
        reader = StoreReader(root / "runs", machine=machine, clock=lambda: now[0], cache=cache)
        runs = Runs()
        run = root / "runs" / "p" / "a"
        run.mkdir(parents=True)
        for contents_now in (before, after):
            for name, text in contents_now.items():
                (run / name).write_bytes(text)
            for _ in range(4):
                now[0] += 12
                runs.apply(reader.read(Budget(seconds=5)))
            for each in runs.values():
                look_at(each)
    finally:
        shutil.rmtree(root)


def write(root: Path, name: str, text: bytes) -> Path:
    path = root / "p" / "a" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return path


@pytest.mark.parametrize(
    ("text", "rows", "bad"),
    [
        (b'{"_step":0,"a":1e400}\n{"_step":1,"a":1}\n', 2, 0),
        (b'{"_step":0,"a":1,"a":2}\n', 1, 0),
        (b'{"_step":0,"a":1}\n' + b"\0" * 100 + b"\n", 1, 1),
        (b'{"_step":0,"a":1}\n{"_step":1,"a":"\xff"}\n', 1, 1),
        (b'{"_step":0,"a":' + b"[" * 10_000 + b"]" * 10_000 + b'}\n{"_step":1,"a":1}\n', 1, 1),
        (b'{"_step":0,"a":1}{"_step":1,"a":1}\n', 0, 1),
        (b"\xef\xbb\xbf" + b'{"_step":0,"a":1}\n', 1, 0),
        ('{"_step":0,"a":1}\n'.encode("utf-16"), 0, 1),
    ],
)
def test_odd_lines(tmp_path: Path, text: bytes, rows: int, bad: int) -> None:
    write(tmp_path, "run.json", b'{"state":"finished"}')
    write(tmp_path, "metrics.jsonl", text)
    run = Store(tmp_path).find("a")
    assert (len(run.metrics.get("a", ())), run.bad_lines) == (rows, bad)


def test_a_line_of_gigabytes_is_one_bad_line_and_takes_no_memory(tmp_path: Path) -> None:
    path = write(tmp_path, "metrics.jsonl", b'{"_step":0,"a":1}\n')
    with path.open("r+b") as file:
        file.seek(1 << 29)
        file.write(b'\n{"_step":1,"a":2}\n')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run = Store(tmp_path).find("p/a/metrics")
    assert run.series("a").values.tolist() == [1, 2]
    assert run.bad_lines == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_million_keys_in_one_line_make_a_bounded_number_of_metrics(tmp_path: Path) -> None:
    row = json.dumps({f"k{number}": 1 for number in range(400_000)}).encode()
    assert len(row) < 8 << 20
    write(tmp_path, "metrics.jsonl", row + b"\n")
    run = Store(tmp_path).find("p/a/metrics")
    assert len(run.metrics) == 10_000
    assert "too many metric names" in run.problems[0]


def test_steps_of_every_size_and_order_are_sorted(tmp_path: Path) -> None:
    steps = [0, -5, 1e300, -1e300, 2**64, 0.5, 3]
    write(tmp_path, "metrics.jsonl", "".join(json.dumps({"_step": step, "a": 1}) + "\n" for step in steps).encode())
    run = Store(tmp_path).find("p/a/metrics")
    assert run.series("a").steps.tolist() == sorted(map(float, steps))
    assert run.step is not None


def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    secret = write(tmp_path / "outside", "metrics.jsonl", b'{"_step":0,"secret":1}\n')
    (secret.parent / "run.json").write_text('{"name":"secret"}')
    root = tmp_path / "runs"
    write(root, "run.json", b'{"name":"mine","id":"../../outside/p/a","project":"../outside"}')
    for name in ("metrics.jsonl", "config.json", "system.x.jsonl"):
        (root / "p" / "a" / name).symlink_to(secret)
    (root / "q").symlink_to(tmp_path / "outside" / "p")
    (root / "p" / "b").symlink_to(secret.parent)
    (root / "p" / "c.jsonl").symlink_to(secret)
    runs = Store(root).runs()
    assert list(runs) == ["p/a"]
    assert runs["p/a"].key == "p/a"
    assert not runs["p/a"].metrics
    assert runs["p/a"].config == {}
    assert len(runs["p/a"].problems) == 3
    assert sorted(runs.problems) == [f"{name}: symbolic links are not followed" for name in ("p/b", "p/c.jsonl", "q")]


def test_pipes_sockets_and_devices_are_never_waited_for(tmp_path: Path) -> None:
    run = write(tmp_path, "run.json", b'{"name":"x"}').parent
    for name in ("metrics.jsonl", "events.jsonl", "config.json", "summary.json"):
        os.mkfifo(run / name)
    os.mkfifo(tmp_path / "p" / "pipe.jsonl")
    runs = Store(tmp_path).runs()
    assert runs["p/a"].name == "x"
    assert len(runs["p/a"].problems) == 4
    assert runs.problems == ("p/pipe.jsonl: no regular file",)


@pytest.mark.parametrize("kind", ["a socket", "a device", "a link to a device", "a link to itself", "a directory"])
def test_what_is_no_file_is_said_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    run = write(tmp_path, "run.json", b'{"name":"x"}').parent
    monkeypatch.chdir(run)  # the name of a socket has little room
    names = ("metrics.jsonl", "events.jsonl", "config.json", "system.box.jsonl", "run.rank1.json", "labels.json")
    for name in names:
        match kind:
            case "a socket":
                with socket.socket(socket.AF_UNIX) as listening:
                    listening.bind(name)
            case "a device":
                try:
                    os.mknod(name, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero
                except PermissionError as error:
                    pytest.skip(f"no device can be made here: {error}")
            case "a link to a device":
                Path(name).symlink_to("/dev/zero")
            case "a link to itself":
                Path(name).symlink_to(name)
            case "a directory":
                Path(name).mkdir()
    made = Store(tmp_path).find("a")
    assert made.name == "x"
    assert not made.metrics
    assert len(made.problems) >= 4, made.problems
    with pytest.raises(OSError, match=r"metrics\.jsonl"):
        read_last_lines(run / "metrics.jsonl", 3)


def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, "metrics.jsonl", b'{"_step":0,"a":1}\n')
    write(tmp_path, "run.json", b"{}")
    path.chmod(0)
    run = Store(tmp_path).find("a")
    if os.geteuid() == 0:
        assert len(run.series("a")) == 1
    else:
        assert run.problems == ("metrics.jsonl: Permission denied",)


def test_events_without_end_are_counted_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logstore.reading.sources.MOST_EVENTS", 3)
    write(tmp_path, "run.json", b"{}")
    path = write(tmp_path, "events.jsonl", b'{"kind":"alert","title":"a"}\n' * 2)
    now = [NOW]
    reader, runs = StoreReader(tmp_path, clock=lambda: now[0]), Runs()
    for _ in range(4):
        now[0] += 12
        runs.apply(reader.read(Budget(seconds=5)))
        with path.open("ab") as file:
            file.write(b'{"kind":"alert","title":"b"}\n' * 2)
    assert len(runs["p/a"].events) == 3
    run = Store(tmp_path).find("a")
    assert [event.title for event in run.events] == ["a", "a", "b"]
    assert run.problems == ("7 events were left out: there are too many",)


def test_events_of_many_bytes_are_counted_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logstore.reading.sources.MOST_EVENT_BYTES", 2 << 20)
    write(tmp_path, "run.json", b"{}")
    row = json.dumps({"kind": "note", "title": "x", "text": "y" * 100_000}).encode() + b"\n"
    write(tmp_path, "events.jsonl", row * 60)
    run = Store(tmp_path).find("a")
    assert 20 < len(run.events) < 50
    assert run.problems == (f"{60 - len(run.events)} events were left out: there are too many",)
