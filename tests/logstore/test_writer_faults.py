"""A writer that is killed, interrupted, forked, robbed of its disk: no returned row is lost, none is there twice."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

import logstore
from logstore.errors import RunBusyError, StorageError
from logstore.store import Store
from tests.logstore.written import Writing, clean_environment, kill, lines_of, record_of, rows_of, values_of

LOG_FOR_EVER = """
run = logstore.init(**QUIET, project="p", id="r")
for i in range(10**9):
    logstore.log({"i": i, "x": i / 7, "text": "x" * (i % 300)})
    os.write(1, b"%d\\n" % i)
"""


def descriptors() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def whole_rows(path: Path) -> list[int]:
    """The values of ``i`` in the file of rows; its last line may be torn."""
    content = (path / "metrics.jsonl").read_bytes()
    return [orjson.loads(line)["i"] for line in content[: content.rfind(b"\n") + 1].splitlines()]


@pytest.mark.parametrize("trial", range(3))
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_no_row_that_log_returned_from_is_lost(writing: Writing, number: signal.Signals, trial: int) -> None:
    process = writing.start(LOG_FOR_EVER)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(random.Random(trial).random() / 10)
    process.send_signal(number)
    lines = (first + process.stdout.read()).splitlines(keepends=True)
    process.communicate(timeout=50)
    returned = [int(line) for line in lines if line.endswith("\n")]
    found = whole_rows(writing.root / "p" / "r")
    assert found[: len(returned)] == returned
    assert found == list(range(len(found)))
    assert len(found) <= len(returned) + 1
    assert process.returncode == -number


@pytest.mark.parametrize(
    ("number", "state", "name"),
    [
        (signal.SIGTERM, "killed", "SIGTERM"),
        (signal.SIGHUP, "killed", "SIGHUP"),
        (signal.SIGINT, "killed", "SIGINT"),
        (signal.SIGKILL, None, None),
    ],
)
def test_a_signal_is_in_the_record_when_it_leaves_time_for_one(
    writing: Writing, number: signal.Signals, state: str | None, name: str | None
) -> None:
    process = writing.start(LOG_FOR_EVER)
    assert process.stdout is not None
    process.stdout.readline()
    kill(process, number)
    record = record_of(writing.root / "p" / "r")
    assert (record.get("state"), record.get("signal"), "exit_code" in record) == (state, name, False)
    read = Store(writing.root).find("r").state(time.time())
    assert read.name == (state or "crashed")


def test_a_handler_of_the_programs_own_is_left_alone(writing: Writing) -> None:
    done = writing.run("""
def handler(number, frame):
    logstore.log({"saved": 1})
    sys.exit(7)

signal.signal(signal.SIGTERM, handler)
run = logstore.init(**QUIET, project="p", id="r")
assert signal.getsignal(signal.SIGTERM) is handler
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(10)
""")
    assert done.returncode == 7
    record = record_of(writing.root / "p" / "r")
    assert (record["state"], record["exit_code"]) == ("failed", 7)
    assert values_of(writing.root / "p" / "r") == {0: {"saved": 1}}


def test_signal_handlers_go_with_the_run(writing: Writing) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    run = writing.init()
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    run.finish()
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


def test_os_exit_leaves_no_record_and_every_row(writing: Writing) -> None:
    writing.run("""
logstore.init(**QUIET, project="p", id="r")
for i in range(100):
    logstore.log({"i": i}, commit=i % 2 == 0)
os._exit(0)
""")
    path = writing.root / "p" / "r"
    assert [row["i"] for row in rows_of(path)] == list(range(100))
    assert "state" not in record_of(path)
    assert Store(writing.root).find("r").state(time.time()).name == "crashed"


def test_an_exception_marks_the_run_as_failed_with_its_text(writing: Writing) -> None:
    done = writing.run("""
