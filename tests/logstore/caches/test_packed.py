"""Packed columns: what was written comes back, and nothing else is believed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logstore.caches import packed as packed_module
from logstore.caches.packed import PackedError, read_packed, write_packed
from logstore.model.delta import Block, Column
from tests.logstore.columns import assert_same, blocks

in_one_place = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def write(path: Path, found: Sequence[Block], memory: Mapping[str, Any] | None = None) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    for _ in write_packed(descriptor, found, memory or {}):
        pass
    os.close(descriptor)


def simple(rows: int) -> Block:
    steps = np.arange(rows, dtype=float)
    return Block(steps, steps + 1, {"loss": Column(None, steps * 2)}, {"note": "x"}, 3.0)


@in_one_place
@given(st.lists(blocks(), max_size=4))
def test_blocks_come_back_as_one(tmp_path: Path, found: list[Block]) -> None:
    write(tmp_path / "x", found, {"names": ["a"], "n": 2**63})
    packed = read_packed(str(tmp_path / "x"))
    assert packed.memory == {"names": ["a"], "n": 2**63}
    assert_same(found, [packed.block])


def test_columns_that_are_sparse_together_still_share_their_rows(tmp_path: Path) -> None:
    rows = np.array([1, 3])
    values = np.array([5.0, 6.0])
    block = Block(np.arange(4.0), np.arange(4.0), {"a": Column(rows, values), "b": Column(rows, values)})
    write(tmp_path / "x", [block, block])
    columns = read_packed(str(tmp_path / "x")).block.columns
    assert columns["a"].rows is columns["b"].rows
    assert columns["a"].rows is not None
    assert columns["a"].rows.tolist() == [1, 3, 5, 7]


def test_a_large_file_is_mapped_and_outlives_its_removal(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write(path, [simple(100_000)] * 2)
    block = read_packed(str(path)).block
    path.unlink()
    assert block.columns["loss"].values[-1] == 199_998
    assert len(block) == 200_000
    assert not block.steps.flags.writeable


@pytest.mark.parametrize("rows", [1, 5, 100_000])
def test_a_file_that_is_cut_is_not_believed(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "x"
    write(path, [simple(rows)])
    size = path.stat().st_size
    for length in {0, 7, 63, 64, 100, size // 2, size - 1}:
        os.truncate(path, length)
        with pytest.raises(PackedError):
            read_packed(str(path))
        write(path, [simple(rows)])
    with path.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(PackedError, match="cut"):
        read_packed(str(path))


@in_one_place
@given(st.integers(min_value=0), st.integers(0, 7))
def test_a_flipped_bit_is_noticed_wherever_it_is(tmp_path: Path, place: int, bit: int) -> None:
    path = tmp_path / "x"
    write(path, [simple(20)])
    text = bytearray(path.read_bytes())
    # Bytes 32 to 63 are unused.
    at = place % (len(text) - 32)
    text[at if at < 32 else at + 32] ^= 1 << bit
    path.write_bytes(text)
    with pytest.raises(PackedError):
        read_packed(str(path))


def test_pages_of_zeros_and_exchanged_pieces_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write(path, [simple(60_000)])
    whole = path.read_bytes()
    piece = 1 << 16
    zeroed = whole[: 2 * piece] + bytes(4096) + whole[2 * piece + 4096 :]
    exchanged = whole[: 64 + piece] + whole[64 + 2 * piece : 64 + 3 * piece] + whole[64 + piece : 64 + 2 * piece]
    for text in (zeroed, exchanged + whole[64 + 3 * piece :]):
        path.write_bytes(text)
        with pytest.raises(PackedError, match="damaged columns"):
            read_packed(str(path))


def test_another_version_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write(path, [simple(3)])
    text = path.read_bytes()
    path.write_bytes(b"RWPACK\x02\n" + text[8:])
    with pytest.raises(PackedError, match="version"):
        read_packed(str(path))


def test_what_json_cannot_say_is_not_written(tmp_path: Path) -> None:
    block = Block(np.arange(1.0), np.arange(1.0), {}, {"bad": "\udcff"})
    with pytest.raises(TypeError):
        write(tmp_path / "x", [block])


def test_texts_of_every_kind_come_back(tmp_path: Path) -> None:
    texts: dict[str, object] = {
        "big": 2**80,
        "list": [1, "NaN", None],
        "histogram": {"_type": "histogram", "bins": [0.5]},
    }
    write(tmp_path / "x", [Block(np.arange(1.0), np.arange(1.0), {}, texts)])
    found = read_packed(str(tmp_path / "x")).block.texts
    assert found["list"] == [1, "NaN", None]
    assert found["histogram"] == texts["histogram"]
    assert found["big"] == 2**80


@pytest.mark.parametrize("place", [100, 100_000, 1_000_000])
def test_a_mapped_file_is_checked_stretch_by_stretch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    monkeypatch.setattr(packed_module, "MAPPED", 0)
    monkeypatch.setattr(packed_module, "_STRETCH", 8192)
    path = tmp_path / "x"
    write(path, [simple(50_000)])
    found = read_packed(str(path))
    assert found.mapping is not None
    found.release()
    assert found.block.columns["loss"].values[-1] == 99_998
    flip(path, place)
    with pytest.raises(PackedError):
        read_packed(str(path))


def flip(path: Path, place: int) -> None:
    text = bytearray(path.read_bytes())
    text[place] ^= 1
    path.write_bytes(text)
