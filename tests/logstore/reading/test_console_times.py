"""When a line was printed: what an index says, and nothing where it cannot be believed."""

from __future__ import annotations

import json
import math
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.reading.console import read_lines_about
from logstore.reading.console_times import ConsoleIndex, ConsoleTimes, Printed, index_of
from logstore.reading.timed_console import TimedConsole

Entry = tuple[int, float, int | None]


def row(offset: int, time: float, step: int | None = None) -> bytes:
    step_of = {} if step is None else {"_step": step}
    return json.dumps({**step_of, "_timestamp": time, "offset": offset}).encode() + b"\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "console.log"


def write(log: Path, text: bytes, *entries: Entry) -> None:
    log.write_bytes(text)
    index_of(log).write_bytes(b"".join(row(*entry) for entry in entries))


def told(log: Path) -> list[Printed | None]:
    """What is said of each line."""
    console = TimedConsole(log, 1000).read()
    return [console.times.when(start) for start in console.lines.starts]


def test_every_log_has_its_index() -> None:
    assert index_of("/r/console.log") == Path("/r/console.times.jsonl")
    assert index_of("/r/console.rank3.log") == Path("/r/console.times.rank3.jsonl")


def test_a_line_has_the_time_and_the_step_of_the_last_entry_before_it(log: Path) -> None:
    write(log, b"a\nb\nc\nd\n", (2, 10.0, None), (4, 20.0, 7))
    assert told(log) == [None, Printed(10.0, None), Printed(20.0, 7), Printed(20.0, 7)]


def test_the_line_at_a_time_or_at_a_step(log: Path) -> None:
    write(log, b"a\nb\nc\nd\n", (0, 10.0, None), (2, 20.0, 5), (6, 30.0, 9))
    times = TimedConsole(log, 10).read().times
    assert [times.at_time(time) for time in (1.0, 10.0, 10.5, 30.0, 31.0)] == [0, 0, 2, 6, None]
    assert [times.at_step(step) for step in (0, 5, 5.5, 9, 10)] == [2, 2, 6, 6, None]


def test_steps_that_were_gone_over_again_count_the_last_time(log: Path) -> None:
    entries = [(2 * place, 10.0 + place, step) for place, step in enumerate([0, 50, 100, 40, 60, 120])]
    write(log, b"x\n" * 6, *entries)
    times = TimedConsole(log, 10).read().times
    assert [times.at_step(step) for step in (0, 41, 55, 90, 110)] == [0, 8, 8, 10, 10]


def test_a_clock_that_was_set_back_loses_no_line(log: Path) -> None:
    write(log, b"x\n" * 4, (0, 100.0, None), (2, 200.0, None), (4, 150.0, None), (6, 260.0, None))
    times = TimedConsole(log, 10).read().times
    assert [times.at_time(time) for time in (120.0, 201.0, 250.0)] == [2, 6, 6]


def test_without_an_index_nothing_is_said(log: Path) -> None:
    log.write_bytes(b"a\nb\n")
    assert told(log) == [None, None]
    assert (len(ConsoleTimes()), ConsoleTimes().at_time(1.0), ConsoleTimes().at_step(0)) == (0, None, None)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_an_index_that_is_no_file_says_nothing(log: Path, make: object) -> None:
    log.write_bytes(b"a\n")
    make(index_of(log))  # type: ignore[operator]
    assert told(log) == [None]


def test_the_index_of_another_log_is_not_believed(log: Path) -> None:
    entries = [(12 * place, 10.0 + place, place) for place in range(10)]
    write(log, b"seven l\n" * 12, *entries)
    assert told(log) == [None] * 12
    write(log, b"line of 12!\n" * 4, *entries)  # cut short: the rest of the index is beyond it
    assert told(log) == [Printed(10.0 + place, place) for place in range(4)]
    assert TimedConsole(log, 10).read().times.at_step(8) is None


def test_what_was_before_a_log_was_emptied_is_forgotten(log: Path) -> None:
    write(log, b"new\nnew\nnew\n", (0, 10.0, 1), (400, 11.0, 2), (4, 60.0, 3))
    assert told(log) == [None, Printed(60.0, 3), Printed(60.0, 3)]


def test_processes_that_print_at_once_may_note_it_in_another_order(log: Path) -> None:
    write(log, b"a\nb\nc\n", (0, 10.0, 1), (4, 10.4, 1), (2, 10.5, None))
    assert told(log) == [Printed(10.0, 1), Printed(10.5, None), Printed(10.4, 1)]


@pytest.mark.parametrize("bad", [b"{", b"\0\0\0", b"[1]", b"null", b'{"offset":2}', b'{"_timestamp":1e999,"offset":2}'])
def test_behind_a_damaged_line_nothing_is_known_until_the_next(log: Path, bad: bytes) -> None:
    log.write_bytes(b"a\nb\nc\nd\n")
    index_of(log).write_bytes(row(0, 10.0, 1) + bad + b"\n" + row(4, 20.0, 2))
    assert told(log) == [Printed(10.0, 1), None, Printed(20.0, 2), Printed(20.0, 2)]


