"""``tui.remembered``: what was set is there again; a damaged file is as if it were not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.remembered import default_path, load, save

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text().filter(lambda key: key not in {"version", "store"}), plain))
def test_what_is_saved_comes_back(tmp_path_factory: pytest.TempPathFactory, view: dict[str, object]) -> None:
    path = tmp_path_factory.mktemp("state") / "deep" / "view.json"
    assert save(path, view, Path("/runs"))
    assert load(path) == {**view, "store": "/runs"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99, "a": 1}', "[" * 100_000])
def test_a_file_that_is_not_ours_is_ignored(tmp_path: Path, text: str) -> None:
    path = tmp_path / "view.json"
    path.write_text(text)
    assert load(path) == {}


def test_saving_where_nothing_can_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not save(tmp_path / "file" / "view.json", {}, Path("/runs"))


def test_each_store_has_its_own_file(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    first, second = tmp_path / "a" / "runs", tmp_path / "b" / "runs"
    assert default_path(first, environ) != default_path(second, environ)
    assert default_path(first, environ).name.startswith("runs-")
