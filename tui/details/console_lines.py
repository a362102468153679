"""What a log line looks like on the screen: without colours and rewritten parts, with its level told. Pure.

Programs write for a terminal: colour sequences, progress bars that return to the start of the line and write over it.
``printed`` leaves the text that would stand there in the end.
"""

from __future__ import annotations

import re

from tui.show.text import clean

# Control sequences, operating system commands and the two-byte escapes (ECMA-48): never shown, never obeyed.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_BAD = re.compile(r"(error|exception|\b(traceback|critical|fatal|nan|killed|out of memory))\b", re.IGNORECASE)
_WARN = re.compile(r"(warning|\b(warn|deprecated))\b", re.IGNORECASE)
TAB = 8


def printed(line: str) -> str:
    """``line`` as a terminal would show it in the end, with nothing a terminal would act on."""
    if line.isascii() and line.isprintable():
        return line
    text = _ESCAPES.sub("", line.rstrip("\r\n"))
    if "\r" in text:
        text = _overwritten(text)
    return clean(text.expandtabs(TAB))


def _overwritten(text: str) -> str:
    """What is left when each part between returns is written over the one before."""
    shown = ""
    for part in text.split("\r"):
        shown = part + shown[len(part) :]
    return shown


def level(line: str) -> str:
    """The role of a line: ``bad`` for errors, ``warn`` for warnings, else none."""
    head = line[:400]
    return "bad" if _BAD.search(head) else "warn" if _WARN.search(head) else ""
