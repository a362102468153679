"""One thing that was looked at, how it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check; ``advice`` is there where something should be done."""

    section: str
    name: str
    status: Status
    what: str
    advice: str | None = None
