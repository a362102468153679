"""How to start a module of this package as a process of its own, from anywhere.

``python -m`` alone would put the current directory first on the import path, and that is a directory of the user's,
where a ``queue.py`` may lie; ``-P`` keeps it away. A package that is not installed but lies in a checkout is found
through PYTHONPATH instead.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
"""The directory that this package lies in."""


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs ``module`` with the interpreter we run in."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for such a process: ``base`` (None: ours), with the package made findable where it is not."""
    chosen = dict(os.environ if base is None else base)
    if str(HOME) not in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        chosen["PYTHONPATH"] = os.pathsep.join(filter(None, (str(HOME), chosen.get("PYTHONPATH"))))
    return chosen
