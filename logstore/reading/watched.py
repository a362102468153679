"""Small files that are replaced whole (run.json, config.json, a YAML config): read again when they change.

A file that is half written, corrupt or too large keeps the value it had before and says what is wrong in one line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import orjson

from logstore.format import NONFINITE, decode
from logstore.reading.plain import TooLargeError, plain
from logstore.reading.tail import Look, look, open_file

LARGEST = 16 << 20
"""Bytes of a document beyond which it is not read; W&B's advice for a config is below 10 MB."""

_NONFINITE = tuple(f'{name}"'.encode() for name in NONFINITE)


class DocumentError(ValueError):
    """A document that cannot be used; the text is one line for a person."""


class Watched:
    """One small file, and what is wrong with it now."""

    __slots__ = ("path", "problem", "seen")

    def __init__(self, path: str) -> None:
        self.path = path
        self.problem: str | None = None
        self.seen: Look | None = None
        """What the file was when it was last looked at; None while there is none."""

    @property
    def name(self) -> str:
        """The file's name in its directory."""
        return self.path.rpartition("/")[2]

    def refresh(self) -> Mapping[str, object] | None:
        """What the file holds when it changed since the last call and can be read, else None.

        A file that was there and is gone holds nothing: an empty mapping.
        """
        was_there = self.seen is not None
        try:
            if was_there and look(self.path) == self.seen:
                return None
            descriptor, self.seen = open_file(self.path)
            value = _parse(descriptor, self.seen, self.path)
        except FileNotFoundError:
            self.seen = self.problem = None
            return {} if was_there else None
        except (OSError, DocumentError) as error:
            self.problem = f"{self.name}: {reason(error)}"
            return None
        self.problem = None
        return value

    def read(self) -> Mapping[str, object]:
        """What the file holds, changed or not; ``refresh`` will tell of it all the same.

        Raises:
            DocumentError: It holds no mapping, or is too large.
            OSError: It cannot be read, or is no regular file.
        """
        descriptor, seen = open_file(self.path)
        return _parse(descriptor, seen, self.path)


def _parse(descriptor: int, seen: Look, path: str) -> Mapping[str, object]:
    """The mapping in an open file, which is closed."""
    try:
        if seen.size > LARGEST:
            raise DocumentError(f"{seen.size} bytes are too many")
        text = os.read(descriptor, seen.size + 1)
    finally:
        os.close(descriptor)
    return parse_document(text, path)


def reason(error: OSError | ValueError) -> str:
    """``error`` in a few words, without number and path."""
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(text.split())[:200]


def parse_document(text: bytes, path: str) -> Mapping[str, object]:
    """The mapping in ``text``, as JSON or, by the name of ``path``, YAML.

    Raises:
        DocumentError: It is no mapping.
    """
    value = _parse_yaml(text) if path.endswith((".yaml", ".yml")) else _parse_json(text)
    if not isinstance(value, dict):
        raise DocumentError("holds no object")
    return value


def _parse_json(text: bytes) -> object:
    try:
        value = _loads(text)
        return decode(value) if any(map(text.__contains__, _NONFINITE)) else value
    except ValueError:
        raise DocumentError("is not valid JSON" if text.strip() else "is empty") from None
    except RecursionError:
        raise DocumentError("is nested too deeply") from None


def _loads(text: bytes) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text.decode("utf-8-sig"))


def _parse_yaml(text: bytes) -> object:
    try:
        import yaml
    except ImportError:
        raise DocumentError("needs PyYAML to be read") from None
    try:
        return plain(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        known = isinstance(error, TooLargeError)
        raise DocumentError(str(error) if known else "is not valid YAML") from None
