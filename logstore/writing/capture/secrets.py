"""Takes secrets out of what is recorded: command lines, addresses, errors, and the difference to the last commit.

What is masked:

* the value of an option or assignment whose name ends in one of ``SECRET_WORDS``: ``--hf-token x``, ``--api_key=x``,
  ``WANDB_API_KEY=x``; inside a longer text also ``"api_key": "x"`` and ``HF_TOKEN=x``, unless the name is only "key";
* user names and passwords in URLs, and the values of such names (and of signatures) in their queries;
* what follows ``Bearer`` and ``Basic`` in a header, and private keys in PEM;
* what looks like a token of a well-known service, wherever it stands.

Of the environment no variable is recorded. A config is what the user gave, and a console what the program printed:
both are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MASK = "***"

SECRET_WORDS = (
    "token",
    "key",
    "apikey",
    "password",
    "passwd",
    "pwd",
    "pass",
    "passphrase",
    "secret",
    "credential",
    "credentials",
    "auth",
    "bearer",
    "pat",
)

_NAME = rf"(?:[\w.-]*[_.-])?(?:{'|'.join(SECRET_WORDS)})"
_OPTION = re.compile(rf"--?{_NAME}", re.IGNORECASE)
_ASSIGNMENT = re.compile(rf"((?:--?|\+{{0,2}}){_NAME})=(.+)", re.IGNORECASE | re.DOTALL)
_TELLING = r"(?:[\w.-]*[_.-])?(?:token|apikey|password|passwd|passphrase|secret|credentials?)|[\w.-]+[_.-]key"
_INSIDE = re.compile(
    rf"""\b(?P<name>(?:{_TELLING})["'\]]*\s*[:=]\s*)(?:(?P<quote>["'])[^"']*(?P=quote)|[^\s"',;&}})]+)""", re.IGNORECASE
)
_HEADER = re.compile(r"\b(?P<kind>Bearer|Basic)\s+[\w.~+/=-]{3,}", re.IGNORECASE)
_URL_USER = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/\s]+@", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/@\s]*:[^/\s]+@", re.IGNORECASE)
_QUERY = re.compile(rf"(?P<name>[?&](?:{_NAME}|(?:[\w.-]*[_.-])?(?:sig|signature)))=[^&#\s]+", re.IGNORECASE)
_PEM = re.compile(r"-----BEGIN (?P<what>[A-Z ]*PRIVATE KEY)-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL)
_TOKENS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{16,}"
    r"|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,}|wandb_v1_\w{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)"
)


def mask_text(text: str) -> str:
    """``text`` without the user part of URLs, well-known tokens, and values that are named like secrets."""
    masked = _URL_USER.sub(rf"\g<scheme>{MASK}@", _tokens(text))
    masked = _HEADER.sub(rf"\g<kind> {MASK}", _QUERY.sub(rf"\g<name>={MASK}", masked))
    return _INSIDE.sub(_inside, masked)


def mask_patch(patch: bytes) -> bytes:
    """A patch without well-known tokens, private keys and passwords in URLs; all other bytes are as they were."""
    text = patch.decode("latin-1")
    return _URL_PASSWORD.sub(rf"\g<scheme>{MASK}@", _tokens(text)).encode("latin-1")


def _tokens(text: str) -> str:
    return _TOKENS.sub(MASK, _PEM.sub(rf"-----BEGIN \g<what>----- {MASK}", text))


def _inside(match: re.Match[str]) -> str:
    quote = match["quote"] or ""
    return f"{match['name']}{quote}{MASK}{quote}"


def mask_command(arguments: Sequence[str]) -> list[str]:
    """A command line with every secret replaced by ``***``."""
    masked: list[str] = []
    secret = False
    for argument in arguments:
        assigned = _ASSIGNMENT.fullmatch(argument)
        if secret and not argument.startswith("--"):
            masked.append(MASK)
        elif assigned:
            masked.append(f"{assigned[1]}={MASK}")
        else:
            masked.append(mask_text(argument))
        secret = not secret and _OPTION.fullmatch(argument) is not None
    return masked
