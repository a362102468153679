"""The rules of ``define_metric``: which metric is the x axis of which, what to keep as summary, what to hide.

A rule names one metric, or with a ``*`` at its end every metric that begins so. A rule for the exact name stands alone;
globs that fit add up, the longest having the last word. Rules are kept in ``run.json`` under ``metrics``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from logstore.errors import DefinitionError

SUMMARIES = ("min", "max", "mean", "last", "first", "copy", "none")
_GOALS = {"minimize": "min", "minimise": "min", "min": "min", "maximize": "max", "maximise": "max", "max": "max"}
_GOAL_WORDS = {"min": "minimize", "max": "maximize"}


@dataclass(frozen=True, slots=True)
class Definition:
    """One rule.

    Attributes:
        name: A metric, or a prefix and ``*``.
        step_metric: The metric that is its x axis.
        step_sync: Whether a row that lacks the x axis gets its last value; None means yes.
        hidden: Whether charts leave it out.
        summary: What to keep of it, from ``SUMMARIES``.
        goal: ``minimize`` or ``maximize``: which end of it is best.
    """

    name: str
    step_metric: str | None = None
    step_sync: bool | None = None
    hidden: bool | None = None
    summary: tuple[str, ...] = ()
    goal: str | None = None

    @property
    def synced(self) -> bool:
        """Whether rows without the x axis get its last value."""
        return self.step_metric is not None and self.step_sync is not False

    def merged(self, later: Definition) -> Definition:
        """This rule with what ``later`` says added to it; where both speak, ``later`` wins."""
        return Definition(
            self.name,
            later.step_metric if later.step_metric is not None else self.step_metric,
            later.step_sync if later.step_sync is not None else self.step_sync,
            later.hidden if later.hidden is not None else self.hidden,
            tuple(dict.fromkeys((*self.summary, *later.summary))),
            later.goal if later.goal is not None else self.goal,
        )

    def to_json(self) -> dict[str, object]:
        """The rule as run.json holds it: what was not said is absent."""
        said: dict[str, object] = {
            "step_metric": self.step_metric,
            "step_sync": self.step_sync,
            "hidden": self.hidden,
            "summary": list(self.summary) or None,
            "goal": self.goal,
        }
        return {"name": self.name} | {key: value for key, value in said.items() if value is not None}


def parse_definition(
    name: str,
    step_metric: str | Definition | None = None,
    step_sync: bool | None = None,
    hidden: bool | None = None,
    summary: str | Iterable[str] | None = None,
    goal: str | None = None,
) -> Definition:
    """A rule from the arguments of ``define_metric``.

    ``summary="best"`` with a ``goal``, which W&B once had, is the least or the greatest value.

    Raises:
        DefinitionError: The name is no name, or a word is not one of those that mean something.
    """
    if not isinstance(name, str) or not name:
        raise DefinitionError(f"define_metric() takes the name of a metric, not {name!r}")
    if "*" in name[:-1]:
        raise DefinitionError(f"a metric's name may have a * only at its end: {name!r}")
    if isinstance(step_metric, Definition):
        step_metric = step_metric.name
    aim = _goal(goal)
    kept = tuple(dict.fromkeys(_summary(word, aim) for word in _words(summary)))
    return Definition(name, step_metric, step_sync, hidden, kept, _GOAL_WORDS.get(aim or ""))


def _goal(goal: str | None) -> str | None:
    if goal is None:
        return None
    aim = _GOALS.get(str(goal).strip().lower())
    if aim is None:
        raise DefinitionError(f"goal is minimize or maximize, not {goal!r}")
    return aim


def _words(summary: str | Iterable[str] | None) -> list[str]:
    if summary is None:
        return []
    words = summary.split(",") if isinstance(summary, str) else summary
    return [str(word).strip().lower() for word in words]


def _summary(word: str, aim: str | None) -> str:
    if word == "best":
        return aim or "min"
    if word not in SUMMARIES:
        raise DefinitionError(f"summary is made of {', '.join(SUMMARIES)} and best, not {word!r}")
    return word


class Definitions:
    """The rules of one run, and the one that speaks of a given metric.

    Attributes:
        rules: Every rule, by the name it was given.
    """

    def __init__(self, rules: Iterable[Definition] = ()) -> None:
        self.rules = {rule.name: rule for rule in rules}
        self._found: dict[str, Definition | None] = {}

    @classmethod
    def from_json(cls, rules: object) -> Definitions:
        """The rules in a run.json; those that are none are left out."""
        known = Definition.__dataclass_fields__
        found = []
        for rule in rules if isinstance(rules, list) else []:
            if isinstance(rule, Mapping) and isinstance(rule.get("name"), str):
                fields = {key: value for key, value in rule.items() if key in known}
                found.append(Definition(**{**fields, "summary": tuple(rule.get("summary") or ())}))
        return cls(found)

    def define(self, rule: Definition, *, overwrite: bool = False) -> Definition:
        """Adds ``rule`` to what is said of its metric, or puts it in its place; returns the rule that holds now."""
        earlier = None if overwrite else self.rules.get(rule.name)
        now = rule if earlier is None else earlier.merged(rule)
        self.rules[rule.name] = now
        self._found.clear()
        return now

    def find(self, metric: str) -> Definition | None:
        """The rule that speaks of ``metric``, under the metric's own name."""
        if metric not in self._found:
            self._found[metric] = self._search(metric)
        return self._found[metric]

    def to_json(self) -> list[dict[str, object]]:
        """The rules as run.json holds them, in the order in which they were made."""
        return [rule.to_json() for rule in self.rules.values()]

    def _search(self, metric: str) -> Definition | None:
        if metric in self.rules:
            return self.rules[metric]
        globs = [rule for rule in self.rules.values() if rule.name.endswith("*")]
        fitting = [rule for rule in globs if metric.startswith(rule.name[:-1]) and metric != rule.step_metric]
        found: Definition | None = None
        for rule in sorted(fitting, key=lambda rule: len(rule.name)):
            found = replace(rule, name=metric) if found is None else found.merged(rule)
        return found
