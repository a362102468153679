import json
from pathlib import Path

from tests.tui.commands.store_files import START, Invoke, Writer, harmless


def test_everything_of_a_run_is_on_one_page(invoke: Invoke, store: Path) -> None:
    result = invoke("show", "brave-otter", "--dir", store)
    assert result.exit_code == 0
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert lines[0].startswith("brave-otter  ■ finished")
    for expected in ("step      4 of 5", "tags      base", "lr        3e-4", "    depth   12"):
        assert any(expected in line for line in lines), expected
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert titles[1:] == ["config", "summary", "files"]
    assert any(line.split()[:2] == ["train/loss", "2.125"] for line in lines)
    assert any(line.split()[0] == "metrics.jsonl" for line in lines if line)


def test_long_values_of_the_summary_do_not_push_the_numbers_away(invoke: Invoke, store: Path) -> None:
    path = store / "demo" / "otter1" / "summary.json"
    known = {
        "samples": list(range(100)),
        "ids": list(range(9999)),
        "verdict": "a text that is longer than any number",
        "k" * 900: 1,
    }
    path.write_text(json.dumps(known))
    lines = invoke("show", "brave-otter", "--dir", store).stdout.splitlines()
    found = {line.split()[0]: line for line in lines if line}
    assert found["samples"].endswith(", 98, 99]")
    assert found["ids"].endswith("…")
    assert len(found["ids"]) < 500
    assert found["k" * 900].split()[1] == "1"
    assert found["verdict"].index("a text") == found["samples"].index("[0, 1")
    assert found["train/loss"].index("2.125") < found["verdict"].index("a text") + 20


def test_the_console_of_a_post_mortem_is_that_of_the_rank_that_ended_first(invoke: Invoke, store: Path) -> None:
    path = store / "demo" / "ibis2"
    (path / "console.log").write_text("RuntimeError: Connection closed by peer\n")
    (path / "console.rank1.log").write_text("ValueError: bad batch\n")
    first = {"ended": START + 20, "state": "failed", "exit_code": 1, "error": "ValueError: bad batch"}
    (path / "run.rank1.json").write_text(json.dumps({"rank": 1, **first}))
    lines = invoke("show", "fond-ibis", "--dir", store).stdout.splitlines()
    title = lines.index("  the last line of the console of rank 1")
    assert lines[title + 1] == "    ValueError: bad batch"
    card = json.loads(invoke("show", "fond-ibis", "--dir", store, "--json").stdout)["post_mortem"]
    assert (card["console"], card["console_rank"]) == (["ValueError: bad batch"], 1)


def test_why_a_run_failed_is_in_the_first_line(invoke: Invoke, store: Path) -> None:
    first, *rest = invoke("show", "fond-ibis", "--dir", store).stdout.splitlines()
    assert "✖ failed" in first
    assert "exit code 1: ValueError: loss is nan" in first
    assert any("inf" in line and "nan first at step 2" in line for line in rest)


def test_what_is_wrong_with_a_run_stands_below_its_name(invoke: Invoke, store: Path) -> None:
    lines = invoke("show", "fond-ibis", "--dir", store).stdout.splitlines()
    assert lines[1].startswith("✖  train/loss is nan since step 2")
    (alert,) = json.loads(invoke("show", "fond-ibis", "--dir", store, "--json").stdout)["alerts"]
    assert (alert["rule"], alert["level"], alert["since"]) == ("nonfinite", "ERROR", START + 2)
    assert json.loads(invoke("show", "brave-otter", "--dir", store, "--json").stdout)["alerts"] == []


def test_thresholds_are_those_of_the_settings(invoke: Invoke, store: Path, tmp_path: Path) -> None:
    config = tmp_path / ".config" / "runwatch" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[alerts]\noff = ["nonfinite"]\n')
    assert json.loads(invoke("show", "fond-ibis", "--dir", store, "--json").stdout)["alerts"] == []


def test_a_unique_beginning_is_enough(invoke: Invoke, store: Path) -> None:
    assert invoke("show", "fon", "--dir", store).stdout.startswith("fond-ibis")
    assert invoke("show", "demo/ibis2", "--dir", store).stdout.startswith("fond-ibis")


def test_a_name_that_fits_none_or_several_is_said(invoke: Invoke, store: Path, writer: Writer) -> None:
    result = invoke("show", "fond-ibex", "--dir", store)
    assert result.exit_code == 1
    assert result.stderr.startswith("tui: no run 'fond-ibex' among the 3 in")
    assert "did you mean demo/ibis2 (fond-ibis)?" in result.stderr
    writer.run("otter9", name="brave-otter")
    result = invoke("show", "brave-otter", "--dir", store)
    assert result.exit_code == 1
    assert "'brave-otter' is the name of 2 runs, the newest first: demo/otter" in result.stderr


