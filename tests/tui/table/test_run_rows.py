"""``tui.table.run_rows``: what each column id means for a run that was read from files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from logstore.model.delta import Block, Column, Event, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from tui.show.palette import Swatch
from tui.table.columns import META, column_for
from tui.table.query import compile_query
from tui.table.rows import F64, Value, state_word
from tui.table.run_rows import RunRow, RunRows, kinds_of, metrics_of
from tui.table.smoothed import smoothed_last

START = 1.7e9
RECORD = {
    "id": "x7k2",
    "name": "brave-otter",
    "project": "vision",
    "group": "ablation",
    "job_type": "train",
    "tags": ["base", "long"],
    "notes": "first try",
    "host": "gpu-01",
    "created": START,
    "pid": 7,
    "command": ["train.py", "--fast"],
    "git": {"commit": "0123456789abcdef", "branch": "main"},
    "hardware": {"gpus": [{"name": "H200"}, {"name": "H200"}]},
    "world_size": 8,
    "total_steps": 1000,
}
ALIVE = Liveness("alive", 7)


def curve(values: list[float], *, every: float = 10.0, seconds: float = 2.0, name: str = "val/loss") -> Block:
    places: F64 = np.arange(len(values), dtype=np.float64)
    return Block(places * every, START + places * seconds, {name: Column(None, np.array(values))})


def run(
    *blocks: Block,
    record: Mapping[str, object] = RECORD,
    config: Mapping[str, object] | None = None,
    liveness: Liveness = ALIVE,
    events: tuple[Event, ...] = (),
) -> Run:
    found = Run("vision/x7k2", Path("runs/vision/x7k2"))
    found.apply(
        RunDelta(
            found.key,
            found.path,
            RunRecord.from_json(record),
            config or {},
            blocks={0: blocks} if blocks else {},
            liveness=liveness,
            last_write=START + 40,
            events=events,
        )
    )
    return found


def row(found: Run, now: float = START + 50) -> RunRow:
    rows = RunRows()
    rows.now = now
    return rows.update({found.key: found}, {found.key: Swatch(3, "━")})[0]


def test_a_row_is_its_run() -> None:
    otter = row(run())
    assert (otter.key, otter.name, otter.state, otter.health) == ("vision/x7k2", "brave-otter", "running", "ok")
    assert otter.swatch == Swatch(3, "━")


@pytest.mark.parametrize(
    ("column_id", "value"),
    [
        ("name", "brave-otter"),
        ("state", "running"),
        ("age", 50.0),
        ("step", 40),
        ("speed", 5.0),
        ("eta", 192.0),
        ("metric:val/loss", 2.0),
        ("metric:val/loss:min", 1.0),
        ("metric:val/loss:max", 5.0),
        ("metric:val/loss:mean", 3.0),
        ("metric:val/loss:first", 5.0),
        ("metric:val/loss:best", 1.0),
        ("metric:val/loss:smooth", smoothed_last(np.array([5.0, 4.0, 3.0, 1.0, 2.0]))),
        ("metric:absent:best", None),
        ("metric:absent:smooth", None),
        ("metric:absent", None),
        ("metric:absent:min", None),
        ("config.optim.lr", 3e-4),
        ("config.layers", ("3", "4")),
        ("config.empty", "{}"),
        ("config.optim", None),
        ("keys:config", ("optim.lr", "layers", "empty")),
        ("keys:metric", ("val/loss",)),
        ("meta:project", "vision"),
        ("meta:id", "x7k2"),
        ("meta:group", "ablation"),
        ("meta:job_type", "train"),
        ("meta:tags", ("base", "long")),
        ("meta:notes", "first try"),
        ("meta:host", "gpu-01"),
        ("meta:created", 50.0),
        ("meta:ended", None),
        ("meta:updated", 10.0),
        ("meta:duration", 50.0),
        ("meta:exit", None),
        ("meta:reason", "process 7 is alive"),
        ("meta:commit", "01234567"),
        ("meta:branch", "main"),
        ("meta:command", "train.py --fast"),
        ("meta:gpus", 2),
        ("meta:world_size", 8),
        ("meta:alerts", 1),
        ("any:state", ("running",)),
        ("at:created", START),
        ("nonsense", None),
        ("meta:nonsense", None),
    ],
)
def test_T1_every_column_has_its_value(column_id: str, value: Value) -> None:
    found = run(
        curve([5.0, 4.0, 3.0, 1.0, 2.0]),
        config={"optim": {"lr": 3e-4}, "layers": [3, 4], "empty": {}},
        events=(Event(START, "alert"), Event(START, "note")),
    )
    assert row(found).value(column_id) == value


def test_every_metadata_column_is_read_from_the_record() -> None:
    ended = run(record={**RECORD, "state": "failed", "exit_code": 1, "ended": START + 30, "user": "anna"})
    values = {name: row(ended).value(f"meta:{name}") for name in META}
    from_telemetry = {"gpu_hours", "idle_gpu_hours", "lost_gpu_hours", "kwh", "cost"}
    assert {name for name, value in values.items() if value is None} == from_telemetry


def test_a_bare_run_has_absent_values_and_not_zeros() -> None:
    bare = row(run(record={}, liveness=Liveness("unknown")))
    texts = {name: column_for(f"meta:{name}").text(bare) for name in META}
    assert {name for name, text in texts.items() if text != "–"} == {"project", "id", "updated", "reason", "alerts"}
    assert [column_for(each).text(bare) for each in ("step", "speed", "eta", "metric:loss")] == ["–"] * 4


@pytest.mark.parametrize(("asked", "best"), [("max", 5.0), ("min", 1.0), ("mean", 1.0)])
def test_what_is_best_is_said_by_define_metric_before_the_name(asked: str, best: float) -> None:
    rules = [{"name": "val/loss", "summary": [asked]}]
    found = row(run(curve([5.0, 1.0, 2.0]), record={**RECORD, "metrics": rules}))
    assert found.value("metric:val/loss:best") == best


def test_a_metric_without_a_better_end_has_no_best() -> None:
    assert row(run(curve([5.0, 1.0], name="lr"))).value("metric:lr:best") is None


def test_an_ended_run_has_neither_speed_nor_an_end_to_wait_for() -> None:
    ended = row(run(curve([1.0] * 5), record={**RECORD, "state": "finished", "ended": START + 30}))
    assert (ended.value("speed"), ended.value("eta")) == (None, None)
    assert ended.value("meta:ended") == 20.0
    assert ended.value("meta:duration") == 30.0


def test_a_stalled_run_says_so_and_has_speed_zero() -> None:
    stalled = row(run(curve([1.0] * 5)), now=START + 5000)
    assert state_word(stalled) == stalled.value("state") == "stalled"
    assert (stalled.value("speed"), stalled.value("eta")) == (0.0, None)
    assert stalled.value("any:state") == ("stalled", "running")
    assert compile_query("state=running state=stalled")(stalled)


def test_the_state_follows_the_moment_and_the_run() -> None:
    found = run(curve([1.0] * 5))
    rows = RunRows()
    rows.now = START + 20
    (only,) = rows.update({found.key: found}, {})
    assert only.health == "ok"
    rows.now = START + 5000
    assert only.health == "stalled"
    done = RunRecord.from_json({**RECORD, "state": "finished"})
    found.apply(RunDelta(found.key, found.path, done, liveness=ALIVE))
    assert only.state == "finished"


def test_the_total_comes_from_the_config_where_the_record_has_none() -> None:
    record = {key: value for key, value in RECORD.items() if key != "total_steps"}
    found = run(curve([1.0] * 5), record=record, config={"trainer": {"max_steps": 140}})
    assert row(found).value("eta") == 20.0
    assert row(run(curve([1.0] * 5), record=record)).value("eta") is None


def test_epochs_tell_the_end_where_no_number_of_steps_is_known() -> None:
    record = {key: value for key, value in RECORD.items() if key != "total_steps"}
    epochs = curve([0.0, 0.5, 1.0, 1.5], seconds=10.0, name="epoch")
    assert row(run(epochs, record=record, config={"epochs": 3})).value("eta") == pytest.approx(30.0)


def test_values_known_before_the_rows_are_read_are_shown() -> None:
    found = run()
    found.apply(RunDelta(found.key, found.path, headline={"val/loss": 2.5, "acc": {"max": 0.9}}, liveness=ALIVE))
    early = row(found)
    assert early.value("metric:val/loss") == 2.5
    assert early.value("metric:val/loss:min") is None
    assert early.value("metric:acc:max") == 0.9
    assert early.value("trend:val/loss") is None


def test_a_summary_set_by_hand_is_the_last_value() -> None:
    found = run(curve([3.0, 2.0]))
    found.apply(RunDelta(found.key, found.path, manual_summary={"val/loss": 9.0, "note": "odd"}, liveness=ALIVE))
    assert row(found).value("metric:val/loss") == 9.0
    assert row(found).value("metric:note") == "odd"


def test_a_curve_with_holes_is_a_trend_all_the_same() -> None:
    found = run(curve([3.0, math.nan, 2.0]))
    trend = row(found).value("trend:val/loss")
    assert isinstance(trend, np.ndarray)
    assert len(trend) == 3


def test_rows_are_kept_while_their_runs_are() -> None:
    found, rows = run(), RunRows()
    (first,) = rows.update({found.key: found}, {})
    (again,) = rows.update({found.key: found}, {found.key: Swatch(5, "┅")})
    assert again is first
    assert again.swatch == Swatch(5, "┅")
    assert rows.update({}, {}) == []
    assert rows.update({found.key: found}, {})[0] is not first


def test_metrics_are_listed_by_how_many_runs_have_them() -> None:
    both = run(curve([1.0], name="loss"), curve([1.0], name="acc"))
    assert metrics_of([both, run(curve([1.0], name="loss"))]) == ["loss", "acc"]


def test_what_define_metric_asked_for_is_found_by_metric() -> None:
    rules = [{"name": "quality", "summary": ["min"]}, {"name": "val/*", "summary": ["max"]}, {"name": "plain"}]
    asked = run(
        *(curve([1.0], name=name) for name in ("quality", "val/x", "plain")), record={**RECORD, "metrics": rules}
    )
    assert kinds_of([run(curve([1.0], name="quality")), asked]) == {"quality": ("min",), "val/x": ("max",)}


@pytest.mark.parametrize("column", ["age", "meta:created", "meta:updated", "meta:ended"])
def test_spans_rank_by_when_they_began_whatever_the_time(column: str) -> None:
    older = run(curve([1.0]), record={**RECORD, "state": "finished", "ended": START + 5})
    newer = run(curve([1.0]), record={**RECORD, "created": START + 9, "state": "finished", "ended": START + 50})
    newer.last_write = START + 100
    rows = RunRows()
    first, second = rows.update({"a": older}, {})[0], RunRows().update({"b": newer}, {})[0]
    key = column_for(column).sort_key
    rows.now = START + 1000
    before = key(first)
    rows.now = START + 9999
    assert key(first) == before
    assert key(second) < key(first)


def test_rows_come_newest_first_in_whatever_order_runs_were_found() -> None:
    older, newer, twin = (run(record={**RECORD, "created": START + late}) for late in (0, 9, 9))
    older.key, newer.key, twin.key = "a", "b", "c"
    found = [{each.key: each for each in order} for order in ((older, newer, twin), (twin, older, newer))]
    assert [[row.key for row in RunRows().update(runs, {})] for runs in found] == [["c", "b", "a"]] * 2


def test_only_rows_of_live_runs_are_restless() -> None:
    rows = RunRows()
    live, over = run(curve([1.0])), run(curve([1.0]), record={**RECORD, "state": "finished"})
    over.key = "vision/over"
    rows.update({live.key: live, over.key: over}, {})
    rows.now = START + 1
    assert rows.restless([live.key, over.key, "gone"]) == [live.key]


def test_metrics_of_a_run_that_is_not_read_yet_are_known_from_its_latest_values() -> None:
    told = {"val/loss": 2.0, "steps": 3, "note": "text", "_step": 7}
    unread = Run("vision/unread", Path("runs/vision/unread"))
    unread.apply(RunDelta(unread.key, unread.path, RunRecord.from_json(RECORD), headline=told, bytes_left=100))
    assert metrics_of([unread]) == ["steps", "val/loss"]
    unread.apply(RunDelta(unread.key, unread.path, blocks={0: (curve([1.0], name="lr"),)}))
    assert metrics_of([unread]) == ["lr"]
