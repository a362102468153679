"""``tui wait``: how runs end, seen by whoever waits for them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.tui.commands.store_files import START, Invoke, Writer
from tui.commands import wait as module

ENDED: Mapping[str, Any] = {"ended": START + 60, "state": "finished", "exit_code": 0}


@pytest.fixture
def live(writer: Writer) -> Path:
    """A run that this very process writes."""
    return writer.run("live4", [{"loss": 1.0}], host=socket.gethostname(), pid=os.getpid(), name="live-lynx")


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Has something happen while ``tui wait`` sleeps between two looks, in place of sleeping."""

    def let(happen: Callable[[], object]) -> None:
        clock = SimpleNamespace(time=time.time, monotonic=time.monotonic, sleep=lambda _seconds: happen())
        monkeypatch.setattr(module, "time", clock)

    return let


def end(path: Path, **how: Any) -> None:
    """Write down how a run ended."""
    record = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**record, **ENDED, **how}))


def test_runs_that_have_ended_are_told_at_once(invoke: Invoke, store: Path) -> None:
    result = invoke("wait", "brave-otter", "--dir", store)
    assert (result.exit_code, result.output) == (0, "brave-otter  ■ finished\n")
    result = invoke("wait", "brave-otter", "fond-ibis", "--dir", store)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1] == "fond-ibis  ✖ failed  exit code 1: ValueError: loss is nan"


def test_the_rank_that_failed_first_is_named(invoke: Invoke, store: Path) -> None:
    path = store / "demo" / "otter1"
    end(path, state="killed", signal="SIGTERM")
    first = {"ended": START + 50, "state": "failed", "exit_code": 1, "error": "ValueError: bad batch"}
    (path / "run.rank2.json").write_text(json.dumps({"rank": 2, **first}))
    why = "rank 2 failed: exit code 1: ValueError: bad batch; rank 0 killed by SIGTERM"
    result = invoke("wait", "brave-otter", "--dir", store)
    assert (result.exit_code, result.output) == (1, f"brave-otter  ◆ killed  {why}\n")
    assert why in invoke("ls", store, "-c", "name,reason").stdout


def test_it_waits_until_the_run_has_ended(
    invoke: Invoke, store: Path, live: Path, asleep: Callable[[Callable[[], object]], None]
) -> None:
    asleep(lambda: end(live))
    result = invoke("wait", "live-lynx", "--dir", store)
    assert (result.exit_code, result.output) == (0, "live-lynx  ■ finished\n")


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ({"state": "failed", "exit_code": 3}, "✖ failed  exit code 3"),
        ({"state": "killed", "signal": "SIGTERM"}, "◆ killed  killed by SIGTERM"),
    ],
)
def test_how_it_ended_is_said_and_is_the_exit_code(
    invoke: Invoke,
    store: Path,
    live: Path,
    asleep: Callable[[Callable[[], object]], None],
    how: dict[str, object],
    word: str,
) -> None:
    asleep(lambda: end(live, **how))
    result = invoke("wait", "live-lynx", "--dir", store)
    assert (result.exit_code, result.output) == (1, f"live-lynx  {word}\n")


def test_a_run_whose_process_is_gone_has_ended_too(invoke: Invoke, writer: Writer) -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    writer.run("gone5", [{"loss": 1.0}], host=socket.gethostname(), pid=process.pid, name="gone-gnu")
    result = invoke("wait", "gone-gnu", "--dir", writer.root)
    assert result.exit_code == 1
    assert result.output.startswith("gone-gnu  ✖ crashed  process")


def test_a_run_that_is_removed_meanwhile_has_ended_badly(
    invoke: Invoke, store: Path, live: Path, tmp_path: Path, asleep: Callable[[Callable[[], object]], None]
) -> None:
    asleep(lambda: live.rename(tmp_path / "elsewhere" / "run"))
    result = invoke("wait", "live-lynx", "--dir", store, "--json")
    assert result.exit_code == 1
    (run,) = json.loads(result.stdout)["runs"]
    assert (run["state"]["name"], run["state"]["reason"]) == ("crashed", "it is not there any more")