def test_of_a_name_that_several_runs_have_the_newest_comes_first(invoke: Invoke, writer: Writer) -> None:
    for place, run_id in enumerate(["b", "c", "a", "f", "e", "d"]):
        writer.run(run_id, [], name="again", created=START + place)
    result = invoke("show", "again", "--dir", writer.root)
    keys = "demo/d, demo/e, demo/f, demo/a, demo/c and 1 more"
    assert result.stderr == f"tui: 'again' is the name of 6 runs, the newest first: {keys}\n"


def test_json_holds_record_config_summary_metrics_and_files(invoke: Invoke, store: Path) -> None:
    run = json.loads(invoke("show", "fond-ibis", "--dir", store, "--json").stdout)
    assert run["state"]["reason"] == "exit code 1: ValueError: loss is nan"
    assert run["record"] == {
        "format": 1,
        "id": "ibis2",
        "project": "demo",
        "created": START + 10,
        "host": "box",
        "name": "fond-ibis",
        "ended": START + 30,
        "exit_code": 1,
        "error": "ValueError: loss is nan",
    }
    assert run["config"]["seed"] == "0"
    assert run["metrics"]["train/loss"] == {
        "count": 4,
        "last": "Infinity",
        "last_step": 3.0,
        "first": 5.0,
        "min": 5.0,
        "min_step": 0.0,
        "max": 6.0,
        "max_step": 1.0,
        "mean": 5.5,
        "nonfinite": 2,
        "first_nonfinite_step": 2.0,
    }
    assert [file["name"] for file in run["files"]] == ["config.json", "metrics.jsonl", "run.json"]
    assert (run["ranks"], run["system"], run["events"], run["bad_lines"], run["problems"]) == ([0], {}, [], 0, [])


def test_events_are_told_latest_first(invoke: Invoke, writer: Writer) -> None:
    path = writer.run("a", [{"loss": 1.0}])
    rows = [
        {"_timestamp": START + i, "kind": "alert", "title": f"t{i}", "text": "x", "level": "WARN"} for i in range(7)
    ]
    (path / "events.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    text = invoke("show", "a", "--dir", writer.root).stdout
    assert "events: the last 5 of 7" in text
    assert text.index("t6") < text.index("t2")
    assert "t1 " not in text
    events = json.loads(invoke("show", "a", "--dir", writer.root, "--json").stdout)["events"]
    assert [event["title"] for event in events] == [f"t{i}" for i in range(7)]
    assert events[0].keys() == {"time", "kind", "level", "title", "text", "fields"}


def test_hostile_names_are_text(invoke: Invoke, store: Path) -> None:
    for arguments in (["show", "evil3"], ["show", "evil3", "--json"]):
        result = invoke(*arguments, "--dir", store)
        assert result.exit_code == 0
        assert harmless(result.output)


def test_a_config_nested_without_end_is_survived(invoke: Invoke, writer: Writer) -> None:
    path = writer.run("deep", [{"loss": 1.0}])
    (path / "config.json").write_text('{"a":' * 900 + "1" + "}" * 900)
    for arguments in (["show", "deep"], ["show", "deep", "--json"]):
        assert invoke(*arguments, "--dir", writer.root).exit_code == 0


def test_a_run_that_did_not_finish_has_a_post_mortem(invoke: Invoke, store: Path) -> None:
    run = store / "demo" / "ibis2"
    (run / "console.log").write_text("step 3\n\x1b[31mTraceback\x1b[0m\nValueError: loss is nan\n")
    (run / "files").mkdir()
    (run / "files" / "last.ckpt").write_bytes(b"x" * 2048)
    lines = invoke("show", "fond-ibis", "--dir", store).stdout.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("post-mortem: NaN"))
    assert any(line.startswith("  exit record  ValueError: loss is nan") for line in lines[at:])
    assert any("train/loss" in line and "nan from step 2 on" in line for line in lines[at:])
    assert any("checkpoint" in line and "files/last.ckpt" in line for line in lines[at:])
    assert "    Traceback" in lines[at:]
    card = json.loads(invoke("show", "fond-ibis", "--dir", store, "--json").stdout)["post_mortem"]
    assert card["cause"].startswith("NaN")
    assert card["best"] == {"metric": "train/loss", "value": 5.0, "step": 0.0}
    assert card["checkpoint"]["name"] == "files/last.ckpt"
    finished = json.loads(invoke("show", "brave-otter", "--dir", store, "--json").stdout)
    assert finished["post_mortem"] is None
