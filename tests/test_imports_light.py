"""What ``import logstore`` and writing a run load into a training process, seen in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

WRITE = """
import logstore
with logstore.init(project="p", dir="runs", config={"lr": 1}) as run:
    run.log({"a": 1.5, "n": {"x": float("nan")}})
    run.define_metric("val/*", step_metric="epoch")
    run.log({"a": 1.5})
    run.alert("title")
    run.summary["best"] = 1
"""
REPORT = "\nimport json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
HEAVY = {"numpy", "psutil", "pynvml", "textual", "rich", "plotext", "click", "watchfiles", "tui", "collectors"}


def loaded(code: str, directory: Path) -> set[str]:
    """Top-level names of the modules that ``code`` loads beyond those of a bare interpreter."""
    found: list[set[str]] = []
    for each in ("", code):
        done = subprocess.run(
            [sys.executable, "-c", each + REPORT],
            cwd=directory,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd()), "LOGSTORE_SILENT": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(set(json.loads(done.stdout.splitlines()[-1])))
    return found[1] - found[0]


@pytest.mark.parametrize("code", ["import logstore", WRITE])
def test_writing_loads_the_standard_library_and_orjson(code: str, tmp_path: Path) -> None:
    names = loaded(code, tmp_path)
    assert names - sys.stdlib_module_names <= {"logstore", "orjson"}
    assert names.isdisjoint(HEAVY)


def test_the_import_alone_loads_next_to_nothing(tmp_path: Path) -> None:
    names = loaded("import logstore", tmp_path)
    assert names.isdisjoint({"orjson", "dataclasses", "typing", "re", "json", "pathlib", "subprocess", "asyncio"})


def test_reading_comes_when_it_is_asked_for(tmp_path: Path) -> None:
    assert "numpy" in loaded("import logstore; logstore.Store", tmp_path)
    assert "numpy" not in loaded("import logstore; logstore.RunWriter; logstore.LogstoreError", tmp_path)
