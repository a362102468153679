"""The terminal's own ways to call: its bell, and a desktop notification by OSC 9 or OSC 777. Pure bytes.

OSC 9 (iTerm2, WezTerm, kitty, Ghostty, ConEmu): ``ESC ] 9 ; text BEL``. OSC 777 (rxvt-unicode, foot, VTE):
``ESC ] 777 ; notify ; title ; body BEL``. Inside tmux they are wrapped in its pass-through (``allow-passthrough on``),
with every ESC doubled. A terminal that knows neither shows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.notify.message import Message
from tui.show.text import clean

BELL = b"\a"
LONGEST = 200
"""Characters of a notification."""

_OSC777 = ("rxvt", "foot")


def call(message: Message, *, bell: bool, style: str, environ: Mapping[str, str]) -> bytes:
    """What to write to the terminal for a message.

    Args:
        message: what to tell.
        bell: also ring.
        style: ``off``, ``osc9``, ``osc777``, or ``auto``: what the terminal is known to understand.
        environ: the environment, which names the terminal.
    """
    chosen = _known(environ) if style == "auto" else style
    match chosen:
        case "osc9":
            sequence = osc9(message.line)
        case "osc777":
            sequence = osc777(message.title, message.body)
        case _:
            sequence = b""
    return (BELL if bell else b"") + (_through_tmux(sequence) if sequence and environ.get("TMUX") else sequence)


def osc9(text: str) -> bytes:
    """A notification with one text. ConEmu takes a leading number as a command, so the text never begins with one."""
    line = _plain(text)
    return b"\x1b]9;" + (line if not line[:1].isdigit() else b" " + line) + BELL


def osc777(title: str, body: str) -> bytes:
    """A notification with a title, in which a semicolon would begin the body, and a body."""
    return b"\x1b]777;notify;" + _plain(title.replace(";", ",")) + b";" + _plain(body) + BELL


def _plain(text: str) -> bytes:
    return clean(text)[:LONGEST].encode("utf-8", "replace")


def _known(environ: Mapping[str, str]) -> str:
    if environ.get("TERM", "").startswith(_OSC777) or environ.get("VTE_VERSION"):
        return "osc777"
    return "off" if environ.get("TERM") in {None, "dumb", "linux"} else "osc9"


def _through_tmux(sequence: bytes) -> bytes:
    return b"\x1bPtmux;" + sequence.replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\"
