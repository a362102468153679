"""Names that are made up, and names that are refused."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.errors import BadNameError
from logstore.names import ADJECTIVES, ANIMALS, check, default_project, derived_id, random_id, readable


def test_words_are_told_apart() -> None:
    assert len(set(ADJECTIVES)) == len(ADJECTIVES) == 64
    assert len(set(ANIMALS)) == len(ANIMALS) == 64
    assert all(re.fullmatch("[a-z]{3,9}", word) for word in (*ADJECTIVES, *ANIMALS))


def test_a_readable_name_follows_from_the_id() -> None:
    names = {readable(random_id(), 7) for _ in range(300)}
    assert len(names) > 250
    assert all(re.fullmatch("[a-z]+-[a-z]+-7", name) for name in names)
    assert readable("abc", 1) == readable("abc", 1)


def test_a_derived_id_is_the_same_in_every_process() -> None:
    code = "from logstore.names import derived_id; print(derived_id('job', 'p', '0'))"
    outside = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert outside.stdout.strip() == derived_id("job", "p", "0")
    assert derived_id("job", "p", "0") != derived_id("job", "p", "1")
    assert derived_id("ab", "c") != derived_id("a", "bc")


@given(st.text(max_size=200))
def test_a_name_that_passes_is_one_directory_of_its_own(name: str) -> None:
    try:
        check("run id", name)
    except BadNameError:
        return
    path = Path("/store/project") / name
    assert path.parent == Path("/store/project")
    assert path.name == name
    assert ".." not in path.parts
    assert 0 < len(name.encode()) <= 128
    assert name.isprintable()
    assert not name.startswith(".")


@pytest.mark.parametrize("name", ["lr=1e-3,bs=32", "ünïcode", "a b", "x" * 128, "a.b", "-1", "2026-01-01T00_00"])
def test_ordinary_names_pass(name: str) -> None:
    assert check("run id", name) == name


def test_the_message_names_kind_and_culprit() -> None:
    with pytest.raises(BadNameError, match=r"run id 'a/b\?' must not contain / \?"):
        check("run id", "a/b?")


@given(st.text(min_size=1, max_size=300).filter(lambda name: "/" not in name and "\0" not in name))
def test_a_default_project_is_always_a_good_name(name: str) -> None:
    assert check("project", default_project(Path("/nowhere"), "")) == "uncategorized"
    from logstore.names import _tamed

    check("project", _tamed(name))
