"""Writes the bill of materials: ``python requirements/sbom.py sbom.cdx.json`` (``make sbom``). CycloneDX 1.6 as JSON.

What is locked in ``run.lock``, with the hashes that pip checks; licences and dependencies from the metadata of what is
installed. The same lock and metadata give the same bytes. https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

LOCK = Path(__file__).with_name("run.lock")
US = "runwatch"

_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Json = dict[str, object]


@dataclass(frozen=True)
class Pinned:
    """One version of a package; some packages have another one for newer Pythons."""

    name: str
    version: str
    marker: str | None
    """For which Pythons."""
    hashes: tuple[str, ...]

    @property
    def ref(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(text: str) -> list[Pinned]:
    """What a lock file pins."""
    found: list[Pinned] = []
    for line in text.splitlines():
        pinned, hashes = _PINNED.match(line), _HASH.findall(line)
        if pinned:
            found.append(Pinned(normal(pinned[1]), pinned[2], pinned[3], ()))
        elif hashes:
            found[-1] = replace(found[-1], hashes=(*found[-1].hashes, *hashes))
    return found


def normal(name: str) -> str:
    """A package's name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bill(lock: Sequence[Pinned], version: str) -> Json:
    """The whole document."""
    refs: dict[str, list[str]] = {}
    for each in lock:
        refs.setdefault(each.name, []).append(each.ref)
    needs = {each.ref: _needs(each.name) for each in lock}
    body: Json = {
        "metadata": {"component": {"type": "application", "bom-ref": US, "name": US, "version": version}},
        "components": [_component(each) for each in sorted(lock, key=lambda each: each.ref)],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(below for name in names for below in refs.get(name, ()))}
            for ref, names in [(US, _needs(US)), *sorted(needs.items())]
        ],
    }
    serial = uuid5(NAMESPACE_URL, json.dumps(body, sort_keys=True))
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
    }
    return {**head, "serialNumber": f"urn:uuid:{serial}", "version": 1, **body}


def _component(each: Pinned) -> Json:
    archives = {
        "type": "distribution",
        "url": each.ref,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in each.hashes],
    }
    known: Json = {
        "type": "library",
        "bom-ref": each.ref,
        "name": each.name,
        "version": each.version,
        "purl": each.ref,
        "externalReferences": [archives],
    }
    licences = list(_licences(each.name))
    marker = {"properties": [{"name": "python:marker", "value": each.marker}]} if each.marker else {}
    return known | ({"licenses": licences} if licences else {}) | marker


def _licences(name: str) -> Iterator[Json]:
    """The licence as the package's own metadata tells it; nothing where it is not installed or does not say."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return
    for expression in told.get_all("License-Expression", []):
        yield {"expression": expression}
        return
    names = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier", []) if each.startswith("License :: ")]
    for each in names:
        yield {"license": {"name": each}}


def _needs(name: str) -> set[str]:
    """What a package asks for without extras."""
    try:
        asked = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return set()
    plain = [each for each in asked if "extra ==" not in each]
    return {normal(match[0]) for each in plain if (match := _NAME.match(each))}


def main(arguments: Sequence[str]) -> None:
    """Writes the bill to the file that is named, or prints it."""
    text = json.dumps(bill(locked(LOCK.read_text("utf-8")), metadata.version(US)), indent=2) + "\n"
    if arguments:
        Path(arguments[0]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
