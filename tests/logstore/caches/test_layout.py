"""Blocks as a row of arrays and back."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.caches.layout import Arrays, Layout, LayoutError, write_all
from logstore.model.delta import Block, Column
from tests.logstore.columns import assert_same, blocks


@given(st.lists(blocks(), max_size=4))
def test_arrays_in_order_make_the_block_again(found: list[Block]) -> None:
    layout = Layout(found)
    text = b"".join(array.tobytes() for array in layout.arrays())
    block = Arrays(text, 0, len(text)).block(layout.shape, layout.texts, layout.runtime)
    assert_same(found, [block])


@given(st.lists(blocks(), min_size=1, max_size=3))
def test_several_lie_one_after_the_other(found: list[Block]) -> None:
    layouts = [Layout([block]) for block in found]
    text = b"start" + b"".join(array.tobytes() for layout in layouts for array in layout.arrays())
    arrays = Arrays(text, 5, len(text))
    assert_same(found, [arrays.block(layout.shape, layout.texts, layout.runtime) for layout in layouts])


def test_a_text_that_is_too_short_is_an_error() -> None:
    layout = Layout([Block(np.arange(3.0), np.arange(3.0), {"a": Column(None, np.arange(3.0))})])
    text = b"".join(array.tobytes() for array in layout.arrays())
    with pytest.raises(LayoutError, match="cut"):
        Arrays(text, 0, len(text) - 8).block(layout.shape, {}, None)


def test_all_is_written_whatever_a_write_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, content: write(to, bytes(content)[:3]))
    write_all(descriptor, b"0123456789")
    os.close(descriptor)
    assert path.read_bytes() == b"0123456789"
