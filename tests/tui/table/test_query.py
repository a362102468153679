"""``tui.table.query``: the filter's grammar, and errors that name the place and what was expected."""

from __future__ import annotations

import math
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tui.table.fake_row import FakeRow
from tui.table.fields import field_names
from tui.table.names import Names
from tui.table.query import DEEPEST, Query, QueryError, compile_query

HOUR = 3600.0
CREATED = datetime.fromisoformat("2026-01-31T12:00").timestamp()

OTTER = FakeRow(
    "p/otter",
    "brave-otter",
    "running",
    "stalled",
    values={
        "step": 20100,
        "age": 3 * HOUR,
        "meta:created": 3 * HOUR,
        "at:created": CREATED,
        "meta:updated": 60.0,
        "meta:tags": ("base", "long run"),
        "meta:group": "ablation",
        "meta:project": "vision",
        "meta:id": "x7k2",
        "meta:host": "gpu-01",
        "meta:duration": 90.0,
        "config.lr": 3e-4,
        "config.optim": "AdamW",
        "config.fused": True,
        "config.betas": ("0.9", "0.999"),
        "config.layers": "12",
        "metric:val/loss": 2.05,
        "metric:val/loss:min": 1.9,
        "metric:grad": math.nan,
        "metric:odd:name": 3.0,
        "config.state": "frozen",
    },
)
LYNX = FakeRow(
    "p/lynx", "calm-lynx", "finished", values={"config.lr": 1e-2, "age": 50 * HOUR, "meta:created": 50 * HOUR}
)


def passes(text: str, row: FakeRow = OTTER) -> bool:
    return compile_query(text)(row)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "otter",
        "OTTER brave",
        "abla",
        "vision x7k2",
        '"long run"',
        "b*tter",
        "lr=3e-4",
        "lr = 0.0003",
        "lr<1e-3",
        "lr <= 3e-4 AND lr >= 3e-4",
        "lr!=1e-3",
        "step > 20k",
        "step>20K and step<1M",
        "val/loss < 2.1",
        "val/loss.min<2",
        "metric:val/loss:min<2",
        "config.lr>0",
        "optim=adamw",
        "optim = ada*",
        "optim:dam",
        "optim in (sgd, adamw)",
        "optim not in (sgd, lion)",
        "NOT optim in (sgd)",
        "fused=true",
        "layers=12",
        "layers >= 12",
        "betas=0.999",
        "grad=nan",
        "grad!=1",
        "state=running",
        "state=stalled",
        "STATE=Running",
        "config.state=frozen",
        "tag=base",
        'tags="long run"',
        "tag:lon",
        "tag!=debug",
        "name ~ ^brave-(otter|lynx)$",
        "(name ~ otter)",
        'name ~ "r.*r"',
        "name !~ lynx",
        "age < 4h",
        "age>2h30m",
        "duration=90s",
        "duration < 5m",
        "duration=90",
        "created within 1d",
        "within 5h",
        "otter within 5h",
        "updated within 2m",
        "created >= 2026-01-31",
        "created < 2026-02-01T00:00",
        "has val/loss",
        "NOT has val/acc",
        "! has val/acc",
        "lynx OR otter",
        "lynx or otter and brave",
        "not (lynx or debug) brave",
        "!(lynx)",
        "nope OR (host=gpu-01 AND (lr<1 OR lr>5))",
        "absent != 3",
        "absent not in (1, 2)",
        "`metric:odd:name`=3",
        "host:GPU",
    ],
)
def test_T2_what_holds(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize(
    "text",
    [
        "lynx",
        "otter lynx",
        "lr>1e-3",
        "lr=3",
        "step<20k",
        "optim=adam",
        "optim in (sgd, lion)",
        "fused=false",
        "betas=0.9999",
        "betas!=0.9",
        "grad<1",
        "grad>1",
        "state=finished",
        "state!=running",
        "tag=lon",
        "tag!=base",
        "name ~ ^otter",
        "age<2h",
        "duration > 5m",
        "created within 1h",
        "created < 2026-01-31",
        "absent = 3",
        "absent < 3",
        "absent > 3",
        "absent : x",
        "absent ~ .",
        "NOT otter",
        "otter AND NOT brave",
        "(lynx OR otter) debug",
    ],
)
def test_T2_what_does_not_hold(text: str) -> None:
    assert not passes(text)


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("failed", ["a-failed-try", "broken"]),
        ("!failed", ["fine", "waits"]),
        ("running", ["waits"]),
        ("Stalled", ["waits"]),
        ("fail", ["a-failed-try"]),
        ('"finished"', ["a-failed-try", "fine"]),
    ],
)
def test_a_bare_word_for_a_state_is_looked_for_there_too(text: str, passed: list[str]) -> None:
    given = [
        FakeRow("1", "a-failed-try", "finished"),
        FakeRow("2", "broken", "failed"),
        FakeRow("3", "fine", "finished"),
        FakeRow("4", "waits", "running", "stalled"),
    ]
    assert [row.name for row in given if compile_query(text)(row)] == passed


