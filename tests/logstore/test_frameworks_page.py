"""What docs/frameworks.md says is what runs: its classes, under bases that stand for those of the frameworks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.logstore.written import Writing, record_of, values_of

PAGE = Path(__file__).parent.parent.parent / "docs" / "frameworks.md"


def blocks(title: str) -> list[str]:
    """The code below a title of the page."""
    (section,) = (part for part in PAGE.read_text("utf-8").split("\n## ") if part.startswith(title))
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


def defined(code: str, patch: pytest.MonkeyPatch, module: str, base: str) -> Any:
    """The class that ``code`` defines below ``base`` of ``module``."""
    for name in [module.rpartition(".")[0], module.rpartition(".")[0].rpartition(".")[0], module]:
        if name:
            patch.setitem(sys.modules, name, ModuleType(name))
    setattr(sys.modules[module], base, type(base, (), {}))
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    return names["Runwatch"]


def test_a_trainer_of_hugging_face(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    callback = defined(blocks("Hugging Face")[0], monkeypatch, "transformers", "TrainerCallback")()
    run = writing.init()
    for zero, step in ((True, 10), (False, 10), (True, 20)):
        state = SimpleNamespace(is_world_process_zero=zero, global_step=step)
        callback.on_log(None, state, None, logs={"loss": 1 / step, "epoch": 0.5}, model=None)
    assert values_of(run.path) == {10: {"loss": 0.1, "epoch": 0.5}, 20: {"loss": 0.05, "epoch": 0.5}}


def test_a_trainer_of_lightning(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    utilities = ModuleType("lightning.pytorch.utilities")
    vars(utilities)["rank_zero_only"] = lambda method: method  # as in the process of rank 0
    monkeypatch.setitem(sys.modules, utilities.__name__, utilities)
    logger = defined(blocks("Lightning")[0], monkeypatch, "lightning.pytorch.loggers", "Logger")()
    assert not logger.version
    run = writing.init(config={"lr": 0.2})
    logger.log_hyperparams({"lr": 0.1})
    logger.log_metrics({"train/loss": 1.5, "epoch": 0}, step=0)
    logger.log_metrics({"val/loss": 1.0, "epoch": 0}, 0)
    assert record_of(run.path, "config.json") == {"lr": 0.1}
    assert values_of(run.path) == {0: {"train/loss": 1.5, "val/loss": 1.0, "epoch": 0}}
    assert (logger.name, logger.version) == ("runwatch", run.id)


def test_every_block_is_python() -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(code) == 6
    for block in code:
        compile(block, str(PAGE), "exec")
