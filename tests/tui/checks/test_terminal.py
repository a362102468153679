import pytest

from tui.checks.finding import Finding
from tui.checks.terminal import Terminal, check

GOOD = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def findings(
    environ: dict[str, str], size: tuple[int, int] = (160, 45), encoding: str = "utf-8", *, is_terminal: bool = True
) -> dict[str, Finding]:
    return {each.name: each for each in check(Terminal(is_terminal, size, encoding, environ))}


def test_a_good_terminal_has_nothing_to_mend() -> None:
    found = findings(GOOD)
    assert {each.status for each in found.values()} == {"ok"}
    assert all(each.advice is None for each in found.values())
    assert found["size"].what == "160 columns, 45 rows"
    assert "16 million" in found["colours"].what


def test_no_terminal_is_fine_and_is_said() -> None:
    found = findings({}, is_terminal=False)
    assert list(found) == ["output", "characters"]
    assert found["output"].status == "ok"


@pytest.mark.parametrize("term", [{}, {"TERM": ""}, {"TERM": "dumb"}])
def test_a_terminal_without_a_kind_fails_with_what_to_export(term: dict[str, str]) -> None:
    found = findings(term)["TERM"]
    assert found.status == "fail"
    assert "export TERM=" in (found.advice or "")


@pytest.mark.parametrize(
    ("environ", "status", "word"),
    [
        (GOOD, "ok", "16 million"),
        ({"TERM": "screen-256color"}, "ok", "256"),
        ({"TERM": "vt100"}, "warn", "16 or fewer"),
        ({**GOOD, "NO_COLOR": "1"}, "ok", "off"),
        ({**GOOD, "NO_COLOR": ""}, "ok", "16 million"),
    ],
)
def test_colours(environ: dict[str, str], status: str, word: str) -> None:
    found = findings(environ)["colours"]
    assert found.status == status
    assert word in found.what


@pytest.mark.parametrize(("size", "status"), [((80, 24), "ok"), ((79, 24), "warn"), ((80, 23), "warn")])
def test_80x24_is_the_smallest_good_size(size: tuple[int, int], status: str) -> None:
    assert findings(GOOD, size)["size"].status == status


@pytest.mark.parametrize(
    ("encoding", "status"), [("utf-8", "ok"), ("UTF_8", "ok"), ("ascii", "fail"), ("", "fail"), ("iso8859-1", "fail")]
)
def test_charts_need_unicode(encoding: str, status: str) -> None:
    assert findings(GOOD, encoding=encoding)["characters"].status == status
    assert findings(GOOD, encoding=encoding, is_terminal=False)["characters"].status == status


def test_what_stands_between_is_named() -> None:
    found = findings({**GOOD, "TMUX": "/tmp/tmux,1,0", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"})
    assert found["multiplexer"].what.startswith("tmux")
    assert "ssh" in found["connection"].what
    assert findings({**GOOD, "STY": "1.pts"})["multiplexer"].what.startswith("screen")
