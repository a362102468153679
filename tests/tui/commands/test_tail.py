import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.tui.commands.store_files import Invoke, Writer, harmless


def steps(text: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines()]


def test_the_last_rows_with_their_step_and_time(invoke: Invoke, store: Path) -> None:
    result = invoke("tail", "brave-otter", "-n", "2", "--dir", store)
    assert steps(result.stdout) == ["3", "4"]
    assert "train/loss 2.125" in result.stdout.splitlines()[-1]
    assert " at " in result.stdout


def test_nan_is_said(invoke: Invoke, store: Path) -> None:
    text = invoke("tail", "fond-ibis", "--dir", store).stdout
    assert "train/loss nan" in text
    assert "train/loss inf" in text


def test_only_some_metrics(invoke: Invoke, writer: Writer) -> None:
    rows = [{"train/loss": 1.0, **({"val/loss": 2.0, "val/acc": 0.5} if step % 10 == 0 else {})} for step in range(50)]
    writer.run("a", rows)
    text = invoke("tail", "a", "-m", "val/*", "-n", "3", "--dir", writer.root).stdout
    assert steps(text) == ["20", "30", "40"]
    assert "train/loss" not in text
    assert "val/acc 0.500" in text


def test_a_metric_that_no_row_has_is_said_with_those_that_there_are(invoke: Invoke, store: Path) -> None:
    result = invoke("tail", "brave-otter", "-m", "train/los", "--dir", store, "--json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "tui: no row has train/los; run demo/otter1 has train/loss, val/loss\n"
    assert invoke("tail", "brave-otter", "-m", "train/*", "--dir", store).stderr == ""


def test_json_is_one_row_a_line_as_it_was_logged(invoke: Invoke, store: Path) -> None:
    rows = [json.loads(line) for line in invoke("tail", "fond-ibis", "--json", "--dir", store).stdout.splitlines()]
    assert [row["_step"] for row in rows] == [0, 1, 2, 3]
    assert [row["train/loss"] for row in rows] == [5.0, 6.0, "NaN", "Infinity"]


def test_a_million_rows_are_read_from_their_end(invoke: Invoke, writer: Writer) -> None:
    path = writer.run("long")
    line = b'{"_step":%d,"_timestamp":1790000000.0,"loss":1.5}\n'
    (path / "metrics.jsonl").write_bytes(b"".join(line % step for step in range(200_000)))
    assert steps(invoke("tail", "long", "-n", "3", "--dir", writer.root).stdout) == ["199997", "199998", "199999"]
    assert len(steps(invoke("tail", "long", "-n", "5000", "--dir", writer.root).stdout)) == 5000


def test_a_torn_last_line_is_no_row_yet(invoke: Invoke, store: Path) -> None:
    with (store / "demo" / "otter1" / "metrics.jsonl").open("a") as file:
        file.write('{"_step": 5, "train/lo')
    assert steps(invoke("tail", "brave-otter", "-n", "1", "--dir", store).stdout) == ["4"]


def test_none_at_all_is_an_empty_answer(invoke: Invoke, writer: Writer) -> None:
    writer.run("empty")
    result = invoke("tail", "empty", "--dir", writer.root)
    assert (result.exit_code, result.output) == (0, "")


def test_the_console_as_a_terminal_would_have_shown_it(invoke: Invoke, store: Path) -> None:
    console = store / "demo" / "otter1" / "console.log"
    console.write_bytes(b"\x1b[31mred\x1b[0m\n 10%\r 20%\r100% done\nlast\x07\n")
    result = invoke("tail", "brave-otter", "--console", "-n", "3", "--dir", store)
    assert result.stdout.splitlines() == ["red", "100% done", "last·"]
    as_json = invoke("tail", "brave-otter", "--console", "-n", "1", "--json", "--dir", store)
    assert json.loads(as_json.stdout) == {"line": "last·"}


def test_the_console_with_when_it_was_printed(invoke: Invoke, store: Path) -> None:
    path, now = store / "demo" / "otter1", time.time()
    (path / "console.log").write_bytes(b"long ago\nfirst\nsecond\n")
    entries = [{"_timestamp": now - 5, "offset": 9}, {"_step": 1200, "_timestamp": now, "offset": 15}]
    (path / "console.times.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    rows = invoke("tail", "brave-otter", "--console", "--json", "--dir", store).stdout.splitlines()
    assert [json.loads(row) for row in rows] == [
        {"line": "long ago"},
        {"line": "first", "time": round(now - 5, 3)},
        {"line": "second", "time": round(now, 3), "step": 1200},
    ]
    said = invoke("tail", "brave-otter", "--console", "--times", "-n", "1", "--dir", store).stdout
    assert said.endswith(" · step 1,200  second\n")
    every = invoke("tail", "brave-otter", "--console", "--times", "--dir", store).stdout.splitlines()
    assert every[0] == "–  long ago"
    assert "step" not in every[1]


def test_times_of_rows_are_refused(invoke: Invoke, store: Path) -> None:
    result = invoke("tail", "brave-otter", "--times", "--dir", store)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("tui tail: --times goes with --console: rows have their time.")


def test_a_run_without_a_console_says_so(invoke: Invoke, store: Path) -> None:
    result = invoke("tail", "brave-otter", "--console", "--dir", store)
    assert result.exit_code == 1
    assert result.stderr == "tui: run demo/otter1 has no captured console\n"


def test_rows_and_console_of_another_rank(invoke: Invoke, writer: Writer, store: Path) -> None:
    path = store / "demo" / "otter1"
    (path / "metrics.rank2.jsonl").write_text(writer.row(7, {"train/loss": 9.0}))
    (path / "console.rank2.log").write_text("ValueError: bad batch\n")
    (path / "run.rank3.json").write_text("{}")
    rows = invoke("tail", "brave-otter", "--rank", "2", "--json", "--dir", store).stdout
    assert [json.loads(row)["train/loss"] for row in rows.splitlines()] == [9.0]
    console = invoke("tail", "brave-otter", "--rank", "2", "--console", "--dir", store)
    assert console.stdout == "ValueError: bad batch\n"
    assert invoke("tail", "brave-otter", "--rank", "3", "--dir", store).output == ""
    result = invoke("tail", "brave-otter", "--rank", "4", "--dir", store)
    assert (result.exit_code, result.stderr) == (1, "tui: run demo/otter1 has no rank 4; it has 0, 2, 3\n")
    (path / "metrics.jsonl").unlink()
    assert json.loads(invoke("tail", "brave-otter", "--json", "--dir", store).stdout)["_step"] == 7


def test_following_a_finished_run_ends_at_once(invoke: Invoke, store: Path) -> None:
    assert len(steps(invoke("tail", "brave-otter", "-f", "--dir", store).stdout)) == 5


def test_hostile_names_are_text(invoke: Invoke, store: Path) -> None:
    for more in ([], ["--json"]):
        assert harmless(invoke("tail", "evil3", "--dir", store, *more).output)


def test_a_live_run_is_followed_until_it_ends(writer: Writer) -> None:
    """A real process tails a real file that grows; it ends by itself when the exit record is there."""
    own: dict[str, Any] = {"pid": os.getpid(), "host": os.uname().nodename}
    path = writer.run("live", [{"loss": 3.0}], **own)
    command = [sys.executable, "-m", "tui", "tail", "live", "-f", "--json", "--dir", str(writer.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        assert json.loads(follower.stdout.readline())["_step"] == 0
        for step in (1, 2):
            with (path / "metrics.jsonl").open("a") as file:
                file.write(writer.row(step, {"loss": 1.0 / step}))
            assert json.loads(follower.stdout.readline())["_step"] == step
        assert follower.poll() is None
        record = json.loads((path / "run.json").read_text())
        (path / "run.json").write_text(json.dumps({**record, "state": "finished", "exit_code": 0}))
        assert follower.wait(20) == 0


def test_times_are_local_and_short(invoke: Invoke, writer: Writer) -> None:
    path = writer.run("now")
    (path / "metrics.jsonl").write_text(json.dumps({"_step": 0, "_timestamp": time.time(), "loss": 1.0}) + "\n")
    text = invoke("tail", "now", "--dir", writer.root).stdout
    assert len(text.split(" at ")[1].split()[0]) == len("14:02:31")
