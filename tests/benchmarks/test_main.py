"""The whole command, with a section that is measured in no time."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.machine import machine
from benchmarks.row import Row
from benchmarks.section import Measured


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, bool]]:
    """Every section gives one row without being run; what was asked of each."""
    asked: list[tuple[str, float, bool]] = []

    def measure(name: str, budget: float, tell: Callable[[Row], None], *, quick: bool) -> Measured:
        asked.append((name, budget, quick))
        row = Row(f"{name} of something", 1.0, "ms", target="< 2 ms")
        tell(row)
        return Measured([row], 1.0, 0.0)

    monkeypatch.setattr(bench, "measure", measure)
    monkeypatch.setattr(bench, "PATIENCE", 0.0)
    return asked


def test_a_whole_table_takes_less_than_ten_minutes(at_once: list[tuple[str, float, bool]]) -> None:
    assert sum(section.seconds for section in (*bench.SECTIONS, bench.PEERS)) <= 592
    assert sum(section.quick for section in bench.SECTIONS) <= 59
    assert bench.main([]) == 0
    assert [name for name, _, _ in at_once] == [section.name for section in bench.SECTIONS]


def test_sections_are_chosen_by_name(
    at_once: list[tuple[str, float, bool]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.main(["writing", "table", "--quick"]) == 0
    assert [(name, quick) for name, _, quick in at_once] == [("writing", True), ("table", True)]
    said = capsys.readouterr()
    assert "2 of 2 targets met." in said.out
    assert "writing of something" in said.err


def test_a_name_that_is_none_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["writting"])
    assert "no benchmark writting; there are writing, reading" in capsys.readouterr().err


def test_json_is_all_that_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["writing", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said["sections"]) == ["writing"]
    assert said["machine"] == machine()["machine"]


def test_results_go_into_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Costs\n<!-- results -->\n<!-- end of results -->\nby hand\n")
    assert bench.main(["writing", "--write", str(page)]) == 0
    assert "| writing of something | 1 ms |" in page.read_text()
    assert page.read_text().endswith("by hand\n")


def test_the_documentation_has_a_place_for_results() -> None:
    root = Path(bench.__file__).parents[1]
    for page in ("benchmarks.md", "scale.md"):
        assert "<!-- results -->" in (root / "docs" / page).read_text("utf-8")


def test_nobody_learns_whose_machine_it_is() -> None:
    said = " ".join(machine().values())
    assert os.uname().nodename not in re.findall(r"[\w.-]+", said)
    assert str(Path.cwd()) not in said


def test_slowness_is_no_failure_and_an_error_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for trouble, status in (("cut off: its time was up", 0), ("failed with status 1: no disk", 1)):
        monkeypatch.setattr(bench, "measure", lambda *_, trouble=trouble, **__: Measured([], 1.0, 0.0, trouble))
        assert bench.main(["writing"]) == status
