"""The exit record: from an exit code, an exception of any kind, a signal."""

from __future__ import annotations

import pytest

from logstore.writing.outcomes import Outcome


class SilentError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("loss is nan"), "ValueError: loss is nan"),
        (ValueError(), "ValueError"),
        (SilentError(), "SilentError: <exception str() failed>"),
        (ValueError("a\udcffb"), "ValueError: a\\udcffb"),
        (OSError("401 for https://h/x?token=abc&n=1"), "OSError: 401 for https://h/x?token=***&n=1"),
        (KeyError("x" * 2000), "KeyError: '" + "x" * 989 + "…"),
    ],
)
def test_an_exception_is_told_with_its_text_and_without_secrets(error: Exception, told: str) -> None:
    """An exception whose text cannot be made once left the run without an exit record."""
    outcome = Outcome.of_exception(error)
    assert (outcome.state, outcome.exit_code, outcome.error) == ("failed", 1, told)


def gives_up(code: object) -> None:
    try:
        int("boom")
    except ValueError:
        raise SystemExit(code)  # noqa: B904  as programs do


def failing(code: object) -> SystemExit:
    """What a program raises that gives up because of an exception."""
    with pytest.raises(SystemExit) as caught:
        gives_up(code)
    return caught.value


def test_who_exits_because_of_an_exception_failed_with_that() -> None:
    assert Outcome.of_exception(failing(3)) == Outcome(
        "failed", 3, "ValueError: invalid literal for int() with base 10: 'boom'"
    )
    assert Outcome.of_exception(failing("no data")) == Outcome("failed", 1, "no data")
    assert Outcome.of_exception(failing(0)) == Outcome("finished", 0)
    assert Outcome.of_code(2, KeyboardInterrupt()) == Outcome("failed", 2)


@pytest.mark.parametrize(
    ("code", "state", "number", "text"),
    [
        (None, "finished", 0, None),
        (0, "finished", 0, None),
        (3, "failed", 3, None),
        ("no data", "failed", 1, "no data"),
    ],
)
def test_an_exit_code_is_what_python_makes_of_it(code: object, state: str, number: int, text: str | None) -> None:
    outcome = Outcome.of_exception(SystemExit(code))
    assert (outcome.state, outcome.exit_code, outcome.error) == (state, number, text)


def test_the_keyboard_is_a_signal() -> None:
    assert Outcome.of_exception(KeyboardInterrupt()).to_json() == {
        "state": "killed",
        "exit_code": None,
        "error": "KeyboardInterrupt",
        "signal": "SIGINT",
    }
