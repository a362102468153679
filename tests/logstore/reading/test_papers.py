"""The documents of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from logstore.reading.discovery import Found
from logstore.reading.draft import Draft
from logstore.reading.papers import FOREIGN_CONFIGS, Papers, unwrap


def refresh(papers: Papers) -> Draft:
    draft = Draft()
    papers.refresh(draft)
    return draft


def test_each_document_is_news_once(tmp_path: Path) -> None:
    for name, text in (("run", '{"name":"fox"}'), ("config", '{"lr":1}'), ("summary", '{"best":2}')):
        (tmp_path / f"{name}.json").write_text(text)
    papers = Papers(Found("demo/a", str(tmp_path)))
    draft = refresh(papers)
    assert draft.record is not None
    assert (draft.record.name, draft.config, draft.manual_summary) == ("fox", {"lr": 1}, {"best": 2})
    assert not refresh(papers)
    (tmp_path / "summary.json").unlink()
    assert refresh(papers).manual_summary == {}


@pytest.mark.parametrize("name", FOREIGN_CONFIGS)
def test_the_config_of_a_foreign_run_is_found_beside_it_also_later(tmp_path: Path, name: str) -> None:
    papers = Papers(Found("log", str(tmp_path / "log.jsonl"), is_file=True))
    assert not refresh(papers)
    (tmp_path / name).write_text('{"lr": 1}')
    assert refresh(papers).config == {"lr": 1}
    assert set(papers.looks()) == {name}


def test_a_foreign_run_has_no_record(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"name":"not mine"}')
    assert refresh(Papers(Found("log", str(tmp_path / "log.jsonl"), is_file=True))).record is None


def test_what_is_wrong_is_said_and_what_was_known_stays(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"name":"fox"}')
    papers = Papers(Found("demo/a", str(tmp_path)))
    refresh(papers)
    (tmp_path / "run.json").write_text("{")
    (tmp_path / "config.json").write_text("")
    refresh(papers)
    assert papers.problems() == ["run.json: is not valid JSON", "config.json: is empty"]
    assert papers.record is not None
    assert papers.record.name == "fox"


def test_the_wrapping_of_wandb_is_taken_off() -> None:
    wrapped = {"lr": {"desc": None, "value": 0.1}, "model": {"value": {"depth": 2}}, "wandb_version": 1}
    assert unwrap(wrapped) == {"lr": 0.1, "model": {"depth": 2}}
    for plain in ({"lr": 0.1}, {"a": {"value": 1}, "b": 2}, {}):
        assert unwrap(plain) == plain