def test_the_time_may_be_over_first(invoke: Invoke, store: Path, live: Path) -> None:
    result = invoke("wait", "live-lynx", "brave-otter", "--dir", store, "--timeout", "0")
    assert (result.exit_code, result.stdout) == (124, "brave-otter  ■ finished\n")
    assert result.stderr == "tui: the time is over; not ended: live-lynx\n"
    result = invoke("wait", "live-lynx", "--dir", store, "--timeout", "0.01s", "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["timed_out"]) == (124, True)
    assert [run["state"]["name"] for run in answer["runs"]] == ["running"]
    assert answer["runs"][0]["summary"]["loss"] == 1.0


def test_the_first_that_ends_may_be_enough(invoke: Invoke, store: Path, live: Path) -> None:
    result = invoke("wait", "live-lynx", "fond-ibis", "--any", "--dir", store)
    assert (result.exit_code, result.stdout.count("\n")) == (1, 1)


def test_without_names_those_that_are_live_are_meant(
    invoke: Invoke, store: Path, live: Path, asleep: Callable[[Callable[[], object]], None]
) -> None:
    asleep(lambda: end(live))
    assert invoke("wait", "--dir", store).output == "live-lynx  ■ finished\n"
    result = invoke("wait", "--dir", store)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"tui: no run in {store} is live\n")


def test_a_filter_chooses(invoke: Invoke, store: Path, live: Path) -> None:
    result = invoke("wait", "-f", "state=running", "--dir", store, "--timeout", "0")
    assert (result.exit_code, result.stderr) == (124, "tui: the time is over; not ended: live-lynx\n")
    assert invoke("wait", "-f", "state=failed", "--dir", store).exit_code == 1
    assert invoke("wait", "x", "-f", "state=failed", "--dir", store).exit_code == 2


def test_a_run_may_still_have_to_appear(
    invoke: Invoke, writer: Writer, asleep: Callable[[Callable[[], object]], None]
) -> None:
    asleep(lambda: writer.run("new6", [{"loss": 1.0}], name="new-newt", **ENDED))
    assert not writer.root.exists()
    result = invoke("wait", "new-newt", "--appear", "60s", "--dir", writer.root)
    assert (result.exit_code, result.output) == (0, "new-newt  ■ finished\n")


def test_a_run_that_does_not_appear_is_told_with_what_is_called_nearly_so(invoke: Invoke, store: Path) -> None:
    result = invoke("wait", "brave-oter", "--appear", "0.01", "--dir", store)
    assert result.exit_code == 1
    assert "did you mean demo/otter1 (brave-otter)?" in result.stderr
    assert invoke("wait", store / "demo" / "nope").stderr.endswith("there is no such file or directory\n")


def test_the_json_says_what_became_of_each_run(
    invoke: Invoke, store: Path, live: Path, asleep: Callable[[Callable[[], object]], None]
) -> None:
    def log_and_end() -> None:
        with (live / "metrics.jsonl").open("a") as file:
            file.write(Writer.row(1, {"loss": 0.5}))
        end(live)

    asleep(log_and_end)
    answer = json.loads(invoke("wait", "live-lynx", "--dir", store, "--json").stdout)
    assert answer["timed_out"] is False
    (run,) = answer["runs"]
    assert (run["key"], run["state"]["name"], run["ended"]) == ("demo/live4", "finished", START + 60)
    assert (run["step"], run["summary"]["loss"]) == (1, 0.5)


@pytest.mark.parametrize("span", ["soon", "-1", "inf", ""])
def test_a_span_that_is_none_is_refused(invoke: Invoke, store: Path, span: str) -> None:
    result = invoke("wait", "brave-otter", f"--timeout={span}", "--dir", store)
    assert result.exit_code == 2
    assert "is no span of time such as 90s, 30m or 2h" in result.stderr


def test_ctrl_c_ends_it(store: Path, live: Path) -> None:
    command = [sys.executable, "-m", "tui", "wait", "live-lynx", "brave-otter", "--dir", str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "brave-otter  ■ finished\n".encode()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b""