logstore.init(**QUIET, project="p", id="r")
logstore.log({"a": 1})
raise ValueError("loss is nan")
""")
    record = record_of(writing.root / "p" / "r")
    assert (record["state"], record["exit_code"], record["error"]) == ("failed", 1, "ValueError: loss is nan")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert done.stderr.strip().endswith("ValueError: loss is nan")


@pytest.mark.parametrize(
    ("end", "code", "state", "number"),
    [
        ("sys.exit(3)", 3, "failed", 3),
        ("sys.exit('no data')", 1, "failed", 1),
        ("exit(3)", 3, "failed", 3),
        ("quit()", 0, "finished", 0),
        ("sys.exit()", 0, "finished", 0),
        ("pass", 0, "finished", 0),
        ("exec('try: sys.exit(3)\\nexcept SystemExit: logstore.log({\"b\": 1})')", 0, "finished", 0),
        ("import threading; t = threading.Thread(target=sys.exit, args=(3,)); t.start(); t.join()", 0, "finished", 0),
    ],
)
def test_how_a_script_ends_is_noticed(writing: Writing, end: str, code: int, state: str, number: int) -> None:
    done = writing.run(f"logstore.init(**QUIET, project='p', id='r'); logstore.log({{'a': 1}})\n{end}")
    record = record_of(writing.root / "p" / "r")
    assert (done.returncode, record["state"], record["exit_code"]) == (code, state, number)


def test_hooks_go_with_the_run(writing: Writing) -> None:
    done = writing.run("""
before = sys.excepthook, sys.exit, exit, quit
run = logstore.init(**QUIET, project="p", id="r")
assert sys.exit is not before[1] and exit is not before[2] and repr(exit) == repr(before[2])
run.finish()
assert (sys.excepthook, sys.exit, exit, quit) == before
sys.exit(5)
""")
    assert (done.returncode, done.stderr) == (5, "logstore: " + done.stderr.partition("logstore: ")[2])
    assert record_of(writing.root / "p" / "r")["state"] == "finished"


def test_rows_logged_while_the_interpreter_ends_are_kept(writing: Writing) -> None:
    done = writing.run("""
import atexit, threading
atexit.register(lambda: logstore.log({"late": 1}))
logstore.init(**QUIET, project="p", id="r")

def work():
    time.sleep(0.1)
    logstore.log({"thread": 1})

def never():
    while True:
        logstore.log({"daemon": 1})
        time.sleep(0.01)

threading.Thread(target=work).start()
threading.Thread(target=never, daemon=True).start()
""")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    seen = {key for values in values_of(writing.root / "p" / "r").values() for key in values}
    assert seen == {"late", "thread", "daemon"}
    assert record_of(writing.root / "p" / "r")["state"] == "finished"


def test_a_signal_handler_may_log(writing: Writing) -> None:
    done = writing.run("""
handled = 0

def handler(number, frame):
    global handled
    handled += 1
    logstore.log({"h": handled})

logstore.init(**QUIET, project="p", id="r")
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
for i in range(20000):
    logstore.log({"i": i})
signal.setitimer(signal.ITIMER_REAL, 0)
print(handled)
""")
    assert done.returncode == 0, done.stderr
    rows = rows_of(writing.root / "p" / "r")
    assert sorted(row["_step"] for row in rows) == list(range(len(rows)))
    assert [row["i"] for row in rows if "i" in row] == list(range(20000))
    assert sorted(row["h"] for row in rows if "h" in row) == list(range(1, int(done.stdout) + 1))


def test_an_interrupt_inside_log_leaves_whole_rows(writing: Writing) -> None:
    done = writing.run("""
logstore.init(**QUIET, project="p", id="r")
inside, returned, interrupts = False, [], 0

def handler(number, frame):
    if inside:
        raise KeyboardInterrupt

signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for i in range(30000):
    try:
        inside = True
        logstore.log({"i": i})
        inside = False
        returned.append(i)
    except KeyboardInterrupt:
        inside = False
        interrupts += 1
