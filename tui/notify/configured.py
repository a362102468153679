"""The tables of ``config.toml`` that a guard needs: all settings, and ``[notify]``, which only it sends by."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from tui import settings as settings_file
from tui.health.checked import AlertSettingsError
from tui.notify.destinations import Destinations
from tui.settings import Settings, SettingsError

TABLE = "notify"


def load(path: Path) -> tuple[Settings, Destinations]:
    """The settings of the file ``path`` and where alerts are sent; the defaults where there is no such file.

    Raises:
        SettingsError: the file cannot be read or parsed, or a key or a value is not one of ours.
        AlertSettingsError: the same of a table about alerts.
    """
    given = _read(path)
    table = given.pop(TABLE, {})
    if not isinstance(table, dict):
        raise AlertSettingsError(f"{path}: {TABLE} takes a table, not {table!r}")
    destinations = Destinations.from_mapping(table, f"{path}: [{TABLE}]")
    return settings_file.from_mapping(given, str(path)), destinations


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML: {error}") from error
