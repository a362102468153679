"""``tui.notify.message``: one line, flat fields, nothing that a terminal would act on."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.notify.messages import HOSTILE, START, change, message
from tui.notify.message import compose

BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


def test_a_message_says_who_what_and_why() -> None:
    found = message()
    assert found.line == "⚠ otter: no step for 1m12s: GPU 2 at 0 %, 3 data workers at 3 % CPU: loader stuck"
    assert found.fields == {
        "what": "raised",
        "rule": "stall",
        "level": "WARN",
        "run": "otter",
        "key": "lab/otter",
        "project": "lab",
        "subject": "",
        "title": "no step for 1m12s",
        "evidence": "GPU 2 at 0 %, 3 data workers at 3 % CPU: loader stuck",
        "since": START,
        "seconds": 72.0,
        "host": "gpu01",
        "store": "/store",
    }


def test_the_end_says_how_long_it_took() -> None:
    assert message(step=change("cleared")).line == "✔ otter: cleared after 1m12s: no step for 1m12s"


def test_the_machine_speaks_under_its_name() -> None:
    found = compose(change(run=None, title="memory at 91 %", level="ERROR"), None, "gpu01", "/store")
    assert found.title == "✖ gpu01: memory at 91 %"
    assert found.fields["key"] is None


def test_a_run_that_is_gone_keeps_its_key() -> None:
    assert compose(change(), None, "gpu01", "/store").title.startswith("⚠ lab/otter: ")


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_that_is_sent_can_move_a_terminal(name: str, title: str) -> None:
    found = message(name, change(title=title, evidence=HOSTILE, subject=title))
    texts = [found.line, *(value for value in found.fields.values() if isinstance(value, str))]
    for char in {char for text in texts for char in text}:
        assert unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}, texts
        assert unicodedata.bidirectional(char) not in BIDI, texts
