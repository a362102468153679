"""``tui guard``: a real store that is being written, real processes, a real script that is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import TypeVar

import pytest

from logstore.store import Store
from tests.tui.commands.guarded import LiveRun, children
from tests.tui.commands.store_files import Invoke
from tui.health.alert import Change
from tui.health.checked import AlertSettingsError
from tui.health.guard import Guard, Orders
from tui.notify.configured import load
from tui.notify.destinations import Destinations
from tui.notify.message import Message
from tui.settings import SettingsError

COMMAND = [sys.executable, "-m", "tui"]
T = TypeVar("T")
HASTE = 30.0
"""How much faster than ours the guard's clock goes, so that nobody waits for its patience."""


@dataclass
class Heard:
    """What a guard told."""

    changes: list[Change] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def tell(self, change: Change, message: Message) -> None:
        self.changes.append(change)
        self.lines.append(message.line)

    @property
    def steps(self) -> list[tuple[str, str]]:
        return [(change.what, change.alert.rule) for change in self.changes]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[LiveRun]:
    with LiveRun(tmp_path / "runs") as made:
        yield made


def hasty() -> Callable[[], float]:
    begun = time.time()
    return lambda: begun + HASTE * (time.time() - begun)


def guarding(run: LiveRun, heard: Heard, clock: Callable[[], float] = time.time, **orders: object) -> Guard:
    root = run.path.parent.parent
    given = Orders(interval=None, tick=0.02, **orders)  # type: ignore[arg-type]
    return Guard(Store(root).reader(), root, given, heard.tell, heard.complaints.append, clock)


