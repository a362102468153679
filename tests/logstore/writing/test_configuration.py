"""``run.config`` (C1 to C5)."""

from __future__ import annotations

import argparse
import copy
import dataclasses
import math
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from logstore.errors import ConfigError
from logstore.writing.configuration import Config, choose_keys, read_config
from tests.logstore.written import Writing, record_of


@dataclasses.dataclass
class Hyper:
    lr: float = 0.1
    layers: tuple[int, ...] = (1, 2)


class Pair(NamedTuple):
    lr: float
    seed: int


class Flags:
    def flag_values_dict(self) -> dict[str, Any]:
        return {"lr": 0.1}


class Model:
    def model_dump(self) -> dict[str, Any]:
        return {"lr": 0.1, "inner": {"x": 1}}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"lr": 0.1}, {"lr": 0.1}),
        (argparse.Namespace(lr=0.1, seed=None), {"lr": 0.1, "seed": None}),
        (SimpleNamespace(lr=0.1), {"lr": 0.1}),
        (Hyper(), {"lr": 0.1, "layers": [1, 2]}),
        (dataclasses.asdict(Hyper()), {"lr": 0.1, "layers": [1, 2]}),
        (Pair(0.1, 2), {"lr": 0.1, "seed": 2}),
        (Flags(), {"lr": 0.1}),
        (Model(), {"lr": 0.1, "inner": {"x": 1}}),
        (None, {}),
    ],
)
def test_C1_what_hyperparameters_are_kept_in(source: object, expected: dict[str, Any]) -> None:
    assert read_config(source) == expected


def test_C1_a_yaml_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("wandb_version: 1\nlr:\n  desc: rate\n  value: 0.1\nmodel: {depth: 3}\n1: one\n")
    expected = {"lr": 0.1, "model": {"depth": 3}, "1": "one"}
    assert read_config(path) == expected
    assert read_config(str(path)) == expected


def test_C1_a_json_file(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"lr": 0.1, "model": {"depth": 3}}')
    assert read_config(path) == {"lr": 0.1, "model": {"depth": 3}}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.yaml", None, "cannot read the config file"),
        ("list.yaml", "[1]", "holds a list, not a dictionary"),
        ("bad.yaml", "a: [", "is no YAML"),
        ("bad.json", "{", "is no JSON"),
    ],
)
def test_C1_a_file_that_is_no_config(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=message) as caught:
        read_config(path)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_C1_yaml_without_pyyaml_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    path = tmp_path / "config.yaml"
    path.touch()
    with pytest.raises(ConfigError, match="needs PyYAML"):
        read_config(path)


@pytest.mark.parametrize("source", [3, [("a", 1)], Hyper, object()])
def test_C1_what_is_no_config_is_refused(source: object) -> None:
    with pytest.raises(ConfigError, match="config takes a dictionary"):
        read_config(source)


def test_C2_items_and_attributes(writing: Writing) -> None:
    run = writing.init(config={"lr": 1e-3, "model": {"depth": 3, "heads": (1, 2)}, "name": "x"})
    config = run.config
    assert config.lr == config["lr"] == 1e-3
    assert config.get("x", 5) == 5
    assert config.model == {"depth": 3, "heads": [1, 2]}
    assert type(config.model) is dict
    assert "lr" in config
    assert "nope" not in config
    assert list(config) == ["lr", "model", "name"]
    assert {**config} == config.as_dict()
    with pytest.raises(AttributeError, match="the config has no 'lrr'; did you mean 'lr'"):
        _ = config.lrr
    with pytest.raises(KeyError):
        _ = config["lrr"]
    assert not hasattr(config, "lrr")


def test_C3_a_value_is_not_changed_by_accident(writing: Writing) -> None:
    run = writing.init(config={"lr": 1, "nan": math.nan})
    with pytest.raises(ConfigError, match="pass allow_val_change=True to"):
        run.config.lr = 2
    with pytest.raises(ConfigError, match="config 'lr' is 1 already, not 2"):
        run.config.update({"fresh": 3, "lr": 2})
    assert "fresh" not in run.config
    run.config["lr"] = 1
    run.config["nan"] = math.nan
    run.config["other"] = 2
    assert record_of(run.path, "config.json") == {"lr": 1, "nan": "NaN", "other": 2}


def test_C3_changes_are_free_where_init_says_so(writing: Writing) -> None:
    run = writing.init(config={"lr": 1}, allow_val_change=True)
    run.config.lr = 2
    with pytest.raises(ConfigError):
        run.config.update({"lr": 3}, allow_val_change=False)
    assert record_of(run.path, "config.json") == {"lr": 2}


def test_C3_changes_are_free_in_a_notebook(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipykernel", object())
    run = writing.init(config={"lr": 1})
    run.config.lr = 2
    assert run.config.lr == 2


def test_C4_update_and_setdefaults(writing: Writing) -> None:
    run = writing.init(config={"lr": 1})
    run.config.update({"lr": 2}, allow_val_change=True)
    run.config.update(Hyper(lr=2))
    run.config.setdefaults({"lr": 5, "seed": 6})
    assert record_of(run.path, "config.json") == {"lr": 2, "layers": [1, 2], "seed": 6}


def test_C5_a_key_may_hold_a_dot(writing: Writing) -> None:
    run = writing.init(config={"model.depth": 1, "model": {"depth": 2}})
    assert record_of(run.path, "config.json") == {"model.depth": 1, "model": {"depth": 2}}


def test_None_is_a_value_like_any_other(writing: Writing) -> None:
    run = writing.init(config={"clip": None, "model": {"dropout": None}})
    run.config.seed = None
    written = {"clip": None, "model": {"dropout": None}, "seed": None}
    assert record_of(run.path, "config.json") == written
    run.summary["best/epoch"] = None
    assert record_of(run.path, "summary.json") == {"best/epoch": None}


def test_what_is_no_data_is_described(writing: Writing) -> None:
    class Thing:
        pass

    config = {"fn": np.mean, "cls": Path, "thing": Thing(), "big": np.zeros((40, 40)), "small": np.arange(2)}
    config |= {"dtype": np.dtype("float32")}
    run = writing.init(config={**config, 3: {4: np.float32(0.5)}})
    written = record_of(run.path, "config.json")
    assert written["fn"] == "numpy.mean"
    assert written["dtype"] == "float32"
    assert written["cls"] == "pathlib.Path"
    assert written["thing"].endswith("Thing")
    assert " at 0x" not in written["thing"]
    assert written["big"] == "array of shape (40, 40), float64"
    assert written["small"] == [0, 1]
    assert written["3"] == {"4": 0.5}


def test_a_config_can_be_copied_and_sent(writing: Writing) -> None:
    run = writing.init(config={"lr": 1})
    for twin in (copy.deepcopy(run.config), pickle.loads(pickle.dumps(run.config))):
        assert isinstance(twin, Config)
        twin.seed = 3
        assert twin.as_dict() == {"lr": 1, "seed": 3}
    assert run.config.as_dict() == {"lr": 1}


def test_choose_keys_without_a_choice_takes_all() -> None:
    assert choose_keys({"a": 1, "b": 2}) == {"a": 1, "b": 2}


def test_names_of_methods_can_be_keys(writing: Writing) -> None:
    run = writing.init(config={"items": 1, "update": 2})
    assert run.config["items"] == 1
    run.config["keys"] = 3
    assert record_of(run.path, "config.json") == {"items": 1, "update": 2, "keys": 3}
