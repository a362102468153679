"""The scenes: what a run and its machine do, second by second. Each begins with a while of ordinary training."""

from __future__ import annotations

import math
from dataclasses import replace

from tests.tui.health.traces import GIB, IDLE, SPIN, START, Device, Second, ended, loss, row, training

BREAK = 400
"""The second at which something happens."""


def healthy(second: int) -> Second:
    return Second(training(second))


def before(second: int) -> Second | None:
    """Ordinary training until the break."""
    return healthy(second) if second < BREAK else None


def collective_hang(second: int) -> Second:
    return before(second) or Second(devices=(SPIN, SPIN), worker_cpu=0.0)


def hang_of_one_rank(second: int) -> Second:
    return before(second) or Second(devices=(SPIN, IDLE), worker_cpu=0.0)


def stuck_loader(second: int) -> Second:
    return before(second) or Second(devices=(IDLE, IDLE), worker_cpu=0.7, worker_state="D", main_cpu=1.0)


def deadlocked_loader(second: int) -> Second:
    return before(second) or Second(devices=(IDLE, IDLE), worker_cpu=0.5, worker_state="S", main_cpu=1.0)


def loader_too_slow_for_a_step(second: int) -> Second:
    return before(second) or Second(devices=(IDLE, IDLE), worker_cpu=98.0, worker_state="R")


def slow_loader(second: int) -> Second:
    """A step every four seconds, the GPUs at work for one of them."""
    early = before(second)
    if early:
        return early
    step = BREAK + (second - BREAK) // 4
    busy = Device() if second % 4 == 0 else IDLE
    rows = row(step, train__loss=loss(step)) if second % 4 == 0 else {}
    return Second(rows, devices=(busy, busy), worker_cpu=97.0, worker_state="R")


def no_workers_slow(second: int) -> Second:
    """The same without data workers: the main process loads."""
    return (
        replace(slow_loader(second), workers=0, main_cpu=99.0)
        if second >= BREAK
        else replace(healthy(second), workers=0)
    )


def short_checkpoint(second: int) -> Second:
    """40 s of silence."""
    if BREAK <= second < BREAK + 40:
        return Second(devices=(IDLE, IDLE), worker_cpu=0.0)
    return healthy(second)


def long_checkpoint_in_the_directory(second: int) -> Second:
    """200 s during which the run's directory grows."""
    if BREAK <= second < BREAK + 200:
        return Second(devices=(IDLE, IDLE), worker_cpu=0.0, grew=second % 10 == 0)
    return healthy(second)


def long_checkpoint_elsewhere(second: int) -> Second:
    """200 s during which the process writes somewhere else, the other rank spinning in a barrier."""
    if BREAK <= second < BREAK + 200:
        return Second(devices=(IDLE, SPIN), worker_cpu=0.0, written=800e6)
    return healthy(second)


def logged_evaluation(second: int) -> Second:
    """Ten minutes of evaluation that logs a row every 20 s and makes no training step."""
    if BREAK <= second < BREAK + 600:
        return Second(row(BREAK + second, val__loss=2.5) if second % 20 == 0 else {})
    return Second(row(BREAK + second, train__loss=loss(second))) if second >= BREAK else healthy(second)


def silent_evaluation(second: int) -> Second:
    """Two minutes of evaluation that logs nothing, the GPUs at work."""
    return Second() if BREAK <= second < BREAK + 120 else healthy(second)


def evaluation_each_time(second: int) -> Second:
    """Every 300 s an evaluation of 100 s that logs nothing and writes nothing, as after each epoch."""
    return Second() if second >= BREAK and (second - BREAK) % 300 < 100 else healthy(second)


def endless_step(second: int) -> Second:
    """No step any more although the GPUs work."""
    return before(second) or Second()


def diverging(second: int) -> Second:
    """From the break on the loss grows by 6 % a step, up to where it stays."""
    over = max(0, second - BREAK)
    return Second(row(second, train__loss=min(11.0, loss(second) * 1.06**over)))


def diverging_and_back(second: int) -> Second:
    factor = 3.0 if BREAK <= second < BREAK + 60 else 1.0
    return Second(row(second, train__loss=factor * loss(second)))


def warm_up_spikes(second: int) -> Second:
    """Wild for the first 40 steps, later a spike of three points every hundred."""
    wild = 5.0 if second < 40 and second % 3 == 0 else 1.0
    spike = 6.0 if second > 100 and second % 100 < 3 else 1.0
    return Second(row(second, train__loss=loss(second) * wild * spike))


def creeping(second: int) -> Second:
    """After it was good, 0.3 % worse with every step."""
    return Second(row(second, train__loss=loss(second) * 1.003 ** max(0, second - BREAK)))


def policy_loss(second: int) -> Second:
    """A loss that swings around zero, as in reinforcement learning."""
    swing = 0.05 * math.sin(second / 17) + 0.02 * (loss(second) / loss(second, seed=8) - 1)
    return Second(row(second, train__policy_loss=swing))