@asynccontextmanager
async def on_duty(made: Guard) -> AsyncIterator[None]:
    task = asyncio.create_task(made.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_what_goes_wrong_while_it_watches_is_told(run: LiveRun) -> None:
    heard = Heard()
    run.log(2.0, 1.9, 1.8)
    async with on_duty(guarding(run, heard)):
        await asyncio.sleep(0.2)
        assert heard.steps == []
        run.log("NaN")
        await until(lambda: bool(heard.lines))
    (line,) = heard.lines
    assert line == "✖ brave-otter: train/loss is nan since step 3: first train/loss at step 3 (nan, 1.800 before)"


async def test_it_ends_when_no_run_is_live_any_more(run: LiveRun) -> None:
    heard = Heard()
    run.log(2.0)
    duty = asyncio.create_task(guarding(run, heard, hasty(), until_done=True).run())
    await asyncio.sleep(0.3)
    assert not duty.done()
    run.kill()
    await asyncio.wait_for(duty, 20)
    assert heard.steps == [("raised", "crashed")]
    assert "gone without an exit record" in heard.lines[0]


async def test_a_run_that_ends_well_is_nothing_to_tell(run: LiveRun) -> None:
    heard = Heard()
    run.log(2.0)
    duty = asyncio.create_task(guarding(run, heard, hasty(), until_done=True).run())
    await asyncio.sleep(0.2)
    run.record(state="finished", ended=time.time(), exit_code=0)
    await asyncio.wait_for(duty, 20)
    assert heard.steps == []


async def test_alerts_are_recorded_where_that_is_asked_for_and_not_heard_again(run: LiveRun) -> None:
    heard = Heard()
    run.log(2.0, "Infinity")
    async with on_duty(guarding(run, heard, record=True)):
        await until(lambda: bool(run.events()))
        await asyncio.sleep(0.5)
    assert heard.steps == [("raised", "nonfinite")]
    (event,) = run.events()
    assert {key: event[key] for key in ("kind", "level", "rule", "what")} == {
        "kind": "alert",
        "level": "ERROR",
        "rule": "nonfinite",
        "what": "raised",
    }
    again = Heard()
    async with on_duty(guarding(run, again, record=True)):
        await asyncio.sleep(0.5)
    assert again.steps == [], "an alert that is still open is not told by the next guard"


async def test_nothing_is_written_unless_it_is_asked_for(run: LiveRun) -> None:
    heard = Heard()
    run.log("NaN")
    async with on_duty(guarding(run, heard)):
        await until(lambda: bool(heard.lines))
    assert sorted(path.name for path in run.path.iterdir()) == ["metrics.jsonl", "run.json"]


async def test_a_store_that_cannot_be_written_is_a_complaint(run: LiveRun) -> None:
    heard = Heard()
    run.log("NaN")
    (run.path / "events.jsonl").symlink_to("/dev/null")
    async with on_duty(guarding(run, heard, record=True)):
        await until(lambda: bool(heard.complaints))
    assert "events.jsonl: " in heard.complaints[0]


async def test_a_run_that_cannot_be_written_is_a_complaint_once(run: LiveRun) -> None:
    heard = Heard()
    run.log("NaN")
    (run.path / "events.jsonl").symlink_to("/dev/null")
    async with on_duty(guarding(run, heard, hasty(), record=True)):
        await until(lambda: bool(heard.complaints))
        run.record(state="failed", exit_code=1, ended=time.time())
        run.kill()
        await until(lambda: ("raised", "crashed") in heard.steps)
        await asyncio.sleep(0.2)
    assert len(heard.complaints) == 1


async def test_the_training_s_own_alert_is_passed_on(run: LiveRun) -> None:
    heard = Heard()
    run.log(2.0)
    async with on_duty(guarding(run, heard)):
        await asyncio.sleep(0.2)
        row = {"_timestamp": time.time(), "kind": "alert", "title": "bad batch", "text": "3 empty", "level": "WARN"}
        (run.path / "events.jsonl").write_text(json.dumps(row) + "\n")
        await until(lambda: bool(heard.lines))
    assert heard.lines == ["⚠ brave-otter: bad batch: 3 empty"]


async def test_a_script_is_told_and_one_that_fails_is_a_complaint_once(run: LiveRun, tmp_path: Path) -> None:
    out, heard = tmp_path / "out", Heard()
    script = f'echo "$RUNWATCH_ALERT_TEXT" >> {out}; echo no room >&2; exit 7'
    wanted = Destinations(level="INFO", command=("sh", "-c", script))
    run.log(1.0, "NaN")
    async with on_duty(guarding(run, heard, destinations=wanted)):
        await until(lambda: bool(heard.complaints))
        await asyncio.sleep(0.1)
    assert out.read_text().startswith("✖ brave-otter: train/loss is nan")
    assert heard.complaints == ["command sh: ended with status 7: no room"]


@contextmanager
def started(
    run: LiveRun, config: Path, *options: str, command: Sequence[str] = ("guard",)
) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own, ended by force where it does not end by itself."""
    arguments = [*COMMAND, *command, str(run.path.parent.parent), *options]
    environ = {**os.environ, "XDG_CONFIG_HOME": str(config)}
    with subprocess.Popen(arguments, stdout=PIPE, stderr=PIPE, text=True, env=environ) as process:
        try:
            yield process
        finally:
            process.kill()


TRAINING = """
import sys
import logstore
run = logstore.init("lab", name="brave-otter", dir=sys.argv[1], system=False, git=False, packages=False, hardware=False)
for step in range(20):
    run.log({"train/loss": 2.0 - step / 100})
run.log({"train/loss": float("nan")})
print("logged", flush=True)
sys.stdin.readline()
raise RuntimeError("the loss is lost")
"""


def test_a_training_that_diverges_and_dies(tmp_path: Path, run: LiveRun) -> None:
    """The whole of it as processes: a training, and a guard that reads, samples, tells and ends with it."""
    run.kill()
    root = run.path.parent.parent
    training = [sys.executable, "-c", TRAINING, str(root)]
    with subprocess.Popen(training, stdin=PIPE, stdout=PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "logged\n"
        with started(run, tmp_path, "--json", "--until-done", "--interval", "0.5") as watcher:
            assert watcher.stdout is not None
            first = json.loads(watcher.stdout.readline())
            process.communicate("die\n", timeout=30)
            rest, complaints = watcher.communicate(timeout=30)
    told = [first, *map(json.loads, rest.splitlines())]
    assert [(each["what"], each["rule"], each["run"]) for each in told] == [
        ("raised", "nonfinite", "brave-otter"),
        ("cleared", "nonfinite", "brave-otter"),
        ("raised", "crashed", "brave-otter"),
    ]
    assert first["title"] == "train/loss is nan since step 20"
    assert "the loss is lost" in told[-1]["text"]
    assert (watcher.returncode, complaints) == (0, f"tui guard: guarding {root}; sending nowhere\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_its_sampler(run: LiveRun, tmp_path: Path, number: signal.Signals) -> None:
    with started(run, tmp_path) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("tui guard: guarding ")
        samplers = _wait_for(lambda: children(process.pid))
        process.send_signal(number)
        output, complaints = process.communicate(timeout=30)
    assert (process.returncode, output, complaints) == (0, "", "")
    assert _wait_for(lambda: [not Path(f"/proc/{pid}").exists() for pid in samplers] == [True] * len(samplers))


def _wait_for(look: Callable[[], T]) -> T:
    for _ in range(1000):
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def test_a_watch_that_is_headless_guards_too(run: LiveRun, tmp_path: Path) -> None:
    """As ``tui guard`` does: the same lines, the events where that was asked for, and the end with its runs."""
    root = run.path.parent.parent
    run.log(1.0, "NaN")
    options = ("--record", "--until-done", "--no-gpu", "--json")
    with started(run, tmp_path, *options, command=("watch", "--headless")) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        _wait_for(run.events)
        run.record(state="finished", ended=time.time(), exit_code=0)
        output, complaints = process.communicate(timeout=30)
    told = [first, *map(json.loads, output.splitlines())]
    assert [(each["what"], each["rule"]) for each in told] == [("raised", "nonfinite"), ("cleared", "nonfinite")]
    assert (process.returncode, complaints) == (0, f"tui watch: guarding {root}; sending nowhere\n")
    assert [event["what"] for event in run.events()] == ["raised", "cleared"]


def test_a_signal_ends_a_headless_watch(run: LiveRun, tmp_path: Path) -> None:
    with started(run, tmp_path, command=("watch", "--headless")) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("tui watch: guarding ")
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--headless", "--once"], "--once draws a screen, and --headless draws none"),
        (["--headless", "--theme", "runwatch-light"], "--theme draws a screen, and --headless draws none"),
        (["--headless", "--low-bandwidth"], "--low-bandwidth draws a screen, and --headless draws none"),
        (["--until-done"], "--until-done is for --headless"),
        (["--record", "--once"], "--record is for --headless"),
        (["--json"], "--json is for --headless"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(
    run: LiveRun, invoke: Invoke, options: list[str], says: str
) -> None:
    result = invoke("watch", run.path.parent.parent, *options)
    assert (result.exit_code, result.stderr) == (2, f"tui watch: {says}. Try 'tui watch --help'.\n")


async def test_it_waits_a_minute_for_the_first_run(run: LiveRun) -> None:
    run.kill()
    clock = hasty()
    begun = clock()
    await asyncio.wait_for(guarding(run, Heard(), clock, until_done=True).run(), 20)
    assert 60 < clock() - begun < 300


def test_a_place_that_is_not_there_is_refused(tmp_path: Path, invoke: Invoke) -> None:
    result = invoke("guard", tmp_path / "gone")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "no such directory" in result.stderr


def test_a_place_without_runs_is_one_line(invoke: Invoke) -> None:
    result = invoke("guard")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "no runs here" in result.stderr


def test_options_are_click_s(invoke: Invoke) -> None:
    result = invoke("guard", "--interval", "0")
    assert result.exit_code == 2
    assert "'--interval': 0.0 is not in the range" in result.stderr


def test_the_file_says_when_and_where_to(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('interval = 5\n[alerts]\nstall_seconds = 90\n[notify]\ncommand = ["notify-send", "x"]\n')
    settings, destinations = load(path)
    assert (settings.interval, settings.alerts.stall_seconds) == (5.0, 90.0)
    assert destinations.command == ("notify-send", "x")
    assert load(tmp_path / "none.toml")[1] == Destinations()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("notify = 3", "notify takes a table, not 3"),
        ("[notify]\nbel = true", "[notify]: there is no setting 'bel'"),
        ("[alerts]\nstall = 3", "[alerts]: there is no setting 'stall'"),
        ("[notify", "is not TOML"),
        ("colour = 1", "there is no setting 'colour'"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises((SettingsError, AlertSettingsError)) as caught:
        load(path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)
