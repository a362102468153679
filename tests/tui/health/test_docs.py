"""docs/alerts.md against the code: every rule with what it really says, every setting with its default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from collectors.backend import GpuSample
from collectors.samples import Sample
from logstore.model.delta import Event
from tests.tui.health import scenes
from tests.tui.health.scenes import BREAK, healthy
from tests.tui.health.traces import START, Player, Scene, Second
from tests.tui.notify.messages import message
from tui.health.checked import default_of
from tui.health.thresholds import RULES, Thresholds
from tui.notify.destinations import Destinations
from tui.notify.message import compose

PAGE = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text()


def told_by_the_training(second: int) -> Second:
    event = Event(START + 5, "alert", "bad batch", "3 of 512 samples were empty", "WARN")
    return Second(healthy(second).rows, events=(event,) if second == 5 else ())


SCENES: dict[str, tuple[Scene, int]] = {
    "nonfinite": (scenes.nan_loss, 20),
    "divergence": (scenes.diverging, 60),
    "plateau": (healthy, 1400),
    "stall": (scenes.stuck_loader, 310),
    "starvation": (scenes.slow_loader, 200),
    "hang": (scenes.hang_of_one_rank, 100),
    "idle_gpu": (scenes.unused_device, 10),
    "memory": (scenes.memory_leak, 300),
    "thermal": (scenes.thermal, 60),
    "power": (scenes.power_brake, 60),
    "slow_gpu": (scenes.slow_clock, 200),
    "hardware": (scenes.xid, 10),
    "disk": (scenes.disk_filling, 400),
    "host_memory": (scenes.memory_limit, 10),
    "silent": (scenes.silent_sampler, 30),
    "crashed": (scenes.crash, 20),
    "finished": (scenes.finish_in_a_stall, 120),
    "logged": (told_by_the_training, -300),
}


def sections() -> dict[str, str]:
    """The text of each rule's section, by its name."""
    part = PAGE.partition("## The rules")[2].partition("## Thresholds")[0]
    return dict(zip(*[iter(re.split(r"^### (\w+)$", part, flags=re.MULTILINE)[1:])] * 2, strict=True))


def example(rule: str) -> str:
    (found,) = re.findall(r"^> (.*)$", sections()[rule], flags=re.MULTILINE)
    return str(found)


def lines(player: Player) -> Iterator[str]:
    for told in player.told:
        yield compose(told.change, player.runs.get(told.alert.run or ""), "gpu01", "/store").line


def test_every_rule_has_its_section_in_order() -> None:
    assert list(sections()) == list(RULES)


@pytest.mark.parametrize("rule", SCENES)
def test_an_example_is_what_the_rule_says(rule: str) -> None:
    scene, seconds = SCENES[rule]
    wanted: dict[str, object] = {"off": [other for other in RULES if other != rule], "plateau_hours": 0.2}
    player = Player(Thresholds.from_mapping(wanted))
    player.play(scene, BREAK + seconds)
    assert example(rule) in list(lines(player))


def test_the_example_of_memory_that_nobody_holds() -> None:
    player = Player()
    values = {"util": 0.0, "memory_used": 20.0 * 2**30, "memory_total": 80.0 * 2**30}
    for second in range(310):
        player.telemetry.apply(Sample(START + second, gpus=(GpuSample(0, "GPU-0000", "H200", "ok", values, (), ()),)))
        player.dog.evaluate({}, player.telemetry, START + second)
        if player.dog.changes:
            assert compose(player.dog.changes[0], None, "gpu01", "/store").line == example("orphan_memory")
            return
    pytest.fail("nothing was told")


def shown(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(value) or "none"
        case dict() | "":
            return "none"
        case str():
            return value
        case _:
            return f"{value:.10g}" if value % 1 else str(int(value))


@pytest.mark.parametrize("table", [Thresholds, Destinations])
def test_every_setting_stands_in_its_table(table: Any) -> None:
    for each in fields(table):
        assert f"| `{each.name}` | {shown(default_of(each))} | {each.metadata['help']} |" in PAGE


def test_no_setting_stands_there_that_is_none() -> None:
    known = {each.name for table in (Thresholds, Destinations) for each in fields(table)} | message().fields.keys()
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)) == known


def test_the_settings_that_the_text_names_exist() -> None:
    known = {each.name for table in (Thresholds, Destinations) for each in fields(table)}
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", "".join(sections().values())))
    assert named <= known | set(RULES)
