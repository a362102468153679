"""Finding one run by what a person types."""

from __future__ import annotations

from pathlib import Path

import pytest

from logstore.errors import AmbiguousRunError, RunNotFoundError
from logstore.model.delta import RunDelta
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from logstore.model.select import find_run

ROOT = Path("/store")


def make(*names: tuple[str, str]) -> dict[str, Run]:
    runs = {}
    for key, name in names:
        runs[key] = Run(key, ROOT / key)
        runs[key].apply(RunDelta(key, ROOT / key, record=RunRecord(name=name)))
    return runs


RUNS = make(("demo/a1b2", "brisk-fox"), ("demo/a1c3", "calm-owl"), ("other/zz", "brisk-elk"), ("other/a1", "calm-owl"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("demo/a1b2", "demo/a1b2"),
        ("a1b2", "demo/a1b2"),
        ("brisk-fox", "demo/a1b2"),
        ("brisk-f", "demo/a1b2"),
        ("a1c", "demo/a1c3"),
        ("a1", "other/a1"),
        ("other/z", "other/zz"),
        ("/store/demo/a1b2", "demo/a1b2"),
        ("/store/demo/a1b2/", "demo/a1b2"),
        (" zz ", "other/zz"),
    ],
)
def test_a_run_is_found_by(text: str, key: str) -> None:
    assert find_run(RUNS, text, ROOT).key == key


def test_what_fits_several_runs_names_them() -> None:
    with pytest.raises(
        AmbiguousRunError, match=r"'calm-owl' fits 2 runs: demo/a1c3 \(calm-owl\), other/a1 \(calm-owl\)"
    ):
        find_run(RUNS, "calm-owl", ROOT)
    with pytest.raises(AmbiguousRunError, match="'brisk' fits 2 runs"):
        find_run(RUNS, "brisk", ROOT)
    many = make(*((f"p/run{number}", f"n{number}") for number in range(9)))
    with pytest.raises(AmbiguousRunError, match="and 4 more"):
        find_run(many, "run", ROOT)


def test_what_fits_none_says_what_was_perhaps_meant() -> None:
    with pytest.raises(
        RunNotFoundError, match=r"no run 'brisk-fix' among the 4 in /store; did you mean demo/a1b2 \(brisk-fox\)"
    ):
        find_run(RUNS, "brisk-fix", ROOT)
    with pytest.raises(RunNotFoundError, match="there are no runs in /store"):
        find_run({}, "x", ROOT)
    with pytest.raises(RunNotFoundError):
        find_run(RUNS, "", ROOT)


def test_a_name_with_blanks_around_it_is_found() -> None:
    """What was typed used to be trimmed first, and such a directory had no name."""
    runs = make(("demo/ x ", "one"))
    assert find_run(runs, "demo/ x ", ROOT).key == "demo/ x "
    assert find_run(runs, "  one ", ROOT).key == "demo/ x "