def nan_loss(second: int) -> Second:
    """The gradient norm of rank 1 goes first, the loss two steps later."""
    if second < BREAK:
        return Second({0: _row(second, loss(second), 1.0), 1: _row(second, loss(second), 1.1)})
    bad = math.nan if second >= BREAK + 2 else loss(second)
    return Second({0: _row(second, bad, 1.0), 1: _row(second, bad, math.inf)})


def _row(step: int, value: float, norm: float) -> dict[str, float]:
    return {"_step": step, "train/loss": value, "grad_norm": norm}


def skipped_step(second: int) -> Second:
    """One infinite gradient norm, as when a loss scaler skips a step."""
    norm = math.inf if second == BREAK else 1.0
    return Second(row(second, train__loss=loss(second), grad_norm=norm))


def thermal(second: int) -> Second:
    """One device too hot for 90 s, flickering, its clock well below the other's."""
    if BREAK <= second < BREAK + 90:
        hot = Device(clock=1300.0, temperature=91.0, reasons=("sw_thermal",) if second % 4 else ())
        return Second(training(second), devices=(Device(), hot))
    return healthy(second)


def slow_clock(second: int) -> Second:
    """One device at two thirds of the others' clock, without a reason."""
    slow = Device(clock=1300.0) if second >= BREAK else Device()
    return Second(training(second), devices=(Device(), slow))


def power_brake(second: int) -> Second:
    braked = Device(power=300.0, reasons=("hw_power_brake", "hw_slowdown")) if second >= BREAK else Device()
    return Second(training(second), devices=(braked, Device()))


def power_capped(second: int) -> Second:
    """At its power limit all the time, which is normal."""
    return Second(training(second), devices=(Device(power=700.0), Device(power=700.0)))


def memory_leak(second: int) -> Second:
    """Nearly full and 3 MiB more every second."""
    used = 70.0 + 0.003 * max(0, second - BREAK) * 2
    return Second(training(second), devices=(Device(memory=min(79.5, 76.5 + used - 70.0)), Device()))


def memory_full_and_flat(second: int) -> Second:
    """A caching allocator: 97 % from the first minute on."""
    used = min(78.0, 2.0 * second)
    return Second(training(second), devices=(Device(memory=used), Device(memory=used)))


def unused_device(second: int) -> Second:
    return Second(training(second), devices=(Device(), IDLE))


def merely_open(second: int) -> Second:
    """CUDA opened every device, the run works on one."""
    return Second(training(second), devices=(Device(), IDLE), via="device file")


def never_starts(second: int) -> Second:
    """No row at all, the GPUs idle."""
    return Second(devices=(IDLE, IDLE), worker_cpu=0.0)


def disk_filling(second: int) -> Second:
    """100 MiB a second of what was 300 GiB."""
    free = 300 * GIB - (second - BREAK) * 100 * 2**20 if second >= BREAK else 300 * GIB
    return Second(training(second), host={"disk/free": max(0.0, free)})


def one_large_file(second: int) -> Second:
    """A checkpoint of 40 GiB in ten seconds, of 300 GiB."""
    free = 300 - 4 * min(10, max(0, second - BREAK))
    return Second(training(second), host={"disk/free": free * GIB})


def inodes_gone(second: int) -> Second:
    free = 1000.0 if second >= BREAK else 900_000.0
    return Second(training(second), host={"disk/inodes_free": free, "disk/inodes_total": 1e6})


def memory_limit(second: int) -> Second:
    """A control group of 100 GiB that fills, until the kernel kills a worker."""
    used = min(99.0, 50.0 + 0.2 * second)
    over = second >= BREAK
    limit = {"memory/total": 100 * GIB, "memory/host_total": 1000 * GIB, "memory/oom_kills": 1.0 if over else 0.0}
    return Second(training(second), host={**limit, "memory/used": (40.0 if over else used) * GIB})


def device_lost(second: int) -> Second:
    gone = Device(status="lost") if second >= BREAK else Device()
    return Second(training(second), devices=(Device(), gone))


def xid(second: int) -> Second:
    return Second(training(second), xids=(79,) if second == BREAK else ())


def xid_of_the_program(second: int) -> Second:
    return Second(training(second), xids=(31,) if second == BREAK else ())


def ecc(second: int) -> Second:
    errors = 3.0 if second >= BREAK else 1.0
    return Second(training(second), devices=(Device(more={"ecc_uncorrected": errors}), Device()))


def silent_sampler(second: int) -> Second:
    return Second(training(second), sampled=not BREAK <= second < BREAK + 60)


def no_gpu_at_all(second: int) -> Second:
    return Second(training(second), devices=None)


def stall_without_telemetry(second: int) -> Second:
    return (before(second) and Second(training(second), sampled=False)) or Second(sampled=False)


def crash(second: int) -> Second:
    if second < BREAK:
        return healthy(second)
    return Second(record=ended("failed", START + BREAK, exit_code=1, error="CUDA out of memory"), devices=(IDLE, IDLE))


def finish_in_a_stall(second: int) -> Second:
    """Silent for 100 s, then it finishes."""
    if second < BREAK:
        return healthy(second)
    record = ended("finished", START + second, exit_code=0) if second >= BREAK + 100 else None
    return Second(devices=(IDLE, IDLE), worker_cpu=0.0, record=record)
