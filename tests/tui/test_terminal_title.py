"""``tui.terminal_title``: the run and its loss, harmless, seldom, and given back."""

from __future__ import annotations

import pytest

from tests.tui.store import Told, model
from tui.terminal_title import POP, PUSH, SPACING, TerminalTitle, describe, sequence


def test_a_run_is_told_with_its_main_metric() -> None:
    told = Told("otter", metrics={"train/lr": [0.1], "val/loss": [3.0, 2.05]})
    assert describe(model(told).runs[told.key]) == "otter  val/loss 2.050"


def test_a_run_without_metrics_is_its_name() -> None:
    told = Told("otter")
    assert describe(model(told).runs[told.key]) == "otter"


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\x07b", "a\nb", "a\x9c\x9d0;evil\x9cb", "\u202egnp.exe"])
def test_nothing_in_a_name_ends_the_title_early(text: str) -> None:
    written = sequence(text)
    assert written.startswith("\x1b]2;")
    assert written.endswith("\a")
    assert written[4:-1].isprintable()


def test_the_title_before_is_kept_and_given_back() -> None:
    written: list[str] = []
    title = TerminalTitle(written.append)
    title.show("otter", 0.0)
    title.show("otter", 100.0)
    title.give_back()
    title.give_back()
    assert written == [PUSH + sequence("otter"), POP]


def test_titles_do_not_follow_one_another_too_closely() -> None:
    written: list[str] = []
    title = TerminalTitle(written.append)
    title.show("one", 0.0)
    title.show("two", SPACING / 2)
    assert len(written) == 1
    title.show("three", SPACING + 0.1)
    assert written[-1] == sequence("three")


def test_a_title_that_is_off_writes_nothing() -> None:
    title = TerminalTitle(None)
    title.show("otter", 0.0)
    title.give_back()
