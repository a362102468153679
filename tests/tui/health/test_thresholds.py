"""``tui.health.thresholds``: the table [alerts], and one clear error for each mistake."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tui.health.checked import AlertSettingsError
from tui.health.rules import GPU_RULES, MACHINE_RULES, RUN_RULES
from tui.health.thresholds import RULES, Thresholds


def test_an_empty_table_means_the_defaults() -> None:
    assert Thresholds.from_mapping({}) == Thresholds()


def test_a_table_is_read() -> None:
    read = Thresholds.from_mapping({"stall_seconds": 90, "off": ["plateau", "silent"], "divergence_points": 5})
    assert (read.stall_seconds, read.off, read.divergence_points) == (90.0, ("plateau", "silent"), 5)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"stall": 3}, "there is no setting 'stall'; there are disk_bytes"),
        ({"stall_seconds": "long"}, "stall_seconds takes a number, not 'long'"),
        ({"stall_seconds": True}, "stall_seconds takes a number, not True"),
        ({"stall_seconds": 0}, "stall_seconds is from 1 to 86400, not 0"),
        ({"stall_seconds": float("nan")}, "stall_seconds takes a number, not nan"),
        ({"stall_seconds": 10**400}, "stall_seconds takes a number"),
        ({"divergence_points": 2.5}, "divergence_points takes a whole number, not 2.5"),
        ({"off": "plateau"}, "off takes a list of texts, not 'plateau'"),
        ({"off": ["plato"]}, "not 'plato'"),
    ],
)
def test_a_mistake_is_named(given: dict[str, object], says: str) -> None:
    with pytest.raises(AlertSettingsError) as caught:
        Thresholds.from_mapping(given, "config.toml: [alerts]")
    assert str(caught.value).startswith("config.toml: [alerts]: ")
    assert says in str(caught.value)


def test_every_rule_has_a_name_that_can_be_put_off_and_none_is_missing() -> None:
    names = [rule.name for rules in (RUN_RULES, GPU_RULES, MACHINE_RULES) for rule in rules]
    assert set(names) == set(RULES)
    assert set(Thresholds().off) <= set(RULES)


def test_every_threshold_says_what_it_is_and_its_default_is_in_its_range() -> None:
    for each in fields(Thresholds):
        low, high = each.metadata["low"], each.metadata["high"]
        assert each.metadata["help"]
        assert low is None or low <= getattr(Thresholds(), each.name) <= high
