"""``tui.crash``: the traceback is in a file and the line says where."""

from __future__ import annotations

from pathlib import Path

from tui.crash import report


def _raised() -> ValueError:
    try:
        int("bad \x1b[31m value")
    except ValueError as error:
        return error
    raise AssertionError


def test_the_line_names_the_error_and_the_file(tmp_path: Path) -> None:
    line = report(_raised(), tmp_path / "state", 0.0)
    (written,) = (tmp_path / "state").iterdir()
    assert line.startswith("runwatch crashed: ValueError: invalid literal")
    assert line.endswith(f"\nThe traceback is in {written}")
    assert "\x1b" not in line
    assert "in _raised" in written.read_text()


def test_without_a_place_to_write_the_traceback_is_shown(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "in _raised" in report(_raised(), tmp_path / "file" / "state", 0.0)
