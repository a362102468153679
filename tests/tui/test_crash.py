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
    shown = report(_raised(), tmp_path / "file" / "state", 0.0)
    assert "in _raised" in shown
    assert "\x1b" not in shown


def test_a_file_that_is_printed_later_holds_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    """The text of an error may be a line of somebody's log, and its escape sequences stood in the report."""
    report(ValueError("\x1b]52;c;UFdORUQ=\x07\nnext"), tmp_path, 0.0)
    (written,) = tmp_path.iterdir()
    assert "\x1b" not in written.read_text()
    assert "␛]52;c;UFdORUQ=·" in written.read_text()
