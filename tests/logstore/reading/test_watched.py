"""Small files that are replaced whole."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from logstore.reading.watched import DocumentError, Watched, parse_document


def replace(path: Path, text: str) -> None:
    new = path.with_name(".new")
    new.write_text(text)
    new.rename(path)


def test_a_file_is_read_when_it_changes_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    watched = Watched(str(path))
    assert watched.refresh() is None
    replace(path, '{"lr": 0.1}')
    assert watched.refresh() == {"lr": 0.1}
    assert watched.refresh() is None
    replace(path, '{"lr": 0.2}')
    assert watched.refresh() == {"lr": 0.2}
    path.unlink()
    assert watched.refresh() == {}
    assert watched.refresh() is None


def test_a_half_written_file_is_a_problem_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    watched = Watched(str(path))
    path.write_text('{"id": "a", ')
    assert watched.refresh() is None
    assert watched.problem == "run.json: is not valid JSON"
    path.write_text('{"id": "a"}   ')
    assert watched.refresh() == {"id": "a"}
    assert watched.problem is None


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    for text, problem in [
        ("", "is empty"),
        ("[1]", "holds no object"),
        ("{" * 5000, "is not valid JSON"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "is nested too deeply"),
        ('{"a": "\udcff"}'.encode("utf-8", "surrogateescape").decode("latin-1"), None),
    ]:
        watched = Watched(str(path))
        path.write_text(text)
        watched.refresh()
        assert watched.problem == (None if problem is None else f"run.json: {problem}")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").symlink_to("/etc/passwd")
    watched = Watched(str(tmp_path / "config.json"))
    assert watched.refresh() is None
    assert watched.problem == "config.json: config.json is a symbolic link"
    os.mkfifo(tmp_path / "run.json")
    pipe = Watched(str(tmp_path / "run.json"))
    assert pipe.refresh() is None
    assert pipe.problem is not None
    assert "no regular file" in pipe.problem


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(DocumentError, match="too many"):
        Watched(str(path)).read()


def test_the_names_of_non_finite_numbers_are_numbers_again() -> None:
    value = parse_document(b'{"a": ["NaN", {"b": "-Infinity"}], "c": "nan"}', "config.json")
    assert isinstance(value["a"], list)
    assert math.isnan(value["a"][0])
    assert value["a"][1] == {"b": -math.inf}
    assert value["c"] == "nan"


def test_json_as_python_writes_it() -> None:
    value = parse_document(json.dumps({"a": math.inf, "b": 10**30}).encode(), "config.json")
    assert value == {"a": math.inf, "b": 10**30}


def test_yaml_is_made_plain() -> None:
    text = b"lr: 1.0e-3\nwhen: 2024-05-01\n1: one\nshared: &s {a: 1}\nagain: *s\n"
    assert parse_document(text, "config.yaml") == {
        "lr": 0.001,
        "when": "2024-05-01",
        "1": "one",
        "shared": {"a": 1},
        "again": {"a": 1},
    }


def test_yaml_bombs_and_circles_are_refused() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10))
    with pytest.raises(DocumentError, match="too many values"):
        parse_document(bomb.encode(), "config.yaml")
    with pytest.raises(DocumentError):
        parse_document(b"a: &a [*a]\n", "config.yml")
    with pytest.raises(DocumentError, match="not valid YAML"):
        parse_document(b"a: [1\n", "config.yml")
    with pytest.raises(DocumentError, match="not valid YAML"):
        parse_document(b"a: !!python/object/apply:os.system ['true']\n", "config.yml")
