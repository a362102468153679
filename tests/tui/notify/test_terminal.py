"""``tui.notify.terminal``: the bytes of a call, with nothing in them that the caller did not mean."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.notify.messages import HOSTILE, change, message
from tui.notify.terminal import call, osc9, osc777

XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        (XTERM, b"\x1b]9;"),
        ({"TERM": "rxvt-unicode-256color"}, b"\x1b]777;"),
        ({"TERM": "foot"}, b"\x1b]777;"),
        ({**XTERM, "VTE_VERSION": "7600"}, b"\x1b]777;"),
    ],
)
def test_auto_knows_the_terminal(environ: dict[str, str], kind: bytes) -> None:
    assert call(message(), bell=False, style="auto", environ=environ).startswith(kind)


@pytest.mark.parametrize("environ", [{}, {"TERM": "dumb"}, {"TERM": "linux"}])
def test_a_terminal_that_shows_nothing_gets_nothing(environ: dict[str, str]) -> None:
    assert call(message(), bell=False, style="auto", environ=environ) == b""
    assert call(message(), bell=True, style="auto", environ=environ) == b"\a"


def test_off_is_off() -> None:
    assert call(message(), bell=False, style="off", environ=XTERM) == b""


def test_tmux_passes_it_through() -> None:
    sent = call(message(), bell=False, style="osc9", environ={**XTERM, "TMUX": "/tmp/tmux"})
    assert sent.startswith(b"\x1bPtmux;\x1b\x1b]9;")
    assert sent.endswith(b"\a\x1b\\")


def test_a_number_in_front_is_no_command_of_conemu() -> None:
    assert osc9("4;1;50") == b"\x1b]9; 4;1;50\a"


def test_a_semicolon_in_the_title_does_not_begin_the_body() -> None:
    assert osc777("a;b", "c;d") == b"\x1b]777;notify;a,b;c;d\a"


@given(st.text(max_size=60), st.sampled_from(["osc9", "osc777"]))
def test_no_name_ends_the_sequence_early(name: str, style: str) -> None:
    found = message(name + HOSTILE, change(title=name, evidence=HOSTILE))
    sent = call(found, bell=False, style=style, environ=XTERM).decode()
    assert re.fullmatch(r"\x1b\](9|777;notify);[^\x00-\x1f\x7f-\x9f]*\x07", sent), sent
