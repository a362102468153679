"""The Python binding of NVML, judged by its files: nothing of it is imported, since that could already go wrong.

``import pynvml`` may find nvidia-ml-py, or an old binding that shadows it: the package ``pynvml`` up to 11.5 is a
directory of that name, which Python prefers to nvidia-ml-py's file, and ``nvidia-ml-py3`` overwrites that file.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata, util
from pathlib import Path

from tui.checks.finding import Finding

NEW_ENOUGH = "nvmlDeviceGetCurrentClocksEventReasons"
"""A function that bindings before 2023 do not have."""

_SECTION = "gpu"
_REPAIR = "pip uninstall -y pynvml nvidia-ml-py3 nvidia-ml-py && pip install nvidia-ml-py"


def locate() -> Path | None:
    """The file that ``import pynvml`` would load."""
    spec = util.find_spec("pynvml")
    return Path(spec.origin) if spec is not None and spec.origin else None


def check(
    find: Callable[[], Path | None] = locate, version_of: Callable[[str], str] = metadata.version
) -> list[Finding]:
    """Whether the binding that would be loaded is nvidia-ml-py, and a recent one."""
    found = find()
    if found is None:
        return [Finding(_SECTION, "NVML binding", "fail", "not installed", "pip install nvidia-ml-py")]
    if not _is_new(found):
        what = f"an old NVML binding shadows nvidia-ml-py: {found}"
        return [Finding(_SECTION, "NVML binding", "fail", what, _REPAIR)]
    version = _version("nvidia-ml-py", version_of)
    findings = [Finding(_SECTION, "NVML binding", "ok", f"nvidia-ml-py {version or '(version unknown)'}")]
    return [*findings, *_redirector(version_of)]


def _is_new(found: Path) -> bool:
    files = found.parent.glob("*.py") if found.name == "__init__.py" else [found]
    return any(NEW_ENOUGH in file.read_text("utf-8", "replace") for file in files)


def _redirector(version_of: Callable[[str], str]) -> list[Finding]:
    version = _version("pynvml", version_of)
    if version is None:
        return []
    what = f"the abandoned package pynvml {version} is installed too: it warns at every import of pynvml"
    return [Finding(_SECTION, "pynvml", "warn", what, "pip uninstall pynvml (nvidia-ml-py provides the module)")]


def _version(name: str, version_of: Callable[[str], str]) -> str | None:
    try:
        return version_of(name)
    except metadata.PackageNotFoundError:
        return None
