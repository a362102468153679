import json
from pathlib import Path

import pytest

from tests.tui.commands.store_files import Invoke, harmless


def test_each_line_has_a_sign_and_a_word(invoke: Invoke, store: Path) -> None:
    result = invoke("doctor", "--dir", store)
    assert result.exit_code == 0
    lines = [line for line in result.stdout.splitlines() if line.startswith(" ") and "→" not in line]
    assert len(lines) > 15
    assert all(line.split()[:2] in (["✓", "ok"], ["!", "warn"], ["✗", "fail"]) for line in lines)
    sections = [line for line in result.stdout.splitlines() if line and not line.startswith(" ")]
    assert sections == ["terminal", "gpu", "limits", "store", "alerts", "versions"]


def test_json_is_a_list_of_findings(invoke: Invoke, store: Path) -> None:
    answer = json.loads(invoke("doctor", "--dir", store, "--json").stdout)
    assert answer.keys() == {"healthy", "ok", "warn", "fail", "findings"}
    found = {(each["section"], each["name"]): each for each in answer["findings"]}
    assert found["store", "path"]["what"] == str(store)
    assert found["store", "runs"]["what"].startswith("3 (0 running)")
    assert found["versions", "textual"].keys() == {"section", "name", "status", "what", "advice"}


def test_a_store_that_is_not_there_fails_with_one(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("doctor", "--dir", tmp_path / "nope")
    assert result.exit_code == 1
    assert "✗ fail  path" in result.stdout
    assert "nope: no such directory" in result.stdout


def test_no_store_at_all_is_no_failure(invoke: Invoke) -> None:
    result = invoke("doctor", "--json")
    assert result.exit_code == 0
    path = next(each for each in json.loads(result.stdout)["findings"] if each["name"] == "path")
    assert path["what"].startswith("no runs here")


def test_a_store_with_a_hostile_name_is_text(invoke: Invoke, tmp_path: Path) -> None:
    place = tmp_path / "a\x1b[2Jb"
    place.mkdir()
    assert harmless(invoke("doctor", "--dir", place).output)


def test_settings_that_cannot_be_read_fail_with_the_reason(
    invoke: Invoke, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config/runwatch").mkdir(parents=True)
    (tmp_path / "config/runwatch/config.toml").write_text("[notify]\nbel = true\n")
    result = invoke("doctor", "--dir", store)
    assert result.exit_code == 1
    assert "[notify]: there is no setting 'bel'" in " ".join(result.stdout.split())


def test_counts_are_those_of_the_findings(invoke: Invoke, store: Path) -> None:
    for directory in (store, store / "nope"):
        answer = json.loads(invoke("doctor", "--dir", directory, "--json").stdout)
        statuses = [each["status"] for each in answer["findings"]]
        assert {word: answer[word] for word in ("ok", "warn", "fail")} == {
            word: statuses.count(word) for word in ("ok", "warn", "fail")
        }
        assert answer["healthy"] is ("fail" not in statuses)
