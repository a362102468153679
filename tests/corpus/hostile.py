"""Hostile texts, a store that has them in every place a file can put text, and the judges of what comes out.

The payloads are harmless: what they would set off in a naive program is visible (a title, a bell) and names itself
``PWNED`` where it can.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

NOW = 1_790_000_000.0
MARK = "PWNED"

PAYLOADS: Mapping[str, str] = {
    "escape: clear the screen": "a\x1b[2J\x1b[Hb",
    "escape: colour that stays": "a\x1b[31;5;7mb",
    "escape: cursor up and overwrite": "a\x1b[5A\x1b[1KPWNED",
    "escape: window title": "a\x1b]0;PWNED\x07b",
    "escape: title by string terminator": "a\x1b]2;PWNED\x1b\\b",
    "escape: clipboard (OSC 52)": "a\x1b]52;c;UFdORUQ=\x07b",
    "escape: link (OSC 8)": "a\x1b]8;;http://PWNED/\x1b\\click\x1b]8;;\x1b\\b",
    "escape: notification (OSC 9, 777)": "a\x1b]9;PWNED\x07\x1b]777;notify;PWNED;x\x07b",
    "escape: report status (DECRQSS)": "a\x1bP$q\x0d\x0aPWNED\x0d\x0a\x1b\\b",
    "escape: report title": "a\x1b[21t\x1b[6n\x1b[cb",
    "escape: alternative screen": "a\x1b[?1049h\x1b[?1000hb",
    "escape: character set": "a\x1b(0\x0elqqk",
    "escape: reset": "a\x1bcb",
    "escape: torn": "a\x1b[",
    "escape: alone": "\x1b",
    "escape: paste ends": "a\x1b[201~PWNED",
    "tmux passthrough": "a\x1bPtmux;\x1b\x1b]52;c;UFdORUQ=\x07\x1b\\b",
    "C1 controls": "a\x9b2J\x9d0;PWNED\x9c\x90q\x9cb\x84\x85\x8d",
    "C0 controls": "a\x07\x08\x0b\x0c\x0e\x0f\x10\x13\x18\x1a\x7fb",
    "newlines and returns": "first\nsecond\r\nthird\rfourth\x0b\x0c\x85\u2028\u2029end",
    "NUL": "a\x00b",
    "tabs": "a\tb\t\tc",
    "backspaces": "good\x08\x08\x08\x08PWNED",
    "bidi override": "a\u202eDENWP\u202cb\u2066c\u2069\u200f\u200e\u061c",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "soft hyphen and fillers": "a\xadb\u115f\u1160\u3164\uffa0c\u180e",
    "tag characters": "a\U000e0050\U000e0057\U000e004e\U000e0001b",
    "variation selectors": "a\ufe0f\u2764\ufe0fb\U000e0100",
    "combining marks": "\u0301\u0302a" + "\u0300\u0489" * 20 + "b",
    "wide characters": "損失関数의값",
    "emoji sequences": "👩\u200d👩\u200d👧🏳️\u200d🌈👍🏽🇩🇪e\u0301",
    "ambiguous width": "±×÷°αβγ│─█★①Ⅷ…–",
    "private use and unassigned": "a\ue000\uf8ff\U0010fffd\U000e0fff\u0378b",
    "non-characters": "a\ufffe\uffff\ufdd0b",
    "lone surrogates": "a\ud800b\udfff\udcffc",
    "Rich markup": "[bold red]PWNED[/bold red][link=http://x]y[/]",
    "Rich markup, broken": "[/][[[/nothing][bold",
    "Textual markup": "[@click=app.quit]PWNED[/][$error]x[/]",
    "Textual action": "[@click=app.bell()]x[/] $primary {count}",
    "markup escaped": r"\[bold]x\[/] \\[red]",
    "emoji code": ":skull: :warning:",
    "formula": "=cmd|' /C calc'!A0",
    "formula: plus": '+1+HYPERLINK("http://PWNED")',
    "formula: minus": "-2+3+cmd",
    "formula: at": "@SUM(1+9)*cmd|' /C calc'!A0",
    "formula behind a tab": "\t=1+1",
    "formula behind a return": "\r=1+1",
    "formula behind blanks": "  =1+1",
    "CSV": 'a",b\n=1+1,"c;d',
    "XML": '</title><script>alert("PWNED")</script><svg onload="alert(1)"/>&amp;&#x1b;]]>',
    "XML attribute": '" onload="alert(1)" x=\'',
    "Slack": "<!channel> <http://PWNED|click> & <@U1>",
    "shell": "$(touch PWNED); `touch PWNED` | touch PWNED & \"'\n touch PWNED",
    "format": "{0} {} %s %n %(x)s {self.__class__}",
    "path": "../../../../etc/passwd",
    "path absolute": "/etc/passwd",
    "option": "--help",
    "empty": "",
    "blank": "   ",
    "very long": "PWNED" * 60,
    "very long and wide": "損" * 300,
    "no colour, please": "%C3%28 \\u001b[31m \\x1b[31m ^[[31m",
}
"""What each is for, and the text itself. No real harm in any of them."""

LEGAL_NAMES = {
    what: os.fsdecode(text.encode("utf-8", "surrogatepass").replace(b"/", b"_")[:200])
    for what, text in PAYLOADS.items()
    if text.strip() and not text.startswith(".") and "\x00" not in text
}
"""The payloads that can be names of files in a store, as ``os.listdir`` gives them."""


Say = Callable[[], str]
"""What stands in the next place."""


def everywhere(text: str) -> Say:
    """The same text in all places."""
    return lambda: text


def in_turn(start: int) -> Say:
    """Every payload in some place, from the one at ``start`` on."""
    texts = list(PAYLOADS.values())
    return cycle([*texts[start:], *texts[:start]]).__next__


def write_run(root: Path, number: int, say: Say, project: str = "demo") -> Path:
    """Writes a run that says something wherever a run can; its directory."""
    path = root / project / f"run{number}"
    (path / "files").mkdir(parents=True)
    for name, document in documents(number, say).items():
        (path / name).write_text(json.dumps(document))
    (path / "metrics.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows(say)))
    (path / "events.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in events(say)))
    (path / "system.gpu01.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in samples(say)))
    lines = [say().encode("utf-8", "surrogatepass") for _ in range(60)]
    (path / "console.log").write_bytes(b"\n".join([b"before", *lines, b"Traceback", b"\xff\xfe\x80" + lines[0], b""]))
    times = [(1, NOW - 60, 0), (say(), say(), say()), (2, NOW - 30, len("before\n"))]
    index = [dict(zip(("_step", "_timestamp", "offset"), row, strict=True)) for row in times]
    (path / "console.times.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in index))
    return path


def documents(number: int, say: Say) -> dict[str, dict[str, object]]:
    """The run's documents, by file name."""
    state = ("finished", "failed", "killed", say(), None)[number % 5]
    attempt = {"started": NOW - 600 + number, "host": say(), "pid": 2**22 + number}
    record: dict[str, object] = {
        "format": 1,
        "id": f"run{number}",
        "created": NOW - 600 + number,
        **{key: say() for key in ("name", "project", "group", "job_type", "notes", "boot_id", "cwd", "python")},
        "tags": [say(), say()],
        "host": attempt["host"],
        "pid": attempt["pid"],
        "command": ["python", say(), f"--x={say()}"],
        "git": {"commit": say(), "branch": say(), "remote": say(), "dirty": True},
        "hardware": {"cpu": say(), "cores": 8, "memory": 1e9, "gpus": [{"name": say(), "uuid": say()}]},
        "metrics": [{"name": say(), "step_metric": say(), "summary": [say()]}, {"name": "loss", "summary": ["min"]}],
        "attempts": [attempt],
        "state": state,
        "ended": NOW - 60 if state else None,
        "error": say(),
        "signal": say(),
        "exit_code": 1 if state == "failed" else None,
        say(): say(),
    }
    return {
        "run.json": {key: value for key, value in record.items() if value is not None},
        "run.rank1.json": {"state": "failed", "error": say(), "host": say(), "ended": NOW - 61, "pid": 2**22},
        "config.json": {say(): say(), "nested": {say(): {say(): [say(), {say(): 1}]}}, "lr": 0.1, "text": say()},
        "summary.json": {say(): say(), "note": say(), "deep": {say(): say()}},
        "labels.json": {"tags_added": [say()]},
    }


