"""The filter's grammar: text in, a test for rows out. Pure.

    any     = all {OR all}
    all     = not {[AND] not}
    not     = (NOT | !) not | ( any ) | term
    term    = field sign value | field [NOT] IN (value, ...) | [moment] WITHIN span | HAS field | MINE | word

``tui.table.guide`` has it by example. A bare word is looked for in name, tags, group, project and id; that of a
state also stands for runs in it. ``=`` is equality, ``:`` is "contains", and ``*`` stands for any text. What a field's
name stands for is said by ``fields.field``. An error names the place and what was expected there, in one line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui.table import fields, matching
from tui.table.fields import MOMENTS, Field
from tui.table.matching import Operand
from tui.table.names import NOTHING, Names
from tui.table.order import Predicate
from tui.table.rows import TableRow
from tui.table.tokens import QueryError, Token, tokens

__all__ = ["DEEPEST", "Query", "QueryError", "compile_query"]

DEEPEST = 50
"""Parentheses and NOTs may be nested this deep."""

_COMPARISONS: Final = frozenset({"=", "==", "!=", "<", "<=", ">", ">=", "~", "!~", ":"})
_SPANS: Final = frozenset({*MOMENTS, "age"})
"""Fields that WITHIN can follow; behind any other word it begins a term of its own."""


@dataclass(frozen=True, slots=True)
class Query:
    """A filter: call it with a row to learn whether that passes."""

    text: str
    predicate: Predicate
    fields: tuple[str, ...]
    """The names of fields in it, as they were typed."""
    names: Names = NOTHING
    """What the runs have that it is asked about."""

    def __call__(self, row: TableRow) -> bool:
        """Whether ``row`` passes."""
        return self.predicate(row)

    def among(self, names: Names) -> Query:
        """The same filter, its fields being what they are called where runs have ``names``."""
        return self if names == self.names or not self.is_open else compile_query(self.text, names)

    @property
    def is_open(self) -> bool:
        """Whether what a name in it stands for depends on what the runs have."""
        return any(map(fields.is_open, self.fields))

    @property
    def ambiguous(self) -> Mapping[str, tuple[str, ...]]:
        """The names in it that could stand for several config keys or metrics, with the full names of these."""
        choices = {name: fields.field(name, self.names).choices for name in self.fields}
        return {name: full for name, full in choices.items() if full}

    def missing(self, rows: Iterable[TableRow]) -> tuple[str, ...]:
        """Those of its fields that no row has a value for: most likely misspelt."""
        wanted = {name: fields.field(name, self.names) for name in self.fields}
        for row in rows:
            for name in [name for name, asked in wanted.items() if asked.value(row) is not None]:
                del wanted[name]
            if not wanted:
                break
        return tuple(wanted)


def compile_query(text: str, names: Names = NOTHING) -> Query:
    """The test that ``text`` describes; every row passes the empty one.

    Args:
        text: what was typed.
        names: the config keys and metrics that the runs have; without them a name is only what it says in full.

    Raises:
        QueryError: ``text`` is no filter.
    """
    parser = _Parser(list(tokens(text)), names)
    return Query(text, parser.parse(), tuple(dict.fromkeys(parser.fields)), names)


class _Parser:
    """Recursive descent over the tokens: or, and, not, term."""

    def __init__(self, tokens: Sequence[Token], names: Names) -> None:
        self._tokens = tokens
        self._names = names
        self.fields: list[str] = []
        """The names that something was said about, in their order."""
        self._at = 0
        self._depth = 0

    def parse(self) -> Predicate:
        if self._ended():
            return lambda _row: True
        found = self._any()
        if not self._ended():
            raise QueryError(self._here.position, "AND, OR or the end")
        return found

    @property
    def _here(self) -> Token:
        return self._tokens[self._at]

    def _ended(self) -> bool:
        return self._here.kind == "end"

    @property
    def _next(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._here
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _any(self) -> Predicate:
        terms = [self._all()]
        while self._here.is_word("or"):
            self._take()
            terms.append(self._all())
        return _joined(any, terms)

    def _all(self) -> Predicate:
        terms = [self._not()]
        while True:
            if self._here.is_word("and"):
                self._take()
            elif self._here.kind == "end" or self._here.is_word("or") or self._here.is_sign(")"):
                return _joined(all, terms)
            terms.append(self._not())

    def _not(self) -> Predicate:
        if not (self._here.is_word("not") or self._here.is_sign("!", "(")):
            return self._term()
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(self._here.position, f"at most {DEEPEST} nested ( and NOT")
        found = self._group() if self._here.is_sign("(") else self._negated()
        self._depth -= 1
        return found

    def _negated(self) -> Predicate:
        self._take()
        return _negation(self._not())

    def _group(self) -> Predicate:
        self._take()
        found = self._any()
        if not self._here.is_sign(")"):
            raise QueryError(self._here.position, "a closing )")
        self._take()
        return found

    def _term(self) -> Predicate:
        subject = self._take()
        if subject.kind not in {"word", "quoted"} or subject.is_word("and", "or"):
            raise QueryError(subject.position, "a word or a comparison")
        if subject.is_word("has") and self._here.kind in {"word", "quoted"}:
            return matching.present(self._field(self._take().text))
        if subject.is_word("within") and self._here.kind in {"word", "quoted"}:
            return self._within(self._field("created"))
        if subject.is_word("mine") and not self._here.is_sign(*_COMPARISONS):
            return matching.mine
        return self._about(subject)

    def _field(self, name: str) -> Field:
        self.fields.append(name)
        return fields.field(name, self._names)

    def _about(self, subject: Token) -> Predicate:
        """What is said about ``subject``: a comparison, a list, a span; or nothing, then it is a word to look for."""
        if self._here.kind == "sign" and self._here.text in _COMPARISONS:
            return self._comparison(self._field(subject.text))
        if self._here.is_word("in") and self._next.is_sign("("):
            return self._list(self._field(subject.text))
        if self._here.is_word("not") and self._next.is_word("in"):
            self._take()
            return _negation(self._list(self._field(subject.text)))
        if self._here.is_word("within") and subject.text.lower() in _SPANS:
            self._take()
            return self._within(self._field(subject.text))
        return matching.word(subject.text)

    def _comparison(self, subject: Field) -> Predicate:
        sign = self._take().text
        value = self._take()
        if value.kind not in {"word", "quoted"}:
            raise QueryError(value.position, f"a value after {sign}")
        if sign in {"~", "!~"}:
            found = matching.matches(subject, _regex(value))
        elif sign in matching.ORDERINGS:
            return _ordered(subject, sign, value)
        else:
            found = (matching.contains if sign == ":" else matching.equal)(subject, matching.operand(value.text))
        return _negation(found) if sign in {"!=", "!~"} else found

    def _list(self, subject: Field) -> Predicate:
        self._take()
        opening = self._take()
        if not opening.is_sign("("):
            raise QueryError(opening.position, "a list like (a, b) after IN")
        found: list[Predicate] = []
        while True:
            value = self._take()
            if value.kind not in {"word", "quoted"}:
                raise QueryError(value.position, "a value in the list")
            found.append(matching.equal(subject, matching.operand(value.text)))
            stop = self._take()
            if stop.is_sign(")"):
                return _joined(any, found)
            if not stop.is_sign(","):
                raise QueryError(stop.position, ", or ) in the list")

    def _within(self, subject: Field) -> Predicate:
        value = self._take()
        seconds = matching.operand(value.text).seconds if value.kind in {"word", "quoted"} else None
        if seconds is None:
            raise QueryError(value.position, "a time like 90s, 5m, 2h or 3d")
        return matching.within(subject, seconds)


def _ordered(subject: Field, sign: str, value: Token) -> Predicate:
    limit: Operand = matching.operand(value.text)
    found = matching.ordered(subject, sign, limit)
    if found is None:
        wanted = "a number like 1e-3 or 20k"
        if subject.is_span:
            wanted = "a time like 2h or 2026-01-31" if subject.moment else "a time like 90s or 2h"
        raise QueryError(value.position, f"{wanted} after {sign}")
    return found


def _regex(value: Token) -> re.Pattern[str]:
    try:
        return matching.regex(value.text)
    except ValueError as error:
        raise QueryError(value.position, f"a regular expression ({error})") from error


def _joined(fold: Callable[[Iterator[bool]], bool], terms: Sequence[Predicate]) -> Predicate:
    if len(terms) == 1:
        return terms[0]

    def passes(row: TableRow) -> bool:
        return fold(term(row) for term in terms)

    return passes


def _negation(term: Predicate) -> Predicate:
    return lambda row: not term(row)
