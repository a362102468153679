"""``tui.exporting``: a name becomes a file, whole, and never over another one by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.exporting import ExportError, Thing, target, write


def thing(content: bytes = b"<svg/>") -> Thing:
    return Thing("chart val/loss", "val/loss", {".svg": lambda: content, ".csv": lambda: b"a,b\n"})


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("val/loss", "val-loss.svg"),
        ("../../etc", "etc.svg"),
        ("\x1b[2J", "2J.svg"),
        ("", "export.svg"),
        ("日本", "日本.svg"),
    ],
)
def test_a_name_is_one_that_no_file_system_minds(stem: str, name: str) -> None:
    assert Thing("", stem, {".svg": bytes}).name == name


@pytest.mark.parametrize(
    ("text", "name"), [("a.svg", "a.svg"), ("a", "a.svg"), (" b.CSV ", "b.CSV"), ("v1.2/", "v1.2")]
)
def test_a_name_without_an_end_gets_the_best_form(tmp_path: Path, text: str, name: str) -> None:
    if text.endswith("/"):
        with pytest.raises(ExportError, match=r"\.2 is none of \.svg \.csv"):
            target(text, thing(), tmp_path)
    else:
        assert target(text, thing(), tmp_path) == tmp_path / name


def test_paths_from_home_and_absolute_ones_are_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert target("~/x.svg", thing(), Path("/elsewhere")) == tmp_path / "x.svg"
    assert target(f"{tmp_path}/x.svg", thing(), Path("/elsewhere")) == tmp_path / "x.svg"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  ", "say what"),
        ("a.pdf", r"\.pdf is none of"),
        ("no/such/a.svg", "there is no directory"),
        ("~nobody-such/a.svg", "."),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ExportError, match=says):
        target(text, thing(), tmp_path)


def test_a_file_is_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    said = write(thing(), tmp_path / "a.svg")
    assert said == f"{tmp_path / 'a.svg'} (6 B)"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.svg": b"<svg/>"}


def test_a_file_that_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("mine")
    with pytest.raises(FileExistsError, match=r"a\.svg is there already"):
        write(thing(), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text() == "mine"
    write(thing(), tmp_path / "a.svg", replace=True)
    assert (tmp_path / "a.svg").read_text() == "<svg/>"


def test_what_cannot_be_drawn_or_written_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise OSError("PNG needs Pillow")

    with pytest.raises(ExportError, match="PNG needs Pillow"):
        write(Thing("", "x", {".png": fail}), tmp_path / "x.png")
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="Not a directory"):
        write(thing(), tmp_path / "file" / "x.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
