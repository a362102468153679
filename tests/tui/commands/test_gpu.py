import json

from tests.tui.commands.store_files import Invoke, harmless


def test_one_answer_as_a_table(invoke: Invoke) -> None:
    result = invoke("gpu", "--once", "--interval", "0.2")
    assert result.exit_code == 0
    assert "memory" in result.stdout
    assert harmless(result.output)


def test_a_pipe_gets_one_answer_too(invoke: Invoke) -> None:
    assert "memory" in invoke("gpu", "--interval", "0.2").stdout


def test_json(invoke: Invoke) -> None:
    answer = json.loads(invoke("gpu", "--json", "--interval", "0.2").stdout)
    assert answer.keys() == {"time", "host", "driver", "gpu_state", "why", "gpus", "gaps"}
    assert answer["host"]["values"]["memory/total"] > 0
    assert answer["gpu_state"] in {"ok", "unavailable"}


def test_an_interval_that_makes_no_sense_is_refused(invoke: Invoke) -> None:
    assert invoke("gpu", "--interval", "0").exit_code == 2
