"""A section's process: its rows come as they are measured, and it ends when its time is up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks import section
from benchmarks.row import Row
from benchmarks.section import Budgets, Measured, Section, lines

TALKS = "import sys, time\nfor n in range(3): print(n, flush=True)\n"
WAITS = TALKS + "time.sleep(60)\n"


def _started(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)


def test_all_lines_come() -> None:
    with _started(TALKS) as child:
        assert list(lines(child, 30.0)) == [b"0", b"1", b"2"]


def test_lines_come_before_the_end() -> None:
    with _started(WAITS) as child:
        said = lines(child, 30.0)
        assert [next(said) for _ in range(3)] == [b"0", b"1", b"2"]
        assert child.poll() is None
        child.kill()


def test_nobody_waits_for_longer_than_the_budget() -> None:
    with _started("import time; time.sleep(60)") as child:
        assert list(lines(child, 0.1)) == []
        child.kill()


def test_a_note_says_what_went_wrong() -> None:
    assert "failed with status 1" in Measured([], 1.0, 0.5, "failed with status 1: no disk").note
    assert "others used 0.5" in Measured([], 1.0, 0.5).note


def test_time_that_is_left_goes_to_the_next_and_no_section_takes_that_of_others() -> None:
    budgets = Budgets([Section("a", 10, 1), Section("b", 20, 2), Section("c", 30, 3)], quick=False, begun=100.0)
    assert budgets.next(100.0) == 10
    assert budgets.next(104.0) == 26
    assert budgets.next(130.0) == 30


def test_quick_sections_have_their_own_time() -> None:
    assert Budgets([Section("a", 10, 1)], quick=True, begun=0.0).next(0.0) == 1


def test_a_section_prints_its_rows_and_nothing_else() -> None:
    code = (
        "import os, sys\n"
        "from benchmarks import section, writing\n"
        "from benchmarks.row import Row\n"
        "def rows(quick):\n"
        "    print('chatter'); os.write(1, b'more chatter\\n')\n"
        "    yield Row('a figure', 2.0, 'ms')\n"
        "writing.rows = rows\n"
        "section.main('writing', quick=True)\n"
    )
    root = Path(section.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=50
    )
    assert [Row(**json.loads(line)) for line in done.stdout.splitlines()] == [Row("a figure", 2.0, "ms")]
    assert "chatter" in done.stderr
