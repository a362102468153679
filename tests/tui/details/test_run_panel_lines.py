"""``tui.details.run_panel_lines``: one run in few lines, the most telling first, nothing cut in half."""

from __future__ import annotations

import pytest

from tests.tui.store import NOW, THREE, Told, curve, model
from tui.curves import metrics_of
from tui.details.diff import ConfigDiff
from tui.details.run_panel_lines import Subject, panel_lines
from tui.show.spans import cells, plain

MODEL = model(*THREE)
OTTER, LYNX, MOLE = (MODEL.runs[told.key] for told in THREE)


def subject(*others: object) -> Subject:
    runs = [OTTER, *(run for run in (LYNX, MOLE) if run in others)]
    return Subject(OTTER, "series-1", metrics_of([OTTER]), ConfigDiff.of([run.config for run in runs]))


def text(lines: int, width: int = 70, *others: object) -> list[str]:
    return [plain(line).rstrip() for line in panel_lines(subject(*others), NOW, width, lines)]


def test_name_state_and_identity_come_first() -> None:
    lines = text(3)
    assert lines[0].startswith(" brave-otter ──")
    assert lines[1].startswith(" ● running  process 100 is alive · for 10m")
    assert "git 1f3a9c2d main" in lines[2]


def test_last_and_best_values_follow_the_most_telling_metrics_first() -> None:
    lines = text(12)
    head = next(place for place, line in enumerate(lines) if line.split() == ["last", "best"])
    assert [line.split()[0] for line in lines[head + 1 : head + 4]] == ["val/loss", "val/acc", "train/loss"]
    assert "min " in lines[head + 1]
    assert "max " in lines[head + 2]


def test_beside_others_the_keys_that_differ_are_told_with_what_the_others_have() -> None:
    lines = text(30, 70, LYNX, MOLE)
    head = next(place for place, line in enumerate(lines) if line.split()[:2] == ["differs", "in"])
    by_key = {line.split()[0]: line.split(None, 1)[1] for line in lines[head + 1 :]}
    assert by_key["lr"].split(None, 1) == ["3e-4", "1e-4"]
    assert by_key["model.depth"].split(None, 1) == ["12", "24"]
    assert "– missing" in by_key["optim.fused"]
    assert "model.width" not in by_key


def test_the_title_over_short_keys_is_not_cut() -> None:
    diff = ConfigDiff.of([{"lr": 1e-3}, {"lr": 1e-4}])
    lines = [plain(line).rstrip() for line in panel_lines(Subject(OTTER, "series-1", [], diff), NOW, 60, 30)]
    head = next(place for place, line in enumerate(lines) if line.split()[:2] == ["differs", "in"])
    assert lines[head].split() == ["differs", "in", "this", "run", "the", "others"]
    places = [lines[head].index(title) for title in ("this run", "the others")]
    assert places == [lines[head + 1].index(value) for value in ("0.001", "1e-4")]


def test_alone_the_whole_config_is_told() -> None:
    lines = text(30)
    assert " config" in lines
    assert any(line.split() == ["model.width", "768"] for line in lines)


def test_what_does_not_fit_is_counted() -> None:
    told = Told("many", {f"key{place}": place for place in range(40)}, {"loss": curve(2, 1)})
    run = model(told).runs[told.key]
    lines = panel_lines(Subject(run, "", ["loss"], ConfigDiff.of([run.config])), NOW, 60, 20)
    assert len(lines) == 20
    assert plain(lines[-1]).split()[:1] == ["and"]
    assert plain(lines[-1]).split()[-1] == "more"


@pytest.mark.parametrize("height", range(4, 16))
def test_no_title_stands_above_nothing(height: int) -> None:
    lines = text(height, 70, LYNX, MOLE)
    titles = [place for place, line in enumerate(lines) if line.split()[:2] in (["last", "best"], ["differs", "in"])]
    assert all(place + 1 < len(lines) and not lines[place + 1].startswith(" and ") for place in titles)


def test_a_run_that_failed_says_why() -> None:
    told = Told("broken", record={"state": "failed", "exit_code": 1, "error": "ValueError: no", "ended": NOW - 60})
    run = model(told).runs[told.key]
    lines = [plain(line) for line in panel_lines(Subject(run, "", [], ConfigDiff.of([{}])), NOW, 60, 20)]
    assert "✖ failed" in lines[1]
    assert "ValueError: no" in "".join(lines)


@pytest.mark.parametrize("width", [24, 40, 72, 100])
@pytest.mark.parametrize("height", [4, 7, 12, 40])
def test_every_line_has_exactly_the_width_and_none_is_too_many(width: int, height: int) -> None:
    lines = panel_lines(subject(LYNX, MOLE), NOW, width, height)
    assert len(lines) <= height
    assert {cells(line) for line in lines} == {width}
