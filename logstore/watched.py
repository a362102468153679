"""Small files that are replaced whole (run.json, config.json, a YAML config): read again when they change.

A file that is half written, corrupt or too large keeps the value it had before and says what is wrong in one line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import orjson

from logstore.format import decode
from logstore.plain import TooLargeError, plain
from logstore.tail import Look, look, open_file

LARGEST = 16 << 20
"""Bytes of a document beyond which it is not read; W&B's advice for a config is below 10 MB."""


class DocumentError(ValueError):
    """A document that cannot be used; the text is one line for a person."""


class Watched:
    """One small file and the value it held when it was last readable."""

    __slots__ = ("_seen", "path", "problem", "value")

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self.value: Mapping[str, object] | None = None
        """What the file held; None while there was none."""
        self.problem: str | None = None
        """What is wrong with the file now."""
        self._seen: Look | None = None

    def refresh(self) -> bool:
        """Read the file if it changed since the last time; whether ``value`` or ``problem`` is new."""
        before = self.value, self.problem
        try:
            self._refresh()
        except FileNotFoundError:
            self._seen, self.problem = None, None
        except (OSError, DocumentError) as error:
            self.problem = f"{Path(self.path).name}: {reason(error)}"
        return (self.value, self.problem) != before

    def _refresh(self) -> None:
        if self._seen is not None and look(self.path) == self._seen:
            return
        descriptor, self._seen = open_file(self.path)
        try:
            if self._seen.size > LARGEST:
                raise DocumentError(f"{self._seen.size} bytes are too many")
            text = os.read(descriptor, LARGEST)
        finally:
            os.close(descriptor)
        self.value, self.problem = parse_document(text, self.path), None


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
        return decode(orjson.loads(text))
    except ValueError:
        pass
    except RecursionError:
        raise DocumentError("is nested too deeply") from None
    try:
        return decode(json.loads(text))
    except ValueError:
        raise DocumentError("is not valid JSON" if text.strip() else "is empty") from None
    except RecursionError:
        raise DocumentError("is nested too deeply") from None


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
