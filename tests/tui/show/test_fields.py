"""Small tables whose columns come and go with the width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.show.fields import Field, fitting, table_lines, taken
from tui.show.spans import Span, cells, plain

FIELDS = [
    Field("pid", [[Span("7")], [Span("4242")]], 0, "right", least=5),
    Field("name", [[Span("otter")], [Span("a name that is far too long to be shown")]], 1, most=10),
    Field("silent", [[], []], 2),
    Field("cpu", [[Span("98 %")], []], 3, "right"),
]


def test_rows_stand_in_columns_under_their_titles() -> None:
    lines = table_lines(fitting(FIELDS, 40), 30)
    assert [plain(line) for line in lines] == [
        "   pid  name         cpu      ",
        "     7  otter       98 %      ",
        "  4242  a name th…            ",
    ]


def test_what_is_least_wanted_goes_first_and_silent_fields_take_no_room() -> None:
    assert [field.title for field in fitting(FIELDS, 100)] == ["pid", "name", "cpu"]
    assert [field.title for field in fitting(FIELDS, 20)] == ["pid", "name"]
    assert [field.title for field in fitting(FIELDS, 8)] == ["pid"]
    assert [field.title for field in fitting(FIELDS, 1)] == ["pid"]


def test_the_cells_taken_are_those_of_the_columns_and_their_gaps() -> None:
    assert taken(FIELDS[:2]) == 5 + 2 + 10 + 2


@given(st.integers(1, 60), st.integers(1, 60))
def test_every_line_has_exactly_the_cells_asked_for(room: int, total: int) -> None:
    assert {cells(line) for line in table_lines(fitting(FIELDS, room), total)} == {total}
