"""Small files that are replaced whole (run.json, config.json, a YAML config): read again when they change.

A file that is half written, corrupt or too large keeps the value it had before and says what is wrong in one line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import orjson

from logstore.format import decode
from logstore.reading.plain import TooLargeError, plain
from logstore.reading.tail import Look, look, open_file

LARGEST = 16 << 20
"""Bytes of a document beyond which it is not read; W&B's advice for a config is below 10 MB."""


class DocumentError(ValueError):
    """A document that cannot be used; the text is one line for a person."""


class Watched:
    """One small file, and what is wrong with it now."""

    __slots__ = ("_may_miss", "path", "problem", "seen")

    def __init__(self, path: str, *, may_miss: bool = False) -> None:
        """Nothing is read yet.

        Args:
            path: Where the file is.
            may_miss: Most often there is none; why it cannot be seen, where that is so, others tell.
        """
        self.path = path
        self._may_miss = may_miss
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
        if self._may_miss and not was_there and not os.access(self.path, os.F_OK, follow_symlinks=False):
            self.problem = None  # found out for a fourth of the price of an error
            return None
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
        return decode(value) if may_hold_nonfinite(text) else value
    except ValueError:
        raise DocumentError("is not valid JSON" if text.strip() else "is empty") from None
    except RecursionError:
        raise DocumentError("is nested too deeply") from None


def may_hold_nonfinite(text: bytes) -> bool:
    """Whether JSON may hold one of the names of ``NONFINITE`` as a text; a look that costs nearly nothing."""
    return b'NaN"' in text or b'Infinity"' in text


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
