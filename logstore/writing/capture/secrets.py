"""Takes secrets out of what is recorded: command lines and addresses.

What is masked: the value of an option or assignment whose name ends in one of ``SECRET_WORDS`` (``--hf-token x``,
``--api_key=x``, ``WANDB_API_KEY=x``), user names and passwords in URLs, and what looks like a token of a well-known
service, wherever it stands. The environment is never recorded.
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
    "passphrase",
    "secret",
    "credential",
    "credentials",
)

_NAME = rf"(?:[\w.-]*[_.-])?(?:{'|'.join(SECRET_WORDS)})"
_OPTION = re.compile(rf"--?{_NAME}", re.IGNORECASE)
_ASSIGNMENT = re.compile(rf"((?:--?|\+{{0,2}}){_NAME})=(.+)", re.IGNORECASE | re.DOTALL)
_URL_USER = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/@\s]+@", re.IGNORECASE)
_TOKENS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{16,}"
    r"|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,}|wandb_v1_\w{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)"
)


def mask_text(text: str) -> str:
    """``text`` without the user part of URLs and without well-known tokens."""
    return _TOKENS.sub(MASK, _URL_USER.sub(rf"\g<scheme>{MASK}@", text))


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