def test_AND_binds_closer_than_OR() -> None:
    assert passes("otter OR lynx AND debug")
    assert not passes("(otter OR lynx) AND debug")


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("lr<", 3, "a value after <"),
        ("lr < slow", 5, "a number like 1e-3 or 20k after <"),
        ("age > blue", 6, "a time like 90s or 2h after >"),
        ("created < soon", 10, "a time like 2h or 2026-01-31 after <"),
        ("a AND", 5, "a word or a comparison"),
        ("OR a", 0, "a word or a comparison"),
        ("(a", 2, "a closing )"),
        ("a)", 1, "AND, OR or the end"),
        ("= 3", 0, "a word or a comparison"),
        ('"open', 5, 'a closing "'),
        ("x in (a", 7, ", or ) in the list"),
        ("x in (a b)", 8, ", or ) in the list"),
        ("x in ()", 6, "a value in the list"),
        ("x not in a", 9, "a list like (a, b) after IN"),
        ("name ~ (", 7, "a regular expression (missing ), unterminated subpattern at position 0)"),
        ("name ~ )", 7, "a regular expression"),
        ("created within soon", 15, "a time like 90s, 5m, 2h or 3d"),
        ("created within", 14, "a time like 90s, 5m, 2h or 3d"),
        ("(" * (DEEPEST + 1), DEEPEST, "at most 50 nested ( and NOT"),
    ],
)
def test_an_error_names_the_place_and_what_was_expected(text: str, position: int, expected: str) -> None:
    with pytest.raises(QueryError) as caught:
        compile_query(text)
    assert (caught.value.position, caught.value.expected) == (position, expected)
    assert str(caught.value) == f"at {position + 1}: expected {expected}"


@given(st.text(max_size=40))
@example("a~(?i)[[a")
@example("x ~ a{99999999999}")
@example("NOT " * 5000)
@example("a:b:c")
@example("within within within")
@example("has has has")
@example("x < ١٢")
def test_any_text_is_a_filter_or_one_line_of_error(text: str) -> None:
    try:
        passing = compile_query(text)
    except QueryError as error:
        assert 0 <= error.position <= len(text)  # noqa: PT017 - either outcome is right
        return
    assert passing(OTTER) in {True, False}
    assert passing(LYNX) in {True, False}


words = st.sampled_from(
    ["otter", "lr<1e-3", "lr>1e-3", "state=finished", "tag:base", "has val/loss", "age<4h", "optim in (adamw, sgd)"]
)
filters = st.recursive(
    words,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
    ),
    max_leaves=8,
)


@given(filters, filters)
def test_filters_obey_the_laws_of_logic(one: str, other: str) -> None:
    for row in (OTTER, LYNX):
        first, second = passes(one, row), passes(other, row)
        assert passes(f"NOT ({one})", row) is not first
        assert passes(f"({one}) ({other})", row) is (first and second)
        assert passes(f"({one}) or ({other})", row) is (first or second)
        assert passes(f"NOT (({one}) AND ({other}))", row) is passes(f"NOT ({one}) OR NOT ({other})", row)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_compare_as_numbers(have: float, limit: float) -> None:
    row = FakeRow("k", values={"config.x": have})
    assert passes(f"x < {limit!r}", row) is (have < limit)
    assert passes(f"x >= {limit!r}", row) is (have >= limit)
    assert passes(f"x = {limit!r}", row) is (have == limit)


@given(st.text(min_size=1, max_size=12))
def test_quoted_text_is_found_as_it_is(text: str) -> None:
    quoted = '"' + text.replace('"', '\\"') + '"'
    if text.endswith("\\") or '\\"' in text or "*" in text:
        return
    row = FakeRow("k", name=f"a{text}b")
    assert passes(f"name:{quoted}", row)
    assert passes(quoted, row)


