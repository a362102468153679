"""The installed packages, as a requirements file."""

from __future__ import annotations

from importlib import metadata


def read_requirements() -> bytes:
    """``name==version`` of every installed distribution, sorted, one a line."""
    found = set()
    for distribution in metadata.distributions():
        name, version = distribution.metadata["Name"], distribution.version
        if name:
            found.add(f"{name}=={version}")
    return "".join(f"{line}\n" for line in sorted(found, key=str.lower)).encode()
