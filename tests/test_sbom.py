"""The bill of materials: every locked package with its hashes, and who needs whom."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "requirements" / "sbom.py"
LOCK = ROOT / "requirements" / "run.lock"


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    target = tmp_path_factory.mktemp("sbom") / "sbom.cdx.json"
    subprocess.run([sys.executable, SCRIPT, target], check=True, timeout=50)
    found = json.loads(target.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_it_is_a_cyclonedx_document(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(
        r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", bill["serialNumber"]
    )
    assert bill["metadata"]["component"]["name"] == "runwatch"


def test_every_locked_package_is_in_it_with_all_its_hashes(bill: dict[str, Any]) -> None:
    lock = LOCK.read_text("utf-8")
    components = {each["name"]: each for each in bill["components"]}
    assert len(bill["components"]) == len(re.findall(r"^[a-z0-9.-]+==", lock, re.MULTILINE))
    hashes = [each["content"] for part in bill["components"] for each in part["externalReferences"][0]["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert components["orjson"]["purl"] == f"pkg:pypi/orjson@{components['orjson']['version']}"
    assert all(each["licenses"] for each in components.values() if each["name"] in {"numpy", "textual", "click"})


def test_it_says_who_needs_whom(bill: dict[str, Any]) -> None:
    refs = {each["bom-ref"] for each in bill["components"]} | {"runwatch"}
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert needs.keys() == refs
    assert all(each in refs for below in needs.values() for each in below)
    assert any(each.startswith("pkg:pypi/textual@") for each in needs["runwatch"])
    textual = next(ref for ref in refs if ref.startswith("pkg:pypi/textual@"))
    assert any(each.startswith("pkg:pypi/rich@") for each in needs[textual])


def test_the_same_lock_gives_the_same_bytes(bill: dict[str, Any]) -> None:
    done = subprocess.run([sys.executable, SCRIPT], check=True, capture_output=True, text=True, timeout=50)
    assert json.loads(done.stdout) == bill


def test_every_dependency_is_locked_with_hashes() -> None:
    for name in ("run.lock", "dev.lock"):
        blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements" / name).read_text("utf-8").strip())
        for block in blocks:
            assert re.match(r"[a-z0-9.-]+==\S+", block), block
            assert "--hash=sha256:" in block, block