def rows(say: Say) -> Iterator[dict[str, object]]:
    """Rows whose metrics, sections and values say something."""
    metric, section, rest, text = say(), say(), say(), say()
    for step in range(30):
        value = 1 / (1 + step)
        yield {
            "_step": step,
            "_timestamp": NOW - 600 + step,
            "_runtime": float(step),
            "loss": value,
            metric: value,
            f"{section}/loss": value,
            f"train/{rest}": "NaN" if step == 20 else value,
            "said": text,
        }


def events(say: Say) -> Iterator[dict[str, object]]:
    """Events that say something."""
    for level in ("INFO", "WARN", "ERROR", say()):
        yield {"_timestamp": NOW - 300, "kind": say(), "title": say(), "text": say(), "level": level, say(): say()}
    yield {"_timestamp": NOW - 299, "kind": "alert", "title": say(), "text": say(), "level": "ERROR"}


def samples(say: Say) -> Iterator[dict[str, object]]:
    """Telemetry of devices and quantities with such names."""
    quantity, device = say(), say()
    for tick in range(5):
        yield {"_timestamp": NOW - 600 + tick, "cpu/percent": 5.0, quantity: 1.0, f"gpu/{device}/util": 50.0}


def sampler_lines(text: str) -> list[dict[str, object]]:
    """What a sampler of a machine would say whose devices, host and processes are called ``text``."""
    gpu = {"index": 0, "uuid": text, "name": text, "label": text, "driver": text}
    process = {"pid": 7, "memory": 1e9, "sm": 5.0, "name": text, "user": text, "command": text}
    values = {"util": 90.0, "memory_used": 1e9, "memory_total": 2e9, "power": 100.0, "temperature": 60.0}
    return [
        {"kind": "hello", "t": NOW, "host": text, "pid": 1, "gpus": [gpu]},
        {
            "kind": "sample",
            "t": NOW,
            "host": {"cpu/percent": 5.0, "memory/used": 1e9, "memory/total": 2e9, text: 1.0},
            "gpus": [
                {**gpu, "status": text, "values": {**values, text: 1.0}, "reasons": [text], "processes": [process]}
            ],
            "processes": [{"pid": 7, "ppid": 1, "name": text, "state": "R", "cpu": 5.0, "rss": 1e9, "gpus": [text]}],
            "gaps": [[text, text, text]],
        },
        {"kind": "state", "t": NOW, "gpu": text, "why": text},
    ]


def encodable(value: Any) -> Any:
    """``value`` without lone surrogates, which no UTF-8 holds."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {encodable(key): encodable(item) for key, item in value.items()}
        case list():
            return [encodable(item) for item in value]
        case _:
            return value


# -- judges -------------------------------------------------------------------------------------------------------

_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"})
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800"[:4])


def faults(text: str, *, colours: bool = False) -> list[str]:
    """What in ``text``, printed to a terminal, could do or hide something; empty when there is nothing.

    Args:
        text: What was printed.
        colours: Whether it may change colours (SGR), and nothing else.
    """
    plain = _COLOURS.sub("", text) if colours else text
    found = {
        character
        for character in plain
        if character != "\n" and (unicodedata.category(character) in _UNSEEN or character in _FILLERS)
    }
    return sorted(f"U+{ord(character):04X}" for character in found)


def cells(line: str) -> int:
    """How many cells a terminal gives to ``line``, by Unicode's own tables and not by what draws the screen."""
    return sum(_cells(character) for character in line)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
