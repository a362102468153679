"""A store as scripts use it: all runs, one run by name, every kind of path; written by real producers."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

from logstore.errors import AmbiguousRunError, RunNotFoundError, StoreError
from logstore.model.delta import Block
from logstore.reading.blocks import BlockParser
from logstore.store import Store
from tests.logstore.written import Writing, eventually, kill, rows_of

PRODUCER = Path(__file__).with_name("producer.sh")
TRAIN = """
run = logstore.init(project="p", id="k", **QUIET)
step = 0
while True:
    logstore.log({"loss": step, "half": step / 2})
    print(step, flush=True)
    step += 1
"""


def produce(store: Path, run: str = "a1", steps: int = 20) -> None:
    subprocess.run(["sh", str(PRODUCER), str(store), "shell", run, str(steps)], check=True, timeout=30)


def test_what_a_shell_script_wrote_is_read(tmp_path: Path) -> None:
    produce(tmp_path)
    run = Store(tmp_path).find("a1")
    assert (run.key, run.name, run.project) == ("shell/a1", "a1 from a shell", "shell")
    assert run.config == {"optimizer": {"name": "sgd", "lr": 0.1}, "seed": 7}
    loss = run.series("train/loss")
    assert loss.steps.tolist() == list(range(20))
    assert loss.values[19] == pytest.approx(math.exp(-1.9), rel=1e-5)
    assert loss.first_nonfinite is not None
    assert loss.first_nonfinite[0] == 3
    assert run.state(time.time()).name == "finished"
    assert [event.title for event in run.events] == ["done"]
    assert (run.bad_lines, run.problems) == (0, ())


def test_every_kind_of_path_leads_to_the_run(tmp_path: Path) -> None:
    produce(tmp_path / "runs")
    run = tmp_path / "runs" / "shell" / "a1"
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "runs")
    for path in (tmp_path / "runs", run.parent, run, run / "metrics.jsonl", link):
        assert list(Store(path).runs()) == ["shell/a1"]
        assert len(Store(str(path)).find("a1").series("train/loss")) == 20


def test_runs_without_points_show_what_a_table_shows(tmp_path: Path) -> None:
    produce(tmp_path)
    run = Store(tmp_path).runs(points=False)["shell/a1"]
    assert len(run.metrics) == 0
    assert run.step == 19
    assert run.summary["train/lr"] == 0.1
    assert run.bytes_left > 0


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no directory or file .*/nowhere"):
        Store(tmp_path / "nowhere").runs()
    for run in ("a1", "a2"):
        produce(tmp_path, run, steps=2)
    with pytest.raises(AmbiguousRunError, match=r"'a' fits 2 runs: shell/a[12] \(a[12] from a shell\), shell/a[12] "):
        Store(tmp_path).find("a")
    with pytest.raises(RunNotFoundError, match=r"did you mean shell/a"):
        Store(tmp_path).find("a3")


def test_an_empty_directory_is_an_empty_store(tmp_path: Path) -> None:
    assert dict(Store(tmp_path).runs()) == {}


def test_a_cache_of_ones_own_is_used(tmp_path: Path) -> None:
    produce(tmp_path / "runs", steps=2000)
    reader = Store(tmp_path / "runs", cache=tmp_path / "cache").reader()
    for _ in range(20):
        reader.read()
    assert len(list((tmp_path / "cache" / "columns").iterdir())) == 1
    assert len(Store(tmp_path / "runs", cache=tmp_path / "cache").find("a1").series("train/loss")) == 2000


def test_what_a_viewer_kept_in_the_usual_place_is_used_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    produce(tmp_path / "runs", steps=2000)
    reader = Store(tmp_path / "runs", cache=tmp_path / "cache" / "runwatch").reader()
    reader.read()
    while not reader.is_settled:
        reader.read()
    produce(tmp_path / "runs", "a2", steps=2000)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*")}
    parsed = 0
    parse = BlockParser.parse

    def counted(self: BlockParser, lines: bytes) -> Block | None:
        nonlocal parsed
        parsed += len(lines)
        return parse(self, lines)

    monkeypatch.setattr(BlockParser, "parse", counted)
    runs = Store(tmp_path / "runs").runs()
    assert {key: len(run.series("train/loss")) for key, run in runs.items()} == {"shell/a1": 2000, "shell/a2": 2000}
    assert parsed == (tmp_path / "runs" / "shell" / "a2" / "metrics.jsonl").stat().st_size
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*")} == before


def test_every_row_that_log_returned_from_is_read_after_a_kill(writing: Writing) -> None:
    process = writing.start(TRAIN)
    assert process.stdout is not None
    logged = -1
    while logged < 300:
        logged = int(process.stdout.readline())
    process.kill()
    *_, logged = (logged, *map(int, process.stdout.read().split()))
    process.wait(timeout=50)
    run = Store(writing.root).find("k")
    assert run.step is not None
    assert run.step - logged in {0, 1}, "one row may be written whose log() did not return"
    assert run.series("loss").values.tolist() == list(range(run.step + 1))
    assert run.bad_lines == 0
    eventually(lambda: Store(writing.root).find("k").state(time.time()).name == "crashed")
    assert "gone without an exit record" in Store(writing.root).find("k").state(time.time()).reason


def test_a_live_writer_is_followed_row_by_row(writing: Writing) -> None:
    run = writing.init(id="r", config={"lr": 0.1})
    reader = Store(writing.root).reader()
    seen = 0
    for step in range(5):
        run.log({"loss": step})
        delta = reader.read()
        seen += sum(len(block) for each in delta.runs for block in each.blocks.get(0, ()))
        assert seen == step + 1
    run.finish()
    state = Store(writing.root).find("r").state(time.time())
    assert state.name == "finished"


def test_R10_a_resumed_run_shows_what_it_overtook_as_a_ghost(writing: Writing) -> None:
    run = writing.init(id="r")
    for step in range(10):
        run.log({"loss": step}, step=step)
    run.finish(exit_code=1)
    time.sleep(0.01)
    again = writing.init(id="r", resume="must")
    for step in range(6, 8):
        again.log({"loss": 100 + step}, step=step)
    again.finish()
    loss = Store(writing.root).find("r").series("loss")
    assert loss.values.tolist() == [0, 1, 2, 3, 4, 5, 106, 107]
    assert loss.ghost[0].tolist() == [6, 7, 8, 9]


def test_D6_what_is_logged_again_beats_what_was_set_by_hand(writing: Writing) -> None:
    run = writing.init(id="r")
    run.log({"acc": 0.5, "loss": 1})
    run.summary["acc"] = 0.9
    run.summary["loss"] = 7
    run.log({"acc": 0.6})
    run.finish()
    summary = Store(writing.root).find("r").summary
    assert (summary["acc"], summary["loss"]) == (0.6, 7)


def test_D5_the_summary_is_the_one_that_the_writer_shows(writing: Writing) -> None:
    run = writing.init(id="r")
    run.define_metric("loss", summary="min,max,mean,last,first")
    run.define_metric("val/*", summary="max")
    run.define_metric("hush", summary="none")
    for step in range(4):
        run.log({"loss": [4, 1, math.nan, 2][step], "val/acc": step, "hush": step, "note": "x", "flag": True})
    shown = dict(run.summary.items())
    run.finish()
    found = Store(writing.root).find("r").summary
    assert found["loss"] == pytest.approx(shown["loss"])
    for key in ("val/acc", "note", "flag"):
        assert found[key] == shown[key]
    assert "hush" not in found
    assert found["_step"] == shown["_step"]


def test_reading_needs_no_writer_and_writing_no_reader() -> None:
    code = "import sys, logstore.store; print(sorted({'textual', 'psutil', 'pynvml', 'rich'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=50)
    assert found.stdout.strip() == "[]"


def test_a_killed_writer_leaves_no_half_row(writing: Writing) -> None:
    process = writing.start(TRAIN)
    assert process.stdout is not None
    process.stdout.readline()
    kill(process)
    run = Store(writing.root).find("k")
    assert len(run.series("loss")) == len(rows_of(writing.only()))