def test_a_line_that_is_not_whole_is_not_there_yet(log: Path) -> None:
    write(log, b"a\nb\n", (0, 10.0, 1))
    with index_of(log).open("ab") as file:
        file.write(row(2, 20.0, 2)[:-9])
    assert told(log) == [Printed(10.0, 1)] * 2
    with index_of(log).open("ab") as file:
        file.write(row(2, 20.0, 2)[-9:])
    assert told(log) == [Printed(10.0, 1), Printed(20.0, 2)]


def test_log_and_index_are_followed(log: Path) -> None:
    write(log, b"a\n", (0, 10.0, 1))
    console = TimedConsole(log, 10)
    first = console.read()
    with log.open("ab") as lines, index_of(log).open("ab") as index:
        index.write(row(2, 20.0, 2))
        lines.write(b"b\nc")
    second = console.read()
    assert (first.lines.texts, second.lines.texts, second.lines.starts) == (["a"], ["b"], [2])
    assert second.times.when(2) == Printed(20.0, 2)
    assert console.read().times is second.times
    write(log, b"", (0, 50.0, None))
    assert console.read().lines.texts == ()
    write(log, b"another one\n", (0, 50.0, None))
    third = console.read()
    assert [third.times.when(start) for start in third.lines.starts] == [Printed(50.0, None)]


def test_an_index_is_read_as_far_as_it_may_be(tmp_path: Path) -> None:
    path = tmp_path / "index"
    path.write_bytes(b"".join(row(place, 1.0 + place) for place in range(20_000)))
    assert 0 < len(ConsoleIndex(path, largest=1000).read()) < 20_000
    path.write_bytes(b"x" * 600_000)
    assert len(ConsoleIndex(path).read()) == 0


def test_a_part_of_a_long_log_with_its_times(log: Path) -> None:
    text = b"".join(b"line %06d\n" % number for number in range(10_000))
    write(log, text, *((12 * number, 100.0 + number, number) for number in range(0, 10_000, 10)))
    console = TimedConsole(log, 100)
    last = console.read()
    assert last.lines.texts[0] == "line 009900"
    offset = last.times.at_step(4000)
    assert offset == 48_000
    part = console.read_about(offset)
    assert part.lines.texts[part.lines.starts.index(48_000)] == "line 004000"
    assert part.times.when(48_000) == Printed(4100.0, 4000)
    assert console.read().lines.texts == ()


@given(
    rows=st.lists(st.binary(max_size=9).map(lambda text: text.replace(b"\n", b"") + b"\n"), max_size=30), data=st.data()
)
def test_the_lines_about_a_place_are_whole_and_follow_each_other(
    rows: list[bytes], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("part") / "console.log"
    text = b"".join(rows) + data.draw(st.binary(max_size=5)).replace(b"\n", b"")
    path.write_bytes(text)
    offset, window = data.draw(st.integers(-5, len(text) + 5)), data.draw(st.integers(1, 60))
    part = read_lines_about(path, offset, window)
    assert part.size == len(text)
    for start, end in pairwise([*part.starts, part.end]):
        assert start == 0 or text[start - 1 : start] == b"\n"
        assert text[start:end].count(b"\n") == 1
        assert text[start:end].endswith(b"\n")


entries = st.tuples(st.integers(0, 60), st.floats(1, 1e6), st.none() | st.integers(-5, 50))
damage = st.binary(max_size=8).map(lambda text: text.replace(b"\n", b"") + b"\n")


@given(text=st.text("ab\n", max_size=60), index=st.lists(entries.map(lambda e: row(*e)) | damage, max_size=12))
def test_whatever_an_index_says_only_what_fits_is_told(
    text: str, index: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("odd") / "console.log"
    log.write_text(text)
    index_of(log).write_bytes(b"".join(index))
    console = TimedConsole(log, 1000).read()
    times, starts = console.times, console.lines.starts
    assert (times.offsets[1:] >= times.offsets[:-1]).all()
    assert all(offset <= len(text) for offset in times.offsets)
    said = {offset for offset, time in zip(times.offsets, times.times, strict=True) if not math.isnan(time)}
    assert {offset for offset in said if offset < console.lines.end} <= set(starts)
    for start in starts:
        found = times.when(start)
        if found is not None:
            assert max(offset for offset in times.offsets if offset <= start) in said
            assert found.time in times.times.tolist()
            behind = times.at_time(found.time)
            assert behind is not None
            assert behind <= start
            if found.step is not None:
                assert times.at_step(found.step) is not None


@given(lines=st.lists(st.tuples(st.integers(1, 20), st.floats(0.1, 100), st.integers(0, 9)), min_size=1, max_size=30))
def test_an_index_as_it_is_written_is_told_as_it_is(
    lines: list[tuple[int, float, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Lines of any length, times that rise, steps that rise: there and back again."""
    log = tmp_path_factory.mktemp("true") / "console.log"
    offset, time, step, said = 0, 1.0, 0, []
    for length, seconds, steps in lines:
        said.append((offset, time, step))
        offset, time, step = offset + length + 1, time + seconds, step + steps
    write(log, b"".join(b"x" * length + b"\n" for length, _, _ in lines), *said)
    times = TimedConsole(log, 1000).read().times
    for offset, time, step in said:
        assert times.when(offset) == Printed(time, step)
        assert times.at_time(time) == offset
        assert times.at_step(step) == next(place for place, _, other in said if other >= step)
