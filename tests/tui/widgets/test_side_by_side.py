"""Tables with one column per run: widths, a key column that stays, a cursor on a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.panel_app import PanelApp
from tui.details.diff import ConfigDiff, SummaryDiff
from tui.show.heads import Head
from tui.show.palette import Swatch
from tui.widgets.diff_table import DiffTable
from tui.widgets.line_view import LineView
from tui.widgets.side_by_side import GAP, NARROWEST, SideBySide, share_width
from tui.widgets.summary_table import SummaryTable

CONFIGS: list[dict[str, object]] = [
    {"lr": 3e-4, "model": {"depth": 12}, "optim": {"fused": True}, "seed": 0, "same": "x"},
    {"lr": 1e-4, "model": {"depth": 12}, "seed": 0, "same": "x"},
    {"lr": 3e-4, "model": {"depth": 24}, "optim": {"fused": False}, "seed": "0", "same": "x"},
]
NAMES = ("brave-otter", "calm-lynx", "eager-mole")


def heads(count: int = 3) -> list[Head]:
    names = [*NAMES, *(f"run-{index}" for index in range(3, count))][:count]
    return [Head(name, Swatch(slot % 12, "━")) for slot, name in enumerate(names)]


def configs_app(facts: bool = True) -> PanelApp[DiffTable]:
    origins: list[dict[str, object]] = [{"host": "gpu01"}, {"host": "gpu01"}, {"host": "gpu02"}]
    diff = ConfigDiff.of(CONFIGS, origins if facts else ())
    return PanelApp(DiffTable(), lambda table: table.show(diff, heads()))


def many_app(count: int) -> PanelApp[DiffTable]:
    diff = ConfigDiff.of([{"seed": index, "lr": 10.0**-index} for index in range(count)])
    return PanelApp(DiffTable(), lambda table: table.show(diff, heads(count)))


def summary_app() -> PanelApp[SummaryTable]:
    values: list[dict[tuple[str, str], object]] = [
        {("val/loss", "min"): 2.05, ("val/acc", "max"): 0.612, ("steps", ""): 20_100},
        {("val/loss", "min"): 2.17, ("val/acc", "max"): 0.598, ("steps", ""): 17_000, ("note", ""): "plateau"},
        {("val/loss", "min"): 2.011, ("val/acc", "max"): 0.631, ("steps", ""): 30_000},
    ]
    return PanelApp(SummaryTable(), lambda table: table.show(SummaryDiff.of(values), heads()))


# -- widths -----------------------------------------------------------------------------------------------------------


def test_columns_get_what_they_like_where_it_fits() -> None:
    assert share_width(80, 12, [10, 20, 15]) == (12, [10, 20, 15])


def test_the_widest_columns_give_way_first_and_the_key_keeps_at_most_two_fifths() -> None:
    assert share_width(60, 12, [10, 40, 15]) == (12, [10, 17, 15])
    assert share_width(60, 50, [12, 12]) == (24, [12, 12])


@given(st.integers(20, 300), st.integers(1, 80), st.lists(st.integers(1, 80), min_size=1, max_size=20))
def test_no_column_gets_more_than_it_likes_and_all_fit_where_they_can(total: int, key: int, likes: list[int]) -> None:
    key_cells, widths = share_width(total, key, likes)
    assert key_cells <= key
    assert all(given <= liked for given, liked in zip(widths, likes, strict=True))
    least = max(NARROWEST, total * 2 // 5) + sum(min(NARROWEST, liked) + GAP for liked in likes)
    if least <= total:
        assert key_cells + sum(widths) + GAP * len(widths) <= total


def test_columns_of_narrow_contents_become_narrower_than_their_heads() -> None:
    assert share_width(60, 16, [20, 20, 20, 20], [8, 8, 9, 3]) == (16, [9, 9, 9, 9])
    assert share_width(48, 16, [20, 20, 20, 20], [8, 8, 9, 3]) == (16, [14, 14, 14, 14]), "numbers are never cut"
    assert share_width(56, 16, [20, 20, 20, 20], [8, 8, 9, 3]) == (16, [8, 8, 9, 7])


def test_the_key_gives_way_before_a_run_is_out_of_sight() -> None:
    assert share_width(50, 16, [20, 20, 20, 20], [8, 8, 9, 3]) == (11, [8, 8, 9, 6])
    assert share_width(52, 16, [20, 20, 20], [10, 10, 10]) == (16, [10, 10, 10])
    assert share_width(47, 16, [20, 20, 20], [10, 10, 10]) == (11, [10, 10, 10])


# -- the config table ------------------------------------------------------------------------------------------------


async def test_what_differs_is_shown_with_one_column_per_run() -> None:
    shown = configs_app()
    async with shown.run_test(size=(72, 12)) as pilot:
        await pilot.pause()
        assert [line for line in shown.seen() if line] == [
            " config  differing 4 of 5 · h shows all · against brave-otter",
            " key          ━ brave-otter  ━ calm-lynx  ━ eager-mole",
            " lr           3e-4           1e-4         3e-4",
            " model.depth  12             12           24",
            " optim.fused  true           – missing    false",
            ' seed         0              0            "0" text',
            " of the runs",
            " host         gpu01          gpu01        gpu02",
        ]


async def test_h_shows_identical_rows_and_hides_them_again() -> None:
    shown = configs_app(facts=False)
    async with shown.run_test(size=(72, 12)) as pilot:
        await pilot.press("h")
        assert shown.seen()[6] == " same         x              x            x"
        assert "all shown" in shown.seen()[0]
        await pilot.press("h")
        assert "same" not in "".join(shown.seen())


async def test_a_search_leaves_the_rows_that_hold_it_and_says_so_when_there_are_none() -> None:
    shown = configs_app()
    async with shown.run_test(size=(72, 12)) as pilot:
        await pilot.press("slash")
        await pilot.press(*"FUSED")
        assert [line.split()[0] for line in shown.seen()[2:4] if line] == ["optim.fused"]
        await pilot.press(*"zz")
        assert shown.seen()[2] == " nothing holds 'FUSEDzz': escape clears the search"


async def test_identical_configs_and_none_say_what_they_are() -> None:
    same = PanelApp(DiffTable(), lambda table: table.show(ConfigDiff.of([{"a": 1}, {"a": 1}]), heads(2)))
    async with same.run_test(size=(72, 12)) as pilot:
        await pilot.pause()
        assert same.seen()[2] == " the configs are identical: h shows them"
    none = PanelApp(DiffTable(), lambda table: table.show(ConfigDiff.of([{}, {}]), heads(2)))
    async with none.run_test(size=(72, 12)) as pilot:
        await pilot.pause()
        assert none.seen()[2] == " these runs have no config"


async def test_values_that_begin_alike_are_cut_in_the_middle_and_so_are_names_in_titles() -> None:
    paths = [f"/data/imagenet/processed/shards/of/some/version/{n}.tar" for n in (1, 2)]
    long = [Head(f"a-name-that-goes-on-and-on-and-differs-at-its-end-{n}", Swatch(n, "━")) for n in (1, 2)]
    diff = ConfigDiff.of([{"path": path} for path in paths])
    shown = PanelApp(DiffTable(), lambda table: table.show(diff, long))
    async with shown.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        assert [text[-6:] for text in shown.seen()[2].split()[1:]] == ["/1.tar", "/2.tar"]
        assert shown.seen()[0].endswith("against a-name-that-go…-at-its-end-1")


async def test_more_columns_than_fit_scroll_and_the_key_column_stays() -> None:
    shown = many_app(14)
    async with shown.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        assert "run-13" not in shown.seen()[1]
        await pilot.press(*["right"] * 20)
        await pilot.pause()
        assert shown.widget.column == 13
        lines = shown.seen()
        assert "run-13" in lines[1]
        assert lines[1].startswith(" key ")
        assert lines[3].startswith(" seed ")
        assert "…" not in lines[1]
        await pilot.press(*["left"] * 20)
        await pilot.pause()
        assert (shown.widget.scroll_offset.x, "brave-otter" in shown.seen()[1]) == (0, True)


@pytest.mark.parametrize("width", [30, 37, 44, 51, 66])
async def test_no_number_is_cut_by_the_edge(width: int) -> None:
    values: list[dict[tuple[str, str], object]] = [{("loss", ""): 0.12341 + run, ("steps", ""): 1} for run in range(9)]
    shown = PanelApp(SummaryTable(), lambda table: table.show(SummaryDiff.of(values), heads(9)))
    whole = {"0.1234", *(f"{run}.123" for run in range(1, 9))}
    async with shown.run_test(size=(width, 8)) as pilot:
        for x in (0, 1, 7, 15):
            shown.widget.scroll_to(x=x, animate=False, force=True)
            await pilot.pause()
            numbers = set(shown.seen()[2].replace("★", " ").split()[1:])
            assert numbers <= whole, x
            assert numbers or x, x


async def test_a_column_that_is_wider_than_there_is_room_is_seen_all_the_same() -> None:
    shown = configs_app()
    async with shown.run_test(size=(20, 10)) as pilot:
        await pilot.pause()
        assert shown.seen()[2].startswith(" lr")
        assert "3e-4" in shown.seen()[2]


async def test_rows_that_need_a_scrollbar_do_not_make_the_columns_scroll_too() -> None:
    configs = [{f"k{row}": f"value-{row}-{run}-of-some-length" for row in range(40)} for run in range(3)]
    shown = PanelApp(DiffTable(), lambda table: table.show(ConfigDiff.of(configs), heads()))
    async with shown.run_test(size=(72, 12)) as pilot:
        await pilot.pause()
        assert shown.widget.show_vertical_scrollbar
        assert not shown.widget.show_horizontal_scrollbar
        assert {len(line) for line in shown.seen()[2:9]} <= set(range(72))


async def test_a_click_chooses_the_cell() -> None:
    shown = configs_app()
    async with shown.run_test(size=(72, 12)) as pilot:
        await pilot.pause()
        await pilot.click(DiffTable, offset=(31, 3))
        assert (shown.widget.cursor, shown.widget.column) == (1, 1)
        await pilot.click(DiffTable, offset=(2, 4))
        assert (shown.widget.cursor, shown.widget.column) == (2, 1)


async def test_enter_opens_the_row_and_b_chooses_the_baseline() -> None:
    shown = configs_app()
    async with shown.run_test(size=(72, 12)) as pilot:
        await pilot.press("down", "right", "enter", "b")
        opened, chosen = shown.told
        assert isinstance(opened, LineView.Opened)
        assert opened.row == 1
        assert isinstance(chosen, SideBySide.BaselineChosen)
        assert chosen.run == 1


async def test_y_copies_the_value_and_a_capital_y_the_table() -> None:
    shown = configs_app(facts=False)
    async with shown.run_test(size=(72, 12)) as pilot:
        await pilot.press("y")
        assert shown.clipboard == "3e-4"
        await pilot.press("down", "down", "right", "y")
        assert shown.clipboard == "3e-4"  # a missing value leaves the clipboard alone
        await pilot.press("Y")
        assert shown.clipboard.splitlines() == [
            "key\tbrave-otter\tcalm-lynx\teager-mole",
            "lr\t3e-4\t1e-4\t3e-4",
            "model.depth\t12\t12\t24",
            "optim.fused\ttrue\t\tfalse",
            "seed\t0\t0\t0",
        ]


async def test_names_keys_and_values_are_text_and_never_markup() -> None:
    diff = ConfigDiff.of([{"[bold]k": "[red]a\x1b[31m"}, {"[bold]k": "b\nc"}])
    evil = [Head("[blink]\x1b]0;x\x07", Swatch(0, "━")), Head("two", Swatch(1, "━"))]
    shown = PanelApp(DiffTable(), lambda table: table.show(diff, evil))
    async with shown.run_test(size=(72, 8)) as pilot:
        await pilot.pause()
        assert shown.seen()[1:3] == [
            " key         ━ [blink]␛]0;x·     ━ two",
            ' "[bold]k"   "[red]a\\u001b[31m"  b␊c',
        ]
        assert "\x1b" not in "".join(shown.seen())


# -- the summary table -----------------------------------------------------------------------------------------------


async def test_the_best_value_of_each_metric_carries_a_star() -> None:
    shown = summary_app()
    async with shown.run_test(size=(72, 10)) as pilot:
        await pilot.pause()
        assert [line for line in shown.seen() if line] == [
            " summary  ★ best",
            " key           ━ brave-otter  ━ calm-lynx  ━ eager-mole",
            " val/acc max          0.6120       0.5980      ★ 0.6310",
            " val/loss min          2.050        2.170       ★ 2.011",
            " note                      –      plateau             –",
            " steps                 20.1k        17.0k         30.0k",
        ]


async def test_d_shows_distances_from_the_baseline() -> None:
    shown = summary_app()
    async with shown.run_test(size=(72, 10)) as pilot:
        await pilot.press("d")
        assert shown.seen()[:4] == [
            " summary  ★ best · Δ to brave-otter",
            " key           ━ brave-otter  ━ calm-lynx  ━ eager-mole",
            " val/acc max          0.6120     −0.01400    ★ +0.01900",
            " val/loss min          2.050      +0.1200    ★ −0.03900",
        ]
        shown.widget.baseline = 2
        await pilot.pause()
        assert shown.seen()[3] == " val/loss min       +0.03900      +0.1590       ★ 2.011"


async def test_runs_that_logged_nothing_say_so() -> None:
    shown = PanelApp(SummaryTable(), lambda table: table.show(SummaryDiff.of([{}, {}]), heads(2)))
    async with shown.run_test(size=(72, 10)) as pilot:
        await pilot.pause()
        assert shown.seen()[2] == " these runs have logged nothing yet"


async def test_a_distance_is_coloured_where_it_is_for_better_or_for_worse() -> None:
    shown = summary_app()
    async with shown.run_test(size=(72, 10)) as pilot:
        await pilot.press("d")
        table = shown.widget
        assert [[span.role for span in table.cell(row, 2)][-1] for row in range(4)] == ["good", "good", "dim", ""]
        assert [[span.role for span in table.cell(row, 1)][-1] for row in range(3)] == ["warn", "warn", "dim"]
        assert [table.cell(3, run)[-1].text for run in range(3)] == ["20.1k", "−3.10k", "+9.90k"]


async def test_a_long_metric_is_cut_in_its_middle_and_says_which_value_it_is() -> None:
    metric = "eval/mmlu/abstract_algebra/of_all_schools/accuracy"
    diff = SummaryDiff.of([{(metric, "max"): 0.5}, {(metric, "max"): 0.6}])
    shown = PanelApp(SummaryTable(), lambda table: table.show(diff, heads(2)))
    async with shown.run_test(size=(60, 6)) as pilot:
        await pilot.pause()
        assert shown.seen()[2].startswith(" eval/mmlu…/accuracy max ")
        assert shown.widget.tsv().splitlines()[1].startswith(f"{metric} max\t")


async def test_a_title_tells_as_much_of_the_baseline_as_there_is_room_for() -> None:
    long = [Head(f"a-name-that-goes-on-and-on-and-differs-at-its-end-{n}", Swatch(n, "━")) for n in (1, 2)]
    diff = ConfigDiff.of([{"lr": 1}, {"lr": 2}])
    shown = PanelApp(DiffTable(), lambda table: table.show(diff, long))
    async with shown.run_test(size=(60, 8)) as pilot:
        await pilot.pause()
        assert shown.seen()[0] == " config  differing 1 of 1 · h shows all · against a-nam…nd-1"
        await pilot.resize_terminal(50, 8)
        await pilot.pause()
        assert shown.seen()[0] == " config  differing 1 of 1 · h shows all"


async def test_metrics_that_begin_and_end_alike_are_told_apart() -> None:
    names = [f"eval/mmlu/{subject}/accuracy" for subject in ("abstract_algebra", "college_physics")]
    diff = SummaryDiff.of([{(name, "max"): 0.5 for name in names}] * 2)
    shown = PanelApp(SummaryTable(), lambda table: table.show(diff, heads(2)))
    async with shown.run_test(size=(60, 6)) as pilot:
        await pilot.pause()
        assert [line.split()[0] for line in shown.seen()[2:4]] == ["…/abstract_algebra…", "…/college_physics/…"]


async def test_what_differs_from_the_baseline_is_told_by_its_weight_too() -> None:
    shown = configs_app(facts=False)
    async with shown.run_test(size=(72, 12)) as pilot:
        await pilot.pause()
        assert [shown.widget.cell(0, run)[-1].role for run in range(3)] == ["", "accent strong", ""]
