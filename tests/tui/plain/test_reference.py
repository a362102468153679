import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tui.commands.store_files import Writer
from tui.cli import COMMANDS, tui
from tui.plain import reference

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text("utf-8")


def test_the_page_says_what_the_commands_say(page: str) -> None:
    assert reference.renewed(page) == page, "bring it up to date: python -m tui.plain.reference docs/cli.md"


def test_the_page_has_every_command_in_the_order_of_the_help(page: str) -> None:
    assert reference.described(page) == list(COMMANDS)


def test_a_block_of_no_command_is_refused() -> None:
    with pytest.raises(KeyError, match="nope"):
        reference.renewed("<!-- help: tui nope -->\n<!-- end -->")


def test_a_page_is_renewed_in_place(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("before\n<!-- help: tui ls -->\nyesterday\n<!-- end -->\nafter\n")
    reference.main([str(file)])
    text = file.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "Usage: tui ls" in text
    assert "yesterday" not in text


TYPES: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "time": lambda value: isinstance(value, int | float) and value > 1e9,
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def types(page: str, kind: str) -> dict[str, str]:
    """The keys in the table whose first column is called ``kind``, with their types."""
    table = re.search(rf"\| {kind} \| type \| meaning \|\n\|---\|---\|---\|\n((?:\|.*\n)+)", page)
    assert table is not None, kind
    return dict(re.findall(r"^\| `(\w+)` \| (\w+\??) \|", table[1], re.MULTILINE))


def documented(page: str, kind: str) -> set[str]:
    """The keys in the table whose first column is called ``kind``."""
    return set(types(page, kind))


def misfits(page: str, kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """What in an answer is not of the type that is documented."""
    known = types(page, kind)
    return {
        key: value
        for key, value in found.items()
        if key in known
        if not (known[key].endswith("?") and value is None) and not TYPES[known[key].rstrip("?")](value)
    }


def keys_of_runs(found: Mapping[str, Any]) -> list[set[str]]:
    return [set(run) for run in found["runs"]]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    with pytest.raises(SystemExit):
        tui(list(arguments))
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def store(tmp_path: Path) -> str:
    writer = Writer(tmp_path)
    writer.run("a", [{"loss": 1.0}], {"lr": 1}, state="finished")
    writer.run("b", [{"loss": 2.0}], {"lr": 2}, state="finished")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("key", ["ls", "{store}", "--best", "loss", "--json"]),
        ("wait key", ["wait", "a", "b", "--dir", "{store}", "--json"]),
        ("diff key", ["diff", "a", "b", "--dir", "{store}", "--json"]),
        ("plot key", ["plot", "loss", "--dir", "{store}", "--json"]),
        ("export key", ["export", "-o", "{store}/../points.csv", "--dir", "{store}", "--json"]),
        ("gpu key", ["gpu", "--json", "--interval", "0.2"]),
        ("doctor key", ["doctor", "--dir", "{store}", "--json"]),
        ("demo key", ["demo", "--dir", "{store}", "--seconds", "1", "--json"]),
    ],
)
def test_answers_have_the_keys_that_are_documented(
    page: str, store: str, capsys: pytest.CaptureFixture[str], kind: str, arguments: list[str]
) -> None:
    found = answer(capsys, *(argument.format(store=store) for argument in arguments))
    assert set(found) == documented(page, kind)
    assert misfits(page, kind, found) == {}


def test_runs_have_the_keys_that_are_documented(page: str, store: str, capsys: pytest.CaptureFixture[str]) -> None:
    keys = documented(page, "run key") - {"best"}
    assert keys_of_runs(answer(capsys, "ls", store, "--json")) == [keys - {"values"}] * 2
    assert keys_of_runs(answer(capsys, "ls", store, "--json", "-c", "name")) == [keys - {"config", "summary"}] * 2
    best = answer(capsys, "ls", store, "--json", "-c", "name", "--best", "loss")["runs"]
    assert [set(run) for run in best] == [(keys | {"best"}) - {"config", "summary"}] * 2
    shown = answer(capsys, "show", "a", "--dir", store, "--json")
    assert set(shown) == (keys - {"values"}) | documented(page, "show key")
    for run in (*best, shown):
        assert misfits(page, "run key", run) == {}
    assert misfits(page, "show key", shown) == {}


def test_a_wrong_type_is_found(page: str) -> None:
    assert misfits(page, "run key", {"created": "yesterday", "step": True, "name": "x", "ended": None}) == {
        "created": "yesterday",
        "step": True,
    }


def test_what_is_said_of_a_run_has_the_types_that_are_documented_also_where_little_is_known(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "theirs.jsonl").write_text('{"loss": 1.0}\n')
    (run,) = answer(capsys, "ls", str(tmp_path), "--json")["runs"]
    assert run["foreign"]
    assert misfits(page, "run key", run) == {}
