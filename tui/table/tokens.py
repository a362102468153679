"""The words and signs of a filter: text in, tokens with their places out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tui.table.columns import AGGREGATES
from tui.table.fields import CALL

Kind = Literal["word", "quoted", "sign", "end"]

_SIGNS = ("!=", "!~", "==", "<=", ">=", "=", "<", ">", "~", ":", "(", ")", ",", "!")
_WORD = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?"
    rf"|{CALL.pattern}"
    rf"|(?:metric:|meta:)?[^\s=!<>~:(),\"'`]+(?::(?:{'|'.join(AGGREGATES)})(?=\s*(?:[=!<>~]|\Z)))?",
    re.ASCII,
)
_BLANK = re.compile(r"\s*")


class QueryError(ValueError):
    """The text is no filter. ``position`` is the index of the character at which that shows."""

    def __init__(self, position: int, expected: str) -> None:
        super().__init__(f"at {position + 1}: expected {expected}")
        self.position = position
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a quoted text, a sign, or the end."""

    kind: Kind
    text: str
    position: int

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, in any case, without quotes."""
        return self.kind == "word" and self.text.lower() in words


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, and one for its end.

    Raises:
        QueryError: a quote is not closed, or nothing follows where a regular expression has to.
    """
    position = 0
    pattern_next = False
    while True:
        blank = _BLANK.match(text, position)
        position = blank.end() if blank else position
        if position >= len(text):
            yield Token("end", "", len(text))
            return
        token, position = _pattern(text, position) if pattern_next else _token(text, position)
        pattern_next = token.is_sign("~", "!~")
        yield token


def _token(text: str, position: int) -> tuple[Token, int]:
    if text[position] in "\"'`":
        return _quoted(text, position)
    sign = next((sign for sign in _SIGNS if text.startswith(sign, position)), None)
    if sign is not None:
        return Token("sign", sign, position), position + len(sign)
    found = _WORD.match(text, position)
    assert found is not None, "what is no sign, quote or blank begins a word"
    return Token("word", found[0], position), found.end()


def _quoted(text: str, position: int) -> tuple[Token, int]:
    quote = text[position]
    found = re.compile(rf"{quote}((?:\\{quote}|[^{quote}])*){quote}").match(text, position)
    if found is None:
        raise QueryError(len(text), f"a closing {quote}")
    return Token("quoted", found[1].replace("\\" + quote, quote), position), found.end()


def _pattern(text: str, position: int) -> tuple[Token, int]:
    """A regular expression up to the next blank, or to a parenthesis that it did not open."""
    if text[position] in "\"'`":
        return _quoted(text, position)
    depth, end = 0, position
    while end < len(text) and not text[end].isspace():
        depth += (text[end] == "(") - (text[end] == ")")
        if depth < 0:
            break
        end += 1
    if end == position:
        raise QueryError(position, "a regular expression")
    return Token("quoted", text[position:end], position), end
