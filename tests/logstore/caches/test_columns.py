"""The cache of columns: believed only where it is true, bounded, shared, and dispensable."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from logstore.caches.columns import ChangedError, ColumnCache, Origin, default_directory
from logstore.model.delta import Block, Column
from logstore.reading.tail import look


def block(rows: int = 10) -> Block:
    steps = np.arange(rows, dtype=float)
    return Block(steps, steps, {"loss": Column(None, steps)})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(bytes(range(256)) * 400)
    return path


@pytest.fixture
def cache(tmp_path: Path) -> ColumnCache:
    return ColumnCache(tmp_path / "cache" / "columns")


def store(cache: ColumnCache, log: Path, covered: int | None = None, rows: int = 10) -> None:
    seen = look(log)
    assert seen is not None
    origin = Origin(str(log), seen, seen.size if covered is None else covered, lambda: True)
    for _ in cache.store(origin, [block(rows)], {"mark": "00"}):
        pass


def load(cache: ColumnCache, log: Path) -> int | None:
    """How many rows the cache has of ``log``."""
    seen = look(log)
    assert seen is not None
    packed = cache.load(str(log), seen)
    return None if packed is None else len(packed.block)


def files(cache: ColumnCache) -> list[str]:
    return sorted(path.name for path in cache.directory.iterdir())


def test_what_was_stored_is_there_for_the_next(cache: ColumnCache, log: Path) -> None:
    assert load(cache, log) is None
    store(cache, log)
    assert load(cache, log) == 10
    assert load(ColumnCache(cache.directory), log) == 10


def test_a_file_that_was_moved_keeps_its_columns(cache: ColumnCache, log: Path) -> None:
    store(cache, log)
    assert load(cache, log.rename(log.with_name("moved.jsonl"))) == 10


def test_a_file_that_only_grew_keeps_them_too(cache: ColumnCache, log: Path) -> None:
    store(cache, log, covered=100_000)
    with log.open("ab") as file:
        file.write(b"more")
    assert load(cache, log) == 10


@pytest.mark.parametrize("place", [0, 50_000, 99_999])
def test_a_file_that_grew_and_changed_does_not(cache: ColumnCache, log: Path, place: int) -> None:
    store(cache, log, covered=100_000)
    with log.open("r+b") as file:
        # Between the samples a change would go unnoticed: writers only append, and editors make new files.
        for at in (0, place, 99_990):
            file.seek(at)
            file.write(b"changed")
        file.seek(0, os.SEEK_END)
        file.write(b"more")
    assert load(cache, log) is None
    assert files(cache) == []


def test_a_file_that_was_touched_cut_or_replaced_does_not(cache: ColumnCache, log: Path) -> None:
    store(cache, log)
    os.utime(log, ns=(1, 1))
    assert load(cache, log) is None
    store(cache, log)
    os.truncate(log, 50_000)
    assert load(cache, log) is None
    store(cache, log)
    new = log.with_name("new")
    new.write_bytes(log.read_bytes())
    new.rename(log)
    assert load(cache, log) is None


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "version", "link"])
def test_a_damaged_file_is_removed_and_not_believed(cache: ColumnCache, log: Path, damage: str) -> None:
    store(cache, log)
    (place,) = cache.directory.iterdir()
    text = place.read_bytes()
    if damage == "link":
        place.rename(log.with_name("elsewhere"))
        place.symlink_to(log.with_name("elsewhere"))
    else:
        flipped = text[:100] + bytes([text[100] ^ 1]) + text[101:]
        place.write_bytes({"cut": text[:-9], "flip": flipped, "empty": b"", "version": b"X" + text[1:]}[damage])
    assert load(cache, log) is None
    assert files(cache) == []
    store(cache, log)
    assert load(cache, log) == 10


def test_what_somebody_else_left_there_is_not_believed(
    cache: ColumnCache, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(cache, log)
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    assert load(cache, log) is None
    assert files(cache) == []


def test_the_directory_is_bounded_and_the_longest_unused_goes_first(tmp_path: Path) -> None:
    cache = ColumnCache(tmp_path / "columns", limit=100_000)
    logs = []
    for number in range(8):
        log = tmp_path / f"{number}.jsonl"
        log.write_bytes(b"x" * 10)
        logs.append(log)
        store(cache, log, rows=1000)
        for age, path in enumerate(sorted(cache.directory.iterdir(), key=lambda path: path.stat().st_mtime)):
            os.utime(path, (age, age))
    sizes = [path.stat().st_size for path in cache.directory.iterdir()]
    assert sum(sizes) <= 100_000
    assert [load(cache, log) for log in logs] == [None] * (8 - len(sizes)) + [1000] * len(sizes)


def test_use_is_noted(cache: ColumnCache, log: Path) -> None:
    store(cache, log)
    (place,) = cache.directory.iterdir()
    os.utime(place, (5, 5))
    load(cache, log)
    assert place.stat().st_mtime > 5


def test_what_was_left_half_written_is_swept_away(cache: ColumnCache, log: Path) -> None:
    cache.directory.mkdir(parents=True)
    for name, age in (("old", 5.0), ("new", None)):
        path = cache.directory / f".{name}.columns.1.0"
        path.write_bytes(b"half")
        if age is not None:
            os.utime(path, (age, age))
    store(cache, log)
    assert [name for name in files(cache) if name.startswith(".")] == [".new.columns.1.0"]


def test_a_file_that_changes_meanwhile_is_not_stored(cache: ColumnCache, log: Path) -> None:
    seen = look(log)
    assert seen is not None
    with pytest.raises(ChangedError):
        list(cache.store(Origin(str(log), seen, seen.size, lambda: False), [block()], {}))
    assert files(cache) == []


def test_two_viewers_write_the_same_without_harm(tmp_path: Path, log: Path) -> None:
    seen = look(log)
    assert seen is not None
    caches = [ColumnCache(tmp_path / "columns") for _ in range(2)]
    jobs = [cache.store(Origin(str(log), seen, seen.size, lambda: True), [block()] * 3, {}) for cache in caches]
    for _ in zip(*jobs, strict=True):
        pass
    assert len(files(caches[0])) == 1
    assert load(caches[1], log) == 30


def test_a_directory_that_cannot_be_made_is_an_error_and_no_rows(tmp_path: Path, log: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = ColumnCache(tmp_path / "file" / "columns")
    assert load(cache, log) is None
    with pytest.raises(OSError, match="Not a directory"):
        store(cache, log)


def test_nobody_else_can_read_it(cache: ColumnCache, log: Path) -> None:
    store(cache, log)
    (place,) = cache.directory.iterdir()
    assert place.stat().st_mode & 0o777 == 0o600
    assert cache.directory.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("environ", "directory"),
    [
        ({}, "/home/me/.cache/runwatch"),
        ({"XDG_CACHE_HOME": "/var/cache/me"}, "/var/cache/me/runwatch"),
        ({"XDG_CACHE_HOME": ""}, "/home/me/.cache/runwatch"),
        ({"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/runwatch"),
    ],
)
def test_where_the_cache_is(environ: dict[str, str], directory: str) -> None:
    assert default_directory(environ, Path("/home/me")) == Path(directory)


def test_few_files_are_mapped_at_a_time_since_each_holds_a_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logstore.caches.packed.MAPPED", 0)
    monkeypatch.setattr("logstore.caches.columns.MOST_MAPPINGS", 2)
    cache = ColumnCache(tmp_path / "columns")
    logs = [tmp_path / f"{number}.jsonl" for number in range(4)]
    for log in logs:
        log.write_bytes(b"x" * 10)
        store(cache, log)
    found = [cache.load(str(log), seen) for log in logs if (seen := look(log)) is not None]
    assert [packed is not None and packed.mapping is not None for packed in found] == [True, True, False, False]
    assert [packed is not None and len(packed.block) for packed in found] == [10] * 4
    found.clear()
    assert load(cache, logs[3]) == 10