signal.setitimer(signal.ITIMER_REAL, 0)
print(interrupts, *returned)
""")
    assert done.returncode == 0, done.stderr
    interrupts, *returned = map(int, done.stdout.split())
    assert interrupts > 0
    rows = rows_of(writing.root / "p" / "r")
    found = [row["i"] for row in rows]
    assert len(set(found)) == len(found)
    assert set(returned) <= set(found)
    assert len({row["_step"] for row in rows}) == len(rows)


def test_a_forked_child_adds_rows_and_ends_nothing(writing: Writing) -> None:
    done = writing.run("""
import json
run = logstore.init(**QUIET, project="p", id="r")
logstore.log({"parent": 0})
for end in ("os._exit(0)", "sys.exit(4)", "logstore.finish(); sys.exit(0)", "raise ValueError"):
    pid = os.fork()
    if pid == 0:
        logstore.log({"child": 1}, step=1)
        logstore.config.update({"x": 1})
        logstore.alert(end)
        exec(end)
    os.waitpid(pid, 0)
    assert "state" not in json.load(open(run.path / "run.json"))
logstore.log({"parent": 1})
""")
    assert done.returncode == 0, done.stderr
    path = writing.root / "p" / "r"
    rows = rows_of(path)
    assert [row["child"] for row in rows if "child" in row] == [1] * 4
    assert [row["parent"] for row in rows if "parent" in row] == [0, 1]
    assert record_of(path)["state"] == "finished"
    assert record_of(path, "config.json") == {}
    assert len(lines_of(path, "events.jsonl")) == 4


def test_steps_of_a_forked_child_go_their_own_way(writing: Writing) -> None:
    done = writing.run("""
run = logstore.init(**QUIET, project="p", id="r")
logstore.log({"parent": 0}, step=5)
pid = os.fork()
if pid == 0:
    logstore.log({"child": 1}, step=1)
    os._exit(0)
os.waitpid(pid, 0)
""")
    assert "was logged after step" not in done.stderr
    assert not (writing.root / "p" / "r" / "events.jsonl").exists()


def test_a_forked_child_may_begin_a_run_of_its_own(writing: Writing) -> None:
    done = writing.run("""
parent = logstore.init(**QUIET, project="p", id="parent")
pid = os.fork()
if pid == 0:
    child = logstore.init(**QUIET, project="p", id="child")
    logstore.log({"c": 1})
    sys.exit(3)
os.waitpid(pid, 0)
logstore.log({"p": 1})
""")
    assert done.returncode == 0, done.stderr
    assert values_of(writing.root / "p" / "parent") == {0: {"p": 1}}
    assert values_of(writing.root / "p" / "child") == {0: {"c": 1}}
    assert record_of(writing.root / "p" / "child")["exit_code"] == 3
    assert record_of(writing.root / "p" / "parent")["state"] == "finished"


def test_a_forked_child_that_lives_on_does_not_hold_the_run(writing: Writing) -> None:
    done = writing.run("""
logstore.init(**QUIET, project="p", id="r")
logstore.log({"a": 1})
if os.fork() == 0:
    os.close(1), os.close(2)
    time.sleep(20)
    os._exit(0)
os._exit(1)
""")
    assert done.returncode == 1
    run = writing.init(id="r", resume="must")
    run.log({"a": 2})
    assert values_of(run.path) == {0: {"a": 1}, 1: {"a": 2}}


def test_a_fork_while_another_thread_logs_does_not_hang(writing: Writing) -> None:
    done = writing.run("""
import threading
logstore.init(**QUIET, project="p", id="r")
stop = threading.Event()

def work():
    while not stop.is_set():
        logstore.log({"t": 1})

thread = threading.Thread(target=work)
thread.start()
for i in range(50):
    pid = os.fork()
    if pid == 0:
        logstore.log({"child": i}, step=i)
        os._exit(0)
    os.waitpid(pid, 0)
