"""``run.config``: the hyperparameters of a run, read by item or by attribute, guarded against silent changes.

``read_config`` takes what people keep their hyperparameters in: dictionaries, argparse and absl flags, dataclasses,
pydantic models, YAML and JSON files.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from logstore.errors import ConfigError
from logstore.format import decode, encode
from logstore.writing.values import plain_config

_DUMPERS = ("flag_values_dict", "model_dump", "to_dict", "_asdict")
"""Methods by which absl flags, pydantic models, Hugging Face configs and named tuples give a dictionary."""


def read_config(source: object) -> dict[str, Any]:
    """The hyperparameters in ``source``, as plain data.

    Args:
        source: A mapping, an ``argparse.Namespace``, absl flags, a dataclass, a pydantic model, anything with
            ``to_dict()``, the path of a YAML or JSON file, or None.

    Raises:
        ConfigError: It is none of these, or the file cannot be read.
    """
    if source is None:
        return {}
    if isinstance(source, Config):
        return source.as_dict()
    if isinstance(source, (str, os.PathLike)):
        return plain_config(_read_file(Path(source)))
    if dataclasses.is_dataclass(source) and not isinstance(source, type):
        return plain_config({field.name: getattr(source, field.name) for field in dataclasses.fields(source)})
    if isinstance(source, Mapping):
        return plain_config(source)
    for name in _DUMPERS:
        dump = None if isinstance(source, type) else getattr(source, name, None)
        if callable(dump):
            return read_config(dump())
    if type(source).__name__ in {"Namespace", "SimpleNamespace"}:
        return plain_config(vars(source))
    raise ConfigError(f"config takes a dictionary, a dataclass, parsed arguments or a file, not {_kind(source)}")


def choose_keys(
    config: dict[str, Any], include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
) -> dict[str, Any]:
    """``config`` with only the keys to ``include``, or without those to ``exclude``.

    Raises:
        ConfigError: Both are given.
    """
    if include is not None and exclude is not None:
        raise ConfigError("config_include_keys and config_exclude_keys exclude each other: give one of them")
    kept = set(config) if include is None else set(include)
    return {key: value for key, value in config.items() if key in kept - set(exclude or ())}


def _kind(source: object) -> str:
    return source.__name__ if isinstance(source, type) else f"a {type(source).__name__}"


def _read_file(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read the config file {path}: {error.strerror or error}") from error
    found = _parse_json(path, text) if path.suffix == ".json" else _parse_yaml(path, text)
    if not isinstance(found, Mapping):
        raise ConfigError(f"the config file {path} holds a {type(found).__name__}, not a dictionary")
    return {str(key): _unwrapped(value) for key, value in found.items() if key != "wandb_version"}


def _parse_json(path: Path, text: bytes) -> object:
    try:
        return decode(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"the config file {path} is no JSON: {error}") from error


def _parse_yaml(path: Path, text: bytes) -> object:
    try:
        import yaml
    except ModuleNotFoundError:
        raise ConfigError(f"reading {path} needs PyYAML: pip install pyyaml, or give the config as JSON") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        reason = str(error).replace("\n", " ")
        raise ConfigError(f"the config file {path} is no YAML: {reason}") from error


def _unwrapped(value: object) -> object:
    """The value in W&B's ``{"desc": ..., "value": ...}``, or ``value`` itself."""
    if isinstance(value, Mapping) and "value" in value and set(value) <= {"value", "desc"}:
        return value["value"]
    return value


class Config(Mapping[str, Any]):
    """Hyperparameters. ``config.lr`` and ``config["lr"]`` are the same; nested dictionaries stay plain.

    A value that was set can be changed only on purpose: ``config.update({...}, allow_val_change=True)``.
    """

    _values: dict[str, Any]
    _changed: Callable[[], None]
    _free: bool

    def __init__(self, values: dict[str, Any], changed: Callable[[], None], *, free: bool = False) -> None:
        """A config.

        Args:
            values: Its values, plain data.
            changed: Called after every change.
            free: Whether values may be changed without asking, as in a notebook.
        """
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_changed", changed)
        object.__setattr__(self, "_free", free)

    def update(self, other: object = None, allow_val_change: bool | None = None) -> None:
        """Adds the values in ``other``: whatever ``init(config=...)`` takes.

        Raises:
            ConfigError: One of them is set already, to something else, and ``allow_val_change`` is not True.
        """
        new = read_config(other)
        if not (self._free if allow_val_change is None else allow_val_change):
            self._refuse_changes(new)
        self._values.update(new)
        self._changed()

    def setdefaults(self, other: object) -> None:
        """Adds those values in ``other`` that are not set yet."""
        self._values.update({key: value for key, value in read_config(other).items() if key not in self._values})
        self._changed()

    def as_dict(self) -> dict[str, Any]:
        """A copy as a plain dictionary."""
        return dict(self._values)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, key: str) -> Any:
        try:
            return self._values[key]
        except KeyError:
            raise AttributeError(f"the config has no {key!r}{_hint(key, self._values)}") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __reduce__(self) -> tuple[Any, ...]:  # a copy, in this process or another, is a config of its own
        return Config, (self.as_dict(), _nothing)

    def __repr__(self) -> str:
        return f"Config({self._values!r})"

    def _refuse_changes(self, new: dict[str, Any]) -> None:
        for key in differing(self._values, new):
            if key in self._values:
                raise ConfigError(
                    f"config {key!r} is {self._values[key]!r} already, not {new[key]!r}; "
                    "pass allow_val_change=True to config.update() to change it"
                )


def _hint(key: str, known: Iterable[str]) -> str:
    if key.startswith("_"):
        return ""
    import difflib

    close = difflib.get_close_matches(key, known, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _nothing() -> None:
    return None


def differing(known: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys of ``new`` that ``known`` lacks, or has other values of; NaN is NaN."""
    return [key for key, value in new.items() if key not in known or not _same(known[key], value)]


def _same(one: object, other: object) -> bool:
    return one == other or encode(one) == encode(other)
