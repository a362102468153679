"""A nested config as rows of a tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.details.config_rows import config_rows
from tui.details.diff import flatten

CONFIG = {"lr": 3e-4, "model": {"depth": 12, "head": {"dim": 64}}, "tags": [], "empty": {}, "Optim": {"name": "adamw"}}
NESTED = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.recursive(st.integers() | st.text(max_size=3), lambda inner: st.dictionaries(st.text("abc", min_size=1), inner)),
    max_size=4,
)


def drawn(closed: set[tuple[str, ...]] | None = None, needle: str = "") -> list[str]:
    rows = config_rows(CONFIG, closed or set(), needle)
    return [f"{'  ' * row.depth}{row.name}{f' ({row.keys})' if row.keys else f'={row.text}'}" for row in rows]


def test_rows_follow_the_order_and_nesting_of_the_config() -> None:
    assert drawn() == [
        "lr=3e-4",
        "model (2)",
        "  depth=12",
        "  head (1)",
        "    dim=64",
        "tags=[]",
        "empty={}",
        "Optim (1)",
        "  name=adamw",
    ]


def test_closed_branches_hide_what_is_below_them() -> None:
    assert drawn({("model",), ("model", "head")}) == ["lr=3e-4", "model (2)", *drawn()[5:]]


def test_a_search_keeps_matching_values_and_the_way_to_them() -> None:
    assert drawn(needle="DIM") == ["model (2)", "  head (1)", "    dim=64"]
    assert drawn({("model",)}, needle="model.head") == ["model (2)", "  head (1)", "    dim=64"]
    assert drawn(needle="adam") == ["Optim (1)", "  name=adamw"]
    assert drawn(needle="nothing") == []


@given(NESTED)
def test_the_values_of_the_tree_are_the_values_of_the_flat_config(config: dict[str, object]) -> None:
    values = [(".".join(row.path), row.value) for row in config_rows(config) if not row.keys]
    assert values == list(flatten(config).items())


@given(NESTED, st.text("abc", min_size=1, max_size=2))
def test_a_search_never_shows_what_was_not_there_nor_an_empty_branch(config: dict[str, object], needle: str) -> None:
    rows = config_rows(config, needle=needle)
    paths = [row.path for row in config_rows(config)]
    assert [row.path for row in rows] == [path for path in paths if path in {row.path for row in rows}]
    for position, row in enumerate(rows):
        if row.keys:
            assert rows[position + 1].path[: len(row.path)] == row.path
