"""What a person may set in ``config.toml``: one frozen value, read once at the start.

The file is ``$XDG_CONFIG_HOME/runwatch/config.toml`` (``~/.config/runwatch/config.toml``). Every setting has a default,
a line of explanation here, and that line is what docs/settings.md shows. A wrong key or value is one clear error that
names it; nothing is guessed.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Any

from logstore.errors import LogstoreError
from logstore.model.fixed import fixed
from tui.health.thresholds import Thresholds


class SettingsError(LogstoreError):
    """``config.toml`` cannot be used; the message names the file, the key and what was expected."""


def _setting(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@fixed
class Settings:
    """The settings in force."""

    theme: str = _setting("runwatch-dark", "runwatch-dark, runwatch-light, runwatch-safe, or any theme of Textual's")
    fps: int = _setting(15, "frames a second sent to the terminal at most (1 to 60)")
    smoothing: float = _setting(0.6, "smoothing of the curves at the start (0 to 0.999)")
    charts_of: int = _setting(10, "runs drawn when none is marked: the first ones of the table (1 to 100)")
    gpu: bool = _setting(default=True, text="sample the GPUs and the host of this machine")
    interval: float = _setting(1.0, "seconds between samples of the GPUs and the host (0.2 to 60)")
    bell: bool = _setting(default=False, text="ring the terminal's bell at an alert")
    title: bool = _setting(default=True, text="have the terminal's title say which run is watched and how it does")
    low_bandwidth: bool = _setting(default=False, text="2 frames a second and no band of dots: for slow links")
    price_per_gpu_hour: float = _setting(0.0, "what a GPU-hour costs, for the column cost (0: not known)")
    memory_mb: int = _setting(512, "megabytes of points; beyond them the longest curves are thinned out (16 to 1e6)")
    keys: Mapping[str, str] = field(
        default_factory=dict, metadata={"help": 'other keys for bindings, by their id: "table.mark" = "m"'}
    )
    alerts: Thresholds = field(
        default_factory=Thresholds, metadata={"help": "the thresholds of alerts, a table: see docs/alerts.md"}
    )
    notify: Mapping[str, object] = field(
        default_factory=dict, metadata={"help": "where alerts are sent, a table: see docs/alerts.md"}
    )


_RANGES: Mapping[str, tuple[float, float]] = {
    "fps": (1, 60),
    "smoothing": (0, 0.999),
    "charts_of": (1, 100),
    "interval": (0.2, 60),
    "memory_mb": (16, 1e6),
    "price_per_gpu_hour": (0, 1e6),
}


def default_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where ``config.toml`` is looked for."""
    base = environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "runwatch" / "config.toml"


def load(path: Path) -> Settings:
    """The settings of the file ``path``; the defaults where there is no such file.

    Raises:
        SettingsError: the file cannot be read or parsed, or a key or a value is not one of ours.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML: {error}") from error
    return from_mapping(given, str(path))


def from_mapping(given: Mapping[str, Any], where: str) -> Settings:
    """The defaults, with what ``given`` says in their place.

    Raises:
        SettingsError: naming the key, after ``where``.
    """
    settings = Settings()
    known = {setting.name for setting in fields(Settings)}
    for key, value in given.items():
        if key not in known:
            raise SettingsError(f"{where}: there is no setting {key!r}; there are {', '.join(sorted(known))}")
        settings = replace(settings, **{key: _checked(key, value, getattr(settings, key), where)})
    return settings


def _checked(key: str, value: Any, default: Any, where: str) -> Any:
    if isinstance(default, Thresholds):
        if not isinstance(value, dict):
            raise SettingsError(f"{where}: {key} takes a table, not {value!r}")
        return Thresholds.from_mapping(value, f"{where}: [{key}]")
    if isinstance(default, Mapping):
        texts = key == "keys"
        if not isinstance(value, dict) or (texts and not all(isinstance(v, str) for v in value.values())):
            raise SettingsError(f"{where}: {key} takes a table{' of texts' if texts else ''}, not {value!r}")
        return dict(value)
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default):
        raise SettingsError(f"{where}: {key} takes {_kind(default)}, not {value!r}")
    low, high = _RANGES.get(key, (None, None))
    if low is not None and high is not None and not low <= value <= high:
        raise SettingsError(f"{where}: {key} is from {low:g} to {high:g}, not {value!r}")
    return value


def _kind(default: object) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[type(default)]
