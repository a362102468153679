"""Fixtures for the tests of ``logstore``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from logstore.writing.session import session
from tests.logstore.written import Writing, clean_environment


@pytest.fixture
def writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writing]:
    """A store in a directory of its own; whatever run a test leaves open is finished after it."""
    kept = clean_environment()
    for name in set(os.environ) - set(kept):
        monkeypatch.delenv(name)
    home = tmp_path / "work"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("LOGSTORE_SILENT", "1")
    writing = Writing(home / "runs")
    yield writing
    writing.stop()
    session.finish_all()
