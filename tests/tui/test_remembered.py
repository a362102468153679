"""``tui.remembered``: what was set is there again; a damaged file is as if it were not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.remembered import Memory, default_path, load, save

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


def test_a_memory_keeps_views_and_theme_and_writes_only_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "view.json"
    memory = Memory(tmp_path, path)
    assert (memory.theme, memory.view("run")) == (None, {})
    assert not memory.save()
    memory.keep("run", {"page": "console"})
    memory.theme = "runwatch-light"
    assert memory.save()
    assert not memory.save()
    again = Memory(tmp_path, path)
    assert (again.theme, again.view("run")) == ("runwatch-light", {"page": "console"})
    again.keep("run", {"page": "console"})
    assert not again.save()


def test_a_memory_without_a_file_neither_takes_up_nor_keeps(tmp_path: Path) -> None:
    memory = Memory(tmp_path, None)
    memory.keep("run", {"page": "console"})
    assert memory.view("run") == {"page": "console"}
    assert not memory.save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("saved", [{"run": 3, "theme": 7}, {"run": None, "theme": ["x"]}, {}])
def test_views_of_another_shape_are_none(tmp_path: Path, saved: dict[str, object]) -> None:
    path = tmp_path / "view.json"
    save(path, saved, tmp_path)
    memory = Memory(tmp_path, path)
    assert (memory.theme, memory.view("run")) == (None, {})
