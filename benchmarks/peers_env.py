"""The peers' own environment, ``build/peers``: made when it is first asked for, and never mixed with ours.

What cannot be installed is remembered there with the reason, and is not tried again until the folder is removed
(``make clean``): a benchmark on a machine without a package index says so in one line and goes on.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "benchmarks"
HOME = ROOT / "build" / "peers"
DISTRIBUTIONS = (
    *("wandb", "tensorboardX", "tensorboard", "trackio", "mlflow"),
    *("pandas", "polars", "duckdb", "textual-plotext", "textual-plot"),
)
"""What is installed, by its name in the package index."""
OFFLINE = {
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "WANDB_ERROR_REPORTING": "false",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    "LOGSTORE_SILENT": "1",
}
"""What keeps the peers from calling home, and all of them from talking."""
INSTALL_SECONDS = 900
_FAILED = "failed.json"
_VERSIONS = """
import json, sys
from importlib import metadata
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


def environ(home: Path) -> dict[str, str]:
    """What is set for whatever is measured: offline, silent, with a home of its own, and our packages at hand."""
    places = {f"XDG_{kind}_HOME": str(home / f".{kind.lower()}") for kind in ("CACHE", "CONFIG", "STATE", "DATA")}
    return {**OFFLINE, **places, "HOME": str(home), "PYTHONPATH": str(ROOT)}


def alone(script: str, home: Path) -> str:
    """A copy of a script in ``home``: beside the original, a repository would be captured with every run."""
    return str(shutil.copy(SCRIPTS / script, home / script))


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the peers are.

    Attributes:
        python: The interpreter that has them.
        versions: Of each distribution that is installed.
        missing: Why each of the others is not.
    """

    python: Path
    versions: Mapping[str, str]
    missing: Mapping[str, str]

    def __str__(self) -> str:
        """One line: what there is, and what there is not."""
        here = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        gone = "; ".join(f"{name} ({why})" for name, why in self.missing.items())
        return (here or "none") + (f"; not installed: {gone}" if gone else "")


def environment(
    say: Callable[[str], None], wanted: Sequence[str] = DISTRIBUTIONS, home: Path = HOME, python: str = sys.executable
) -> Environment:
    """The environment at ``home`` with as many of ``wanted`` as can be had; ``say`` is told what takes long."""
    inside = home / "bin" / "python"
    failed = _remembered(home)
    if not inside.exists() and (why := _made(home, python)):
        return Environment(inside, {}, dict.fromkeys(wanted, why))
    lacking = [name for name in wanted if name not in installed(inside, wanted) and name not in failed]
    if lacking:
        say(f"installing {', '.join(lacking)} into {home.name}, once")
        failed |= _install(inside, lacking)
        (home / _FAILED).write_text(json.dumps(failed, indent=1), "utf-8")
    versions = installed(inside, wanted)
    return Environment(inside, versions, {name: failed.get(name, "?") for name in wanted if name not in versions})


def _remembered(home: Path) -> dict[str, str]:
    """The reasons of earlier failures."""
    path = home / _FAILED
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def _made(home: Path, python: str) -> str:
    """Make an empty environment; why it could not be made, or nothing."""
    uv = shutil.which("uv")
    return _run([uv, "venv", "--quiet", "--python", python, str(home)] if uv else [python, "-m", "venv", str(home)])


def _install(inside: Path, names: Sequence[str]) -> dict[str, str]:
    """Install all of ``names`` together, else each for itself; why each that failed did."""
    uv = shutil.which("uv")
    pip = (
        [uv, "pip", "install", "--quiet", "--python", str(inside)]
        if uv
        else [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    )
    if not _run([*pip, *names]):
        return {}
    reasons = {name: _run([*pip, name]) for name in names}
    return {name: why for name, why in reasons.items() if why}


def _run(command: Sequence[str]) -> str:
    """Why ``command`` failed, in one line; nothing where it did not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"took longer than {INSTALL_SECONDS} s"
    except OSError as error:
        return str(error)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return (lines[-1] if lines else f"exit status {done.returncode}") if done.returncode else ""


def installed(inside: Path, wanted: Sequence[str]) -> dict[str, str]:
    """The versions of those of ``wanted`` that are installed."""
    done = subprocess.run([inside, "-c", _VERSIONS, *wanted], capture_output=True, text=True, timeout=60, check=True)
    return dict(json.loads(done.stdout))
