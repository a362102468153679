"""What happens to devices is told once, and of the run that had the device when it happened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from logstore.model.delta import Delta, RunDelta
from tests.tui.health.elsewhere import block, elsewhere
from tests.tui.health.scenes import BREAK, device_lost, healthy, xid
from tests.tui.health.traces import ALIVE, HOST, IDLE, KEY, START, Player, Second, Told, ended, play


def dying(second: int) -> Second:
    """The run ends five seconds after the fault."""
    if second < BREAK + 5:
        return xid(second)
    return Second(record=ended("failed", START + BREAK + 5, exit_code=1), devices=(IDLE, IDLE))


def dying_at_once(second: int) -> Second:
    """The fault took the process along: the sample that tells it no longer shows one."""
    if second < BREAK:
        return healthy(second)
    codes = (79,) if second == BREAK else ()
    return Second(record=ended("failed", START + BREAK, exit_code=1), devices=(IDLE, IDLE), xids=codes)


def told(scene_told: list[Told]) -> list[tuple[str, str | None, str]]:
    return [
        (each.change.what, each.alert.run, each.alert.subject) for each in scene_told if each.alert.rule == "hardware"
    ]


def test_a_fault_stays_the_run_s_when_it_ends_the_run() -> None:
    assert told(play(dying, BREAK + 300)) == [("raised", KEY, "0 xid 79")]


def test_a_fault_that_takes_the_process_along_is_the_run_s() -> None:
    assert told(play(dying_at_once, BREAK + 300)) == [("raised", KEY, "0 xid 79")]


def test_a_fault_before_anything_ran_is_the_machine_s() -> None:
    early = replace(healthy(0), xids=(79,), record=ended("finished", START), devices=(IDLE, IDLE))
    assert told(play(lambda second: early if second == 0 else replace(early, xids=()), 300)) == [
        ("raised", None, "0 xid 79")
    ]


def test_a_lost_device_is_lost_to_the_run_that_had_it() -> None:
    """The driver lists no processes there any more."""
    assert told(play(device_lost, BREAK + 60)) == [("raised", KEY, "1")]


def noted(second: int) -> RunDelta:
    """The row of the run's own sampler about an error at the break, which comes five seconds later."""
    values = {"gpu/0/util": 97.0, "gpu/0/own": 1.0} | ({"gpu/0/xid": 79.0} if second == BREAK + 5 else {})
    row = (block(START + second, START + second, values),)
    return RunDelta(KEY, Path("/store") / KEY, system={HOST: row}, liveness=ALIVE, last_write=START + second)


@pytest.mark.parametrize("heard", [True, False])
def test_an_error_here_is_told_once_whoever_heard_it(heard: bool) -> None:
    """A driver may tell the sampler of the run, started as another user, what it does not tell ours."""
    player = Player()
    for second in range(BREAK + 300):
        if second % 5 == 0:
            player.runs.apply(Delta((noted(second),)))
        player.tick(second, xid(second) if heard else healthy(second))
    assert told(player.told) == [("raised", KEY, "0 xid 79" if heard else f"{HOST} 0 xid 79")]


FINE = {"gpu/0/util": 97.0, "gpu/0/own": 1.0, "gpu/0/throttled": 0.0}
OTHERS = {"gpu/1/util": 97.0, "gpu/1/own": 0.0}


def test_an_error_on_another_host_is_told_once_from_the_run_s_own_rows() -> None:
    quiet = {"node1": FINE, "node2": FINE | OTHERS}
    bad = {"node1": FINE, "node2": FINE | OTHERS | {"gpu/0/xid": 79.0, "gpu/1/xid": 31.0}}
    text = "GPU 0 on node2: XID 79: the GPU has fallen off the bus; reboot the machine"
    assert elsewhere(*[quiet] * 30, bad, *[quiet] * 900) == [("raised", KEY, "node2 0 xid 79", text)]


def test_the_same_device_of_two_hosts_is_two() -> None:
    quiet = {"node1": FINE, "node2": FINE}
    lost: dict[str, float] = {"gpu/0/lost": 1.0, "gpu/0/own": 1.0}
    found = elsewhere(*[quiet] * 30, {"node1": lost, "node2": FINE}, *[{"node1": lost, "node2": lost}] * 10)
    assert [(what, subject) for what, _, subject, _ in found] == [("raised", "node1 0"), ("raised", "node2 0")]