def test_config_comes_before_a_metric_of_the_same_name() -> None:
    row = FakeRow("k", values={"config.lr": 1.0, "metric:lr": 5.0})
    assert passes("lr=1", row)
    assert passes("metric:lr=5", row)


def test_every_property_of_a_run_can_be_asked_for() -> None:
    assert {"name", "state", "tag", "group", "job_type", "project", "host", "age", "duration", "step"} <= {
        *field_names()
    }
    for name in field_names():
        compile_query(f"has {name}")


def test_fields_that_no_run_has_are_known_by_name() -> None:
    query = compile_query("lr<1 AND NOT larning_rate=3 val/loss.min<2 OR has epochs otter within 2d")
    assert query.fields == ("lr", "larning_rate", "val/loss.min", "epochs", "created")
    assert query.missing([LYNX, OTTER]) == ("larning_rate", "epochs")
    assert compile_query("otter").missing([]) == ()


SHORT = FakeRow("k", values={"config.optim.lr": 1.0, "config.a.wd": 1, "config.b.wd": 2, "metric:train/loss": 3.0})
BOTH = FakeRow("l", values={"config.seed": 7, "metric:val/acc": 0.5, "metric:val/acc:max": 0.6, "metric:seed": 1.0})


def among(text: str, *rows: FakeRow) -> Query:
    return compile_query(text).among(Names.of(rows))


@pytest.mark.parametrize(
    "text",
    [
        "lr=1",
        "loss=3",
        "optim.lr=1 a.wd=1 b.wd=2 lr=1",
        "has lr and has loss",
        "lr in (1, 2)",
        "acc>=0 OR lr=1",
    ],
)
def test_a_bare_name_is_the_one_key_or_metric_that_ends_with_it(text: str) -> None:
    assert not compile_query(text)(SHORT)
    query = among(text, SHORT, BOTH)
    assert query(SHORT)
    assert query.ambiguous == {}


@pytest.mark.parametrize("text", ["acc.max=0.6", "max(acc) = 0.6", "max(val/acc)=0.6", "has max(acc)", "acc=0.5"])
def test_a_bare_metric_has_summaries_too(text: str) -> None:
    assert among(text, SHORT, BOTH)(BOTH)
    assert not among(text, SHORT, BOTH)(SHORT)


def test_a_name_that_could_be_several_is_none_of_them_and_says_so() -> None:
    query = among("wd>0 or seed>5", SHORT)
    assert not query(SHORT)
    assert query.ambiguous == {"wd": ("a.wd", "b.wd")}
    assert query.missing([SHORT, BOTH]) == ("wd",)
    assert among("loss.min < 1", SHORT, FakeRow("m", values={"metric:val/loss": 1.0})).ambiguous == {
        "loss.min": ("train/loss.min", "val/loss.min")
    }


def test_a_name_in_full_is_never_the_end_of_another() -> None:
    plain = FakeRow("m", values={"config.lr": 5.0})
    query = among("lr=1", SHORT, plain)
    assert not query(SHORT)
    assert among("lr=5", SHORT, plain)(plain)
    assert among("seed=7", BOTH, FakeRow("n", values={"config.x.seed": 8}))(BOTH)


def test_a_config_key_comes_before_a_metric_that_ends_the_same() -> None:
    assert among("loss=1", FakeRow("m", values={"config.x.loss": 1.0}), SHORT).ambiguous == {}
    assert not among("loss=3", FakeRow("m", values={"config.x.loss": 1.0}), SHORT)(SHORT)


def test_only_a_filter_with_names_that_depend_on_the_runs_is_compiled_anew() -> None:
    fixed = compile_query("otter state=running config.lr<1 mine")
    assert not fixed.is_open
    assert fixed.among(Names.of([SHORT])) is fixed
    again = among("lr<1", SHORT)
    assert again.among(Names.of([SHORT])) is again


@pytest.mark.parametrize(
    ("text", "passed"), [("mine", True), ("NOT mine", False), ('"mine"', False), ("!(mine)", False)]
)
def test_runs_of_the_person_who_asks(text: str, passed: bool) -> None:
    assert passes(text, FakeRow("k", values={"is:mine": True})) is passed
    assert not passes("mine", FakeRow("k"))
    assert passes("mine = 3", FakeRow("k", values={"config.mine": 3}))
