"""What a device's numbers mean to a person."""

from __future__ import annotations

import pytest

from tests.tui.fake_machine import GIB, gpu, machine
from tui.machine.gpu_words import bytes_pair, idle_seconds, memory_cells, memory_text, reason_words, severe, trouble
from tui.machine.telemetry import Owner

RUN = Owner("run", ("p/otter",), ("otter",))


@pytest.mark.parametrize(
    ("used", "total", "text"),
    [
        (71.2 * GIB, 80 * GIB, "71.2/80 GiB"),
        (0, 80 * GIB, "0.0/80 GiB"),
        (140.4 * GIB, 141 * GIB, "140/141 GiB"),
        (1.25 * 1024 * GIB, 2 * 1024 * GIB, "1.2/2 TiB"),
        (300 * GIB, 1.5 * 1024 * GIB, "0.3/1.5 TiB"),
        (None, 80 * GIB, "–/80 GiB"),
        (3 * GIB, None, "3.0 GiB"),
        (None, None, "–"),
    ],
)
def test_used_and_total_are_given_in_the_unit_of_the_total(used: float | None, total: float | None, text: str) -> None:
    assert bytes_pair(used, total) == text


def test_the_memory_of_a_device_never_takes_more_cells_than_it_says() -> None:
    for total in (8, 24, 80, 141, 288):
        texts = []
        for share in range(101):
            values = {"memory_used": share / 100 * total * GIB, "memory_total": total * GIB}
            (device,) = machine([gpu(0, values=values)]).gpus
            texts.append(memory_text(device))
            assert len(texts[-1]) <= memory_cells(device)
        assert max(map(len, texts)) == memory_cells(device)


def test_reasons_are_told_in_words_and_idle_is_none() -> None:
    assert reason_words(["idle", "sw_power_cap", "hw_thermal", "new_one"]) == ["power cap", "overheating", "new one"]
    assert severe(["idle", "sw_power_cap", "hw_slowdown"]) == ["hw_slowdown"]


def test_idle_time_is_counted_from_the_last_busy_sample() -> None:
    telemetry = machine([gpu(0, 97.0)], ticks=5)
    quiet = machine([gpu(0, 0.0)], ticks=90).gpus[0]
    assert idle_seconds(telemetry.gpus[0]) == 0.0
    assert idle_seconds(quiet) == 89.0
    quiet.history.append(quiet.history.times[-1] + 1, {"util": 40.0})
    assert idle_seconds(quiet) == 0.0
    quiet.history.append(quiet.history.times[-1] + 1, {"util": 3.0})
    quiet.history.append(quiet.history.times[-1] + 7, {"util": 3.0})
    assert idle_seconds(quiet) == 7.0


def test_a_device_that_does_not_say_is_not_idle() -> None:
    assert idle_seconds(machine([gpu(0, None)], ticks=90).gpus[0]) == 0.0
    assert idle_seconds(machine([], ticks=1).gpu("x") or machine([gpu(0)]).gpus[0]) == 0.0


def test_trouble_is_what_deserves_a_look_and_names_the_worst() -> None:
    assert trouble(machine([gpu(0, status="lost", values={})]).gpus[0], RUN) == "lost"
    assert trouble(machine([gpu(0, reasons=("sw_power_cap", "hw_power_brake"))]).gpus[0], RUN) == "power brake"
    assert trouble(machine([gpu(0, reasons=("sw_power_cap",))]).gpus[0], RUN) == ""
    assert trouble(machine([gpu(0, 0.0)], ticks=90).gpus[0], RUN) == "idle 1m29s"
    assert trouble(machine([gpu(0, 0.0)], ticks=30).gpus[0], RUN) == ""
    assert trouble(machine([gpu(0, 0.0)], ticks=90).gpus[0], Owner("free")) == ""