stop.set()
thread.join()
""")
    assert done.returncode == 0, done.stderr
    children = [row["child"] for row in rows_of(writing.root / "p" / "r") if "child" in row]
    assert children == list(range(50))


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_worker_processes_leave_the_run_alone(writing: Writing, tmp_path: Path, method: str) -> None:
    script = tmp_path / "work" / "train.py"
    script.write_text(f"""
import multiprocessing, logstore

def work(number):
    if logstore.run is not None:
        logstore.log({{"w": number}}, step=number)
    return number

if __name__ == "__main__":
    logstore.init(project="p", id="r", system=False, console=False, git=False, packages=False, hardware=False)
    with multiprocessing.get_context("{method}").Pool(2) as pool:
        logstore.log({{"sum": sum(pool.map(work, range(4)))}})
""")
    done = writing.run(f"sys.argv = ['{script}']\nimport runpy; runpy.run_path('{script}', run_name='__main__')")
    assert done.returncode == 0, done.stderr
    path = writing.root / "p" / "r"
    rows = rows_of(path)
    assert [row["sum"] for row in rows if "sum" in row] == [6]
    assert sorted(row["w"] for row in rows if "w" in row) == ([0, 1, 2, 3] if method == "fork" else [])
    assert record_of(path)["state"] == "finished"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("start", [["train.py"], ["-m", "train"]])
def test_the_command_of_a_child_is_what_a_person_typed(
    writing: Writing, tmp_path: Path, method: str, start: list[str]
) -> None:
    work = tmp_path / "work"
    (work / "train.py").write_text(f"""
import multiprocessing, logstore

def work():
    logstore.init(project="p", id="r", system=False, console=False, git=False, packages=False, hardware=False)

if __name__ == "__main__":
    child = multiprocessing.get_context("{method}").Process(target=work)
    child.start()
    child.join()
""")
    environ = {**clean_environment(), "LOGSTORE_DIR": str(writing.root), "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, *start, "--lr", "0.1"], cwd=work, env=environ, check=True, timeout=50)
    command = record_of(writing.root / "p" / "r")["command"]
    assert command[0] == sys.executable
    assert command[-len(start) - 2 :] == [*start, "--lr", "0.1"]


def test_a_spawned_worker_that_logs_is_told_why_there_is_no_run(writing: Writing, tmp_path: Path) -> None:
    script = tmp_path / "work" / "train.py"
    script.write_text("""
import multiprocessing, logstore

def work(number):
    try:
        logstore.log({"w": number})
    except logstore.LogstoreError as error:
        return str(error)

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(work, (1,)))
    print(work(2))
""")
    done = writing.run(f"sys.argv = ['{script}']\nimport runpy; runpy.run_path('{script}', run_name='__main__')")
    spawned, main = done.stdout.splitlines()
    assert main == "you must call logstore.init() before logstore.log()"
    assert spawned == main + "; a spawned process knows nothing of its parent's run: log from the parent"


def test_two_processes_do_not_write_one_run(writing: Writing) -> None:
    run = writing.init(id="r")
    run.log({"a": 1})
    done = writing.run("""
try:
    logstore.init(**QUIET, project="p", id="r", resume="allow")
except logstore.LogstoreError as error:
    print(type(error).__name__, error)
""")
    assert done.stdout.startswith("RunBusyError another process is writing")
    assert done.stdout.count("\n") == 1
    run.log({"a": 2})
    assert values_of(run.path) == {0: {"a": 1}, 1: {"a": 2}}
    assert RunBusyError.__mro__[-3] is Exception


FULL = """
import resource
run = logstore.init(**QUIET, project="p", id="r")
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
for i in range(3000):
    logstore.log({"i": i, "pad": "x" * 30})
