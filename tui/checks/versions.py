"""What is installed: Python, Runwatch and the libraries it stands on."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib import metadata

from tui.checks.finding import Finding

LIBRARIES = ("textual", "plotext", "numpy", "orjson", "psutil", "watchfiles", "click", "nvidia-ml-py")

_SECTION = "versions"
_NEEDED = {"textual": 8, "plotext": 6}


def check(version_of: Callable[[str], str] = metadata.version) -> list[Finding]:
    """One finding for each library, and one for Python and Runwatch."""
    return [_python(version_of), *(_library(name, version_of) for name in LIBRARIES)]


def _python(version_of: Callable[[str], str]) -> Finding:
    try:
        own = version_of("runwatch")
    except metadata.PackageNotFoundError:
        own = "not installed (a checkout)"
    return Finding(_SECTION, "runwatch", "ok", f"{own}, Python {platform.python_version()}")


def _library(name: str, version_of: Callable[[str], str]) -> Finding:
    try:
        version = version_of(name)
    except metadata.PackageNotFoundError:
        return Finding(_SECTION, name, "fail", "not installed", f"pip install {name}")
    needed = _NEEDED.get(name)
    major = version.partition(".")[0]
    if needed is not None and major.isdecimal() and int(major) != needed:
        return Finding(_SECTION, name, "fail", version, f"pip install '{name}=={needed}.*'")
    return Finding(_SECTION, name, "ok", version)
