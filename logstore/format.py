"""The format of a run on disk, version 1: file names, keys, and how values become JSON. ``docs/format.md`` in code.

A **store** is a directory; ``<store>/<project>/<run id>/`` is a run. Directories and files whose names begin with a dot
are not part of it. Everything is UTF-8. ``*.jsonl`` files hold one JSON object per line and only ever grow; each is
written by one process. ``*.json`` files are replaced whole, by a rename in the same directory.

    run.json                 identity, exit record, ``define_metric`` rules, attempts (``RUN_FILE``)
    config.json              hyperparameters, nested as given
    summary.json             only what was set by hand, nested as given
    metrics.jsonl            rows: ``{"_step":int,"_timestamp":float,"_runtime":float,...values}``, flat
    events.jsonl             ``{"_timestamp":float,"kind":str,"title":str,"text":str,"level":"INFO"|"WARN"|"ERROR"}``
    console.log              stdout and stderr
    console.times.jsonl      when that was printed: ``{"_step":int,"_timestamp":float,"offset":bytes of console.log}``
    system.<host>.jsonl      telemetry of one host
    code.patch, untracked.txt, requirements.txt, media/, files/

Rank 0 writes the names above; rank *k* > 0 writes ``run.rank<k>.json``, ``metrics.rank<k>.jsonl``,
``events.rank<k>.jsonl``, ``console.rank<k>.log`` and ``console.times.rank<k>.jsonl`` beside them (``rank_name``).

**Rows.** Lines of one file with the same ``_step`` are one row: a key that occurs again there is a newer value of the
same cell. Steps may go backwards. A last line without a newline is not yet a row; a line that is no JSON object is
skipped and counted. A key is text: ``/`` separates the section, ``.`` joins the levels of a nested dictionary.

**Values.** JSON, with two conventions. JSON has no NaN: a non-finite float is one of the strings in ``NONFINITE``, and
exactly those strings, as a value or inside a list, are floats again. An object with the key ``_type`` is one value:
``{"_type":"histogram","bins":[n+1 edges],"counts":[n]}``. Integers of any size are written digit by digit. ``null`` is
"logged as None". A key that is absent says nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import orjson

FORMAT_VERSION = 1

RUN_FILE = "run.json"
CONFIG_FILE = "config.json"
SUMMARY_FILE = "summary.json"
METRICS_FILE = "metrics.jsonl"
EVENTS_FILE = "events.jsonl"
CONSOLE_FILE = "console.log"
CONSOLE_TIMES_FILE = "console.times.jsonl"
PATCH_FILE = "code.patch"
UNTRACKED_FILE = "untracked.txt"
REQUIREMENTS_FILE = "requirements.txt"
FILES_DIRECTORY = "files"
MEDIA_DIRECTORY = "media"
DEFAULT_ROOT = "runs"

STEP = "_step"
TIMESTAMP = "_timestamp"
RUNTIME = "_runtime"
RESERVED_KEYS = frozenset({STEP, TIMESTAMP, RUNTIME})
OFFSET = "offset"

TYPE_KEY = "_type"
HISTOGRAM = "histogram"
SECTION = "/"
NESTING = "."

NONFINITE: Mapping[str, float] = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_INTEGERS = range(-(2**63), 2**64)  # what orjson writes by itself
_RANKED = re.compile(r"(?:run|metrics|events|console)\.rank(\d{1,9})\.(?:json|jsonl|log)")
_SYSTEM = re.compile(r"system\.(.+)\.jsonl")
_NOT_IN_A_HOST = re.compile(r"[^A-Za-z0-9._-]+")


def rank_name(name: str, rank: int) -> str:
    """The name that ``rank`` gives to one of the files above: ``metrics.jsonl`` or ``metrics.rank3.jsonl``."""
    if rank == 0:
        return name
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.rank{rank}.{suffix}"


def rank_of(name: str) -> int | None:
    """The rank that writes the file ``name``, or None where it is not a file of a rank, or only the index of one."""
    if name in {RUN_FILE, METRICS_FILE, EVENTS_FILE, CONSOLE_FILE}:
        return 0
    match = _RANKED.fullmatch(name)
    return int(match[1]) if match else None


def system_name(host: str) -> str:
    """The telemetry file of ``host``; characters that a host name does not have become ``-``."""
    return f"system.{_NOT_IN_A_HOST.sub('-', host)[:128] or 'host'}.jsonl"


def host_of(name: str) -> str | None:
    """The host whose telemetry the file ``name`` holds, or None where it is no telemetry file."""
    match = _SYSTEM.fullmatch(name)
    return match[1] if match else None


def encode_float(value: float) -> float | str:
    """``value`` as JSON can hold it: itself, or its name in ``NONFINITE``."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def encode(value: object) -> object:
    """``value``, made of plain Python data, as orjson can write it without loss.

    Non-finite floats become their names, integers beyond 64 bits keep every digit, at any depth. Keys are left alone.
    """
    match value:
        case bool() | None:
            return value
        case float():
            return encode_float(value)
        case int():
            return value if value in _INTEGERS else orjson.Fragment(str(int(value)))
        case Mapping():
            return {key: encode(item) for key, item in value.items()}
        case list() | tuple():
            return [encode(item) for item in value]
        case _:
            return value


def encode_row(row: Mapping[str, object]) -> bytes:
    """One line of a ``*.jsonl`` file, with its newline. ``row`` is plain Python data."""
    return orjson.dumps(encode(row), option=orjson.OPT_APPEND_NEWLINE)


def encode_document(document: Mapping[str, object]) -> bytes:
    """The whole of a ``*.json`` file, indented for people. ``document`` is plain Python data."""
    return orjson.dumps(encode(document), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def decode(value: object) -> object:
    """The inverse of ``encode`` for what ``orjson.loads`` returned: the names of ``NONFINITE`` become floats again."""
    match value:
        case str():
            return NONFINITE.get(value, value)
        case dict():
            return {key: decode(item) for key, item in value.items()}
        case list():
            return [decode(item) for item in value]
        case _:
            return value


def flatten(values: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Nested dictionaries as one level: ``{"train": {"acc": {"top1": 1}}}`` is ``{"train.acc.top1": 1}``.

    An object with a ``_type`` is one value and stays whole; an empty dictionary leaves no key. Every key below
    ``prefix`` begins with it.
    """
    flat: dict[str, object] = {}
    for key, value in values.items():
        if isinstance(value, Mapping) and TYPE_KEY not in value:
            flat |= flatten(value, prefix + key + NESTING)
        else:
            flat[prefix + key] = value
    return flat