"""


def test_a_full_disk_does_not_end_the_training(writing: Writing) -> None:
    done = writing.run(FULL + "print('trained on')", {"LOGSTORE_SILENT": "1"})
    assert (done.returncode, done.stdout) == (0, "trained on\n")
    path = writing.root / "p" / "r"
    found = whole_rows(path)
    assert 0 < len(found) < 3000
    assert found == list(range(len(found)))
    record = record_of(path)
    assert (record["state"], record["rows_lost"]) == ("finished", 3000 - len(found))
    first, *rest = done.stderr.splitlines()
    assert "metrics.jsonl: File too large; the program goes on" in first
    assert rest == []


def test_a_disk_with_room_again_gets_what_waited(writing: Writing) -> None:
    done = writing.run(
        FULL
        + """
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
logstore.log({"i": 3000})
logstore.finish()
"""
    )
    path = writing.root / "p" / "r"
    found = [row["i"] for row in rows_of(path)]
    assert found[-1] == 3000
    assert found == sorted(found)
    lost = record_of(path)["rows_lost"]
    assert lost == 3001 - len(found) > 0
    assert f"logstore: {lost} rows of " in done.stderr


def test_a_full_directory_at_the_start_is_one_clear_error(writing: Writing) -> None:
    done = writing.run("""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    logstore.init(**QUIET, project="p", id="r")
except logstore.LogstoreError as error:
    os.write(1, f"{type(error).__name__}: {error}".encode())
""")
    assert done.stdout == f"StorageError: cannot write {writing.root}/p/r/config.json: File too large"
    assert not (writing.root / "p" / "r").exists()


def test_a_directory_that_cannot_be_made_is_one_clear_error(writing: Writing) -> None:
    with pytest.raises(StorageError, match="cannot make the run's directory /sys/kernel/p/") as caught:
        writing.init(dir="/sys/kernel")
    assert isinstance(caught.value, OSError)
    assert caught.value.errno
    assert logstore.run is None


def test_a_directory_that_is_removed_does_not_end_the_training(
    writing: Writing, capsys: pytest.CaptureFixture[str]
) -> None:
    run = writing.init()
    run.log({"a": 1})
    shutil.rmtree(run.path)
    run._rows.due = 0
    run.log({"a": 2})
    run.config["x"] = 1
    run.alert("first event")
    run.finish()
    said = capsys.readouterr().err
    assert f"{run.path}/metrics.jsonl was deleted: rows logged from now on go nowhere" in said
    assert f"cannot write {run.path}/run.json: No such file or directory" in said
    assert "Traceback" not in said
    assert not run.path.exists()


def test_a_run_that_is_moved_away_stays_whole(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1})
    moved = writing.root / "trash"
    run.path.rename(moved)
    run.log({"a": 2})
    run.summary["best"] = 1
    run.finish()
    assert values_of(moved) == {0: {"a": 1}, 1: {"a": 2}}
    assert record_of(moved)["state"] == "finished"
    assert record_of(moved, "summary.json") == {"best": 1}


def test_no_stderr_no_harm(writing: Writing) -> None:
    done = writing.run("""
sys.stderr.close()
run = logstore.init(project="p", id="r", system=False, git=False, packages=False)
logstore.log({"a": 1}, step=5)
logstore.log({"a": 1}, step=3)
sys.stdout = sys.stderr = None
run.finish()
""")
    assert done.returncode == 0
    assert record_of(writing.root / "p" / "r")["state"] == "finished"


def test_a_working_directory_that_is_gone_is_one_clear_error(writing: Writing, tmp_path: Path) -> None:
    done = writing.run("""
os.mkdir("gone"); os.chdir("gone"); os.rmdir("../gone")
try:
    logstore.init(**QUIET, project="p")
except logstore.LogstoreError as error:
    print(error)
""")
    assert done.stdout.startswith("the working directory is gone")


def test_every_file_of_a_run_is_closed_with_it(writing: Writing) -> None:
    before = descriptors()
    for _ in range(3):
        with writing.init() as run:
            run.log({"a": 1})
            run.alert("event")
    assert descriptors() == before


def test_a_run_that_could_not_begin_leaves_nothing_open(writing: Writing) -> None:
    writing.init(id="r").finish()
    before = descriptors()
    for _ in range(3):
        with pytest.raises(logstore.LogstoreError):
            writing.init(id="r")
    assert descriptors() == before
