"""The peers' environment, and what is made of what they say."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import peers, peers_write
from benchmarks.peers import Found
from benchmarks.peers_env import Environment, environ, environment
from benchmarks.peers_live import Unseen, curves

PIP = """#!{python}
import json, pathlib, sys
home = pathlib.Path(__file__).parents[1]
if sys.argv[1] == "-m":
    with (home / "tried.txt").open("a") as tried:
        print(*[word for word in sys.argv if not word.startswith("-")][3:], file=tried)
    if "broken" in sys.argv:
        sys.exit("ERROR: no matching distribution found for broken")
    (home / "have.txt").open("a").write(" ".join(sys.argv[5:]) + " ")
else:
    have = (home / "have.txt").read_text().split() if (home / "have.txt").exists() else []
    print(json.dumps({{name: "1.0" for name in sys.argv[3:] if name in have}}))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment whose interpreter only pretends to install."""
    monkeypatch.setenv("PATH", "/nowhere")
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(PIP.format(python=sys.executable))
    python.chmod(0o755)
    return tmp_path


def test_all_are_installed_together_and_once(home: Path) -> None:
    said: list[str] = []
    for _ in range(2):
        found = environment(said.append, ("one", "two"), home)
    assert found.versions == {"one": "1.0", "two": "1.0"}
    assert found.missing == {}
    assert len(said) == 1
    assert len((home / "tried.txt").read_text().splitlines()) == 1


def test_who_cannot_be_had_is_remembered_and_named(home: Path) -> None:
    for _ in range(2):
        found = environment(lambda _: None, ("one", "broken"), home)
    assert found.versions == {"one": "1.0"}
    assert found.missing == {"broken": "ERROR: no matching distribution found for broken"}
    assert str(found) == "one 1.0; not installed: broken (ERROR: no matching distribution found for broken)"
    assert len((home / "tried.txt").read_text().splitlines()) == 3
    assert json.loads((home / "failed.json").read_text()) == dict(found.missing)


def test_without_an_interpreter_nobody_is_there(tmp_path: Path) -> None:
    found = environment(lambda _: None, ("one",), tmp_path / "new", python="/nowhere/python")
    assert found.versions == {}
    assert "/nowhere/python" in found.missing["one"]


def test_peers_stay_at_home_and_offline(tmp_path: Path) -> None:
    values = environ(tmp_path)
    assert values["WANDB_MODE"] == "offline"
    assert all(str(tmp_path) in values[name] for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"))


def test_an_environment_without_anybody_says_so() -> None:
    assert str(Environment(Path("python"), {}, {})) == "none"


def test_every_mark_is_another_and_ends_in_no_zero() -> None:
    texts = [str(peers_write.mark(step)) for step in range(900)]
    assert len(set(texts)) == 900
    assert all(len(text) == 5 and text[-1] != "0" for text in texts)


def test_ours_is_measured_by_the_script_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGSTORE_SILENT", "1")
    monkeypatch.setattr(peers_write, "PACED", 2)
    logged: list[tuple[int, float]] = []
    monkeypatch.setitem(
        peers_write.PEERS, "list", lambda _: (lambda step, row: logged.append((step, row["mark"])), lambda: None)
    )
    found = peers_write.measure("list", tmp_path, 10, 30.0)
    assert found["rows"] == 12
    assert [step for step, _ in logged] == list(range(12))
    assert [value for _, value in logged] == [peers_write.mark(step) for step in range(12)]


def test_a_row_that_is_passed_over_is_seen_with_the_next(tmp_path: Path) -> None:
    said = tmp_path / "logged.txt"
    said.write_text("9.991 100.0\n9.981 101.0\n9.971 102.0\n9.9")
    unseen = Unseen(said)
    assert unseen.seen("nothing yet", 102.5) == []
    assert unseen.seen("loss 9.981", 103.0) == [3.0, 2.0]
    assert unseen.seen("loss 9.981", 104.0) == []
    with said.open("a") as file:
        file.write("61 103.0\n")
    assert unseen.seen("loss 9.961", 104.0) == [2.0, 1.0]


def test_only_curves_count_as_drawn() -> None:
    assert curves("loss 3 s\n⣀⠤⠒ ⠉") == curves("loss 4 s\n⣀⠤⠒ ⠉") == "⣀⠤⠒ ⠉"
    assert curves("loss\n⣀⠤⠒⠉") != curves("loss\n⣀⠤⠒⠊")
    assert curves("loading\u2800") == ""


def test_a_peer_that_is_missing_leaves_ours_alone(home: Path) -> None:
    bench = peers._Bench(environment(lambda _: None, ("broken",), home), quick=True)
    found = bench.run("peers_write.py", "broken", "measure", "broken", "HOME", 1, 1)
    row = bench.beside("log()", "µs", Found({"us": 2.0}), found, "us", "broken one")
    assert (row.ours, row.beside, row.ratio) == (2.0, None, None)
    assert row.beside_name == "broken one: not installed: ERROR: no matching distribution found for broken"


def test_what_a_script_says_last_is_its_answer_and_its_end_is_told(tmp_path: Path) -> None:
    talks = "print('hello'); print('{\"us\": 3}')"
    assert peers._figures([sys.executable, "-c", talks], tmp_path) == Found({"us": 3})
    fails = peers._figures([sys.executable, "-c", "raise OSError('no disk')"], tmp_path)
    assert fails == Found({}, "OSError: no disk")
