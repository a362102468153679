"""What the soak makes of its notes."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import logstore
from benchmarks import soak


def test_the_second_and_the_last_quarter_are_compared() -> None:
    assert soak.quarters([9.0, 9.0, 1.0, 2.0, 5.0, 5.0, 3.0, 4.0]) == (2.0, 4.0)
    assert soak.quarters([1.0, 2.0, 3.0]) is None


def test_pictures_stand_below_each_other() -> None:
    one = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><title>a</title></svg>'
    root = ET.fromstring(soak.stacked([one, one, one], 10, 5))
    assert root.get("height") == "15"
    assert [child.get("y") for child in root] == ["0", "5", "10"]


def test_notes_become_a_table_and_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGSTORE_SILENT", "1")
    monkeypatch.setattr(soak, "FIGURES", ("memory_mb", "steady"))
    monkeypatch.setattr(soak, "PICTURED", ())
    with logstore.init("soak", dir=tmp_path, **soak.QUIET) as notes:
        for moment in range(16):
            notes.log({"seconds": moment, "memory_mb": float(moment), "steady": 1.0})
    assert "memory_mb" in soak.drawn(tmp_path, notes.id)
    head, *lines = soak.grown(tmp_path, notes.id)
    assert head.split() == ["median", "of", "2nd", "quarter", "last", "quarter"]
    assert [line.split() for line in lines] == [["memory_mb", "6", "14"], ["steady", "1", "1"]]
