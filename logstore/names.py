"""Names of runs and projects: readable ones made up, random ids, and the check that a name can be a directory.

Ids and projects become directory names below the store, so they may not lead out of it (``check``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from logstore.errors import BadNameError

UNCATEGORIZED = "uncategorized"

ADJECTIVES = (
    "able agile amber ample apt azure bold brave bright brisk calm candid clear clever coral crisp curious daring "
    "deft eager early fair fleet fresh gentle glad golden grand hardy honest humble ideal jolly keen kind lively "
    "loyal lucid lunar mellow merry mild modest neat nimble noble olive patient placid plucky proud quick quiet "
    "rapid ready robust scarlet serene silver smart solar steady sunny witty"
).split()

ANIMALS = (
    "alpaca badger beaver bison bobcat condor cougar coyote crane cricket dolphin dove eagle egret falcon ferret "
    "finch fox gazelle gecko gibbon heron hornet ibex ibis jackal jaguar kestrel kiwi koala lark lemur leopard lion "
    "lizard llama lynx magpie marmot marten mole moose newt ocelot octopus orca oriole osprey otter owl panda "
    "pelican penguin puffin quail raven robin salmon seal sparrow stork swan tapir wombat"
).split()

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 8
_FORBIDDEN = frozenset("/\\#?%:")
_LONGEST = 128


def random_id() -> str:
    """Eight characters of ``[a-z0-9]``, from the operating system's randomness."""
    return _spell(int.from_bytes(os.urandom(16)))


def derived_id(*parts: str) -> str:
    """Eight characters of ``[a-z0-9]`` that follow from ``parts``: the same in every process that knows them."""
    import hashlib

    return _spell(int.from_bytes(hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()))


def _spell(number: int) -> str:
    digits = []
    for _ in range(_ID_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(digits)


def readable(run_id: str, number: int) -> str:
    """A name like ``brave-otter-7``: two words that follow from ``run_id``, and the number of the run."""
    choice = int.from_bytes(run_id.encode()) * 2654435761 >> 7
    adjective = ADJECTIVES[choice % len(ADJECTIVES)]
    animal = ANIMALS[choice // len(ADJECTIVES) % len(ANIMALS)]
    return f"{adjective}-{animal}-{number}"


def check(kind: str, name: str) -> str:
    """``name``, when it can be the name of a directory.

    Raises:
        BadNameError: It is empty or too long, is or hides a path, or holds characters that no name should.
    """
    reason = _fault(name)
    if reason is not None:
        raise BadNameError(f"{kind} {name[:80]!r} {reason}")
    return name


def _fault(name: str) -> str | None:
    if not name:
        return "is empty"
    bad = sorted(_FORBIDDEN.intersection(name))
    if bad:
        return f"must not contain {' '.join(bad)}"
    if name.startswith("."):
        return "must not begin with a dot"
    if not name.isprintable() or name != name.strip():
        return "must not contain control characters, nor begin or end with a space"
    if len(name.encode()) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    return None


def default_project(cwd: Path, script: str) -> str:
    """The project of a run that names none: the git repository's directory, else the script, else uncategorized.

    Args:
        cwd: Where the program runs. Only looked at, nothing is started.
        script: ``sys.argv[0]``.
    """
    for directory in (cwd, *cwd.parents):
        if (directory / ".git").exists():
            return _tamed(directory.name)
    stem = Path(script).stem if script not in {"", "-c", "-m", "-"} and Path(script).exists() else ""
    return _tamed(stem)


def _tamed(name: str) -> str:
    """``name`` without what ``check`` refuses, or ``uncategorized`` when nothing is left."""
    kept = "".join(char if char not in _FORBIDDEN and char.isprintable() else "-" for char in name)
    kept = kept.strip(" .").encode()[:_LONGEST].decode(errors="ignore").strip()
    return kept or UNCATEGORIZED


def program() -> str:
    """The script that runs, as ``sys.argv[0]`` has it; empty where there is none."""
    return sys.argv[0] if sys.argv else ""


def command_line() -> list[str]:
    """The command that started this program; in a process that multiprocessing started afresh, that of its parent."""
    given = sys.orig_argv
    if "-c" not in given or not any(each.startswith("from multiprocessing.") for each in given):
        return given
    spec = getattr(sys.modules.get("__mp_main__"), "__spec__", None)  # of a program that python -m started
    script = sys.argv if spec is None else ["-m", spec.name, *sys.argv[1:]]
    return [*given[: given.index("-c")], *script]


def is_child() -> bool:
    """Whether multiprocessing started this process, as it does the workers of a pool."""
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and processes.parent_process() is not None
