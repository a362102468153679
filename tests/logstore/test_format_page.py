"""``docs/format.md`` is true: the producer on it runs and is read, and what it names is what the writer writes."""

from __future__ import annotations

import math
import re
import subprocess
import time
from pathlib import Path

from logstore import format as contract
from logstore.store import Store
from tests.logstore.written import Writing, record_of

PAGE = Path(__file__).parents[2] / "docs" / "format.md"
PRODUCER = Path(__file__).with_name("producer.sh")


def test_a_run_made_by_a_shell_script_is_read(tmp_path: Path) -> None:
    subprocess.run(["sh", str(PRODUCER), str(tmp_path), "shell", "one", "20"], check=True, timeout=50)
    run = Store(tmp_path).find("one")
    loss = run.series("train/loss")
    assert (run.name, run.project, run.bad_lines) == ("one from a shell", "shell", 0)
    assert run.state(time.time()).name == "finished"
    assert run.config == {"optimizer": {"name": "sgd", "lr": 0.1}, "seed": 7}
    assert loss.steps.tolist() == list(range(20))
    assert loss.values[0] == 1
    assert math.isnan(loss.values[3])
    assert [event.title for event in run.events] == ["done"]


def test_the_page_shows_the_producer_as_it_is() -> None:
    script = PRODUCER.read_text()
    assert f"```sh\n{script}```" in PAGE.read_text("utf-8")
    assert sum(bool(line) and not line.startswith("#") for line in script.splitlines()) <= 20


def test_every_file_and_key_of_the_contract_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    names = [value for name, value in vars(contract).items() if name.endswith("_FILE")]
    assert len(names) >= 9
    for word in (*names, *contract.RESERVED_KEYS, *contract.NONFINITE, contract.HISTOGRAM, contract.TYPE_KEY):
        assert word in page, word


def test_every_key_that_a_run_writes_is_on_the_page(writing: Writing) -> None:
    writing.init(id="r", name="n", group="g", job_type="j", tags=["t"], notes="x", total_steps=3).finish(exit_code=1)
    run = writing.init(id="r", resume="must", hardware=True)
    run.define_metric("a", step_metric="b", step_sync=True, hidden=True, summary="max", goal="maximize")
    run.finish()
    record = record_of(run.path)
    known = set(re.findall(r'[`"](\w+)[`"]', PAGE.read_text("utf-8")))
    keys = {*record, *record["attempts"][0], *record["metrics"][0], *record["hardware"]}
    assert keys <= known
