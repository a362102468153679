"""What the sampler costs a training: the same small network, step after step, with and without it.

    python -m benchmarks.gpu_training [SECONDS [ROUNDS]]     one JSON object
    python -m benchmarks.gpu_training --load                 says where it trains, and trains until it is ended

PyTorch on the GPU where that can be had, PyTorch or numpy on the processor where not. The two ways take turns within
one process (with, without, without, with), each round a run of its own, so that neither the clocks of the chip nor the
caches favour one of them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import NoReturn

import numpy as np

import logstore

SECONDS, ROUNDS = 8.0, 3
INTERVAL = 1.0
"""Seconds between samples, five times as often as a run's sampler takes them by itself."""
WARM_UP = 20
BATCH, WIDTH, CLASSES = 256, 1024, 10

Step = Callable[[], float]


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu_training")
    parser.add_argument("seconds", nargs="?", type=float, default=SECONDS)
    parser.add_argument("rounds", nargs="?", type=int, default=ROUNDS)
    parser.add_argument("--load", action="store_true", help="train until ended, and measure nothing")
    asked = parser.parse_args()
    if asked.load:
        load()
    print(json.dumps(measure(asked.seconds, asked.rounds)))


def load() -> NoReturn:
    """Train without end, and say where once it has begun."""
    where, step = torch_step() or numpy_step()
    for _ in range(WARM_UP):
        step()
    print(where, flush=True)
    while True:
        step()


def measure(seconds: float, rounds: int) -> dict[str, object]:
    """Step times in milliseconds, with the sampler and without."""
    where, step = torch_step() or numpy_step()
    for _ in range(WARM_UP):
        step()
    spent: dict[bool, list[list[float]]] = {True: [], False: []}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as store:
        for sampled in chain.from_iterable(((True, False), (False, True))[number % 2] for number in range(rounds)):
            spent[sampled].append(train(step, seconds, Path(store), sampled=sampled))
        trouble = complaint(Path(store))
    ratios = [statistics.median(a) / statistics.median(b) for a, b in zip(spent[True], spent[False], strict=True)]
    return {
        "where": where,
        "with": summary(list(chain.from_iterable(spent[True]))),
        "without": summary(list(chain.from_iterable(spent[False]))),
        "ratios": ratios,
        "interval": INTERVAL,
        "complaint": trouble,
    }


def complaint(store: Path) -> str | None:
    """What the sampler said of why it had no GPU, if it said so: without them it costs less."""
    texts = [file.read_bytes() for file in store.glob("**/system.*.jsonl")]
    rows = [json.loads(line) for text in texts for line in text.splitlines() if b'"kind":"state"' in line]
    return next((f"{row['gpu']}: {row['why']}" for row in rows if row["gpu"] != "ok"), None)


def train(step: Step, seconds: float, store: Path, *, sampled: bool) -> list[float]:
    """Train for some seconds as a run that logs every step; milliseconds of each step, its ``log`` included."""
    system: float | bool = INTERVAL if sampled else False
    run = logstore.init("gpu-check", dir=store, system=system, git=False, packages=False, hardware=False, console=False)
    spent: list[float] = []
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        run.log({"train/loss": step()})
        spent.append((time.perf_counter() - begun) * 1e3)
    run.finish()
    return spent


def summary(spent: Sequence[float]) -> dict[str, float]:
    """Count, median and 99th percentile."""
    ordered = sorted(spent)
    return {
        "steps": len(ordered),
        "median": statistics.median(ordered),
        "p99": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
    }


def torch_step() -> tuple[str, Step] | None:
    """A step of a perceptron in PyTorch, and where it runs; None where PyTorch is not installed."""
    try:
        import torch
    except ImportError:
        return None
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = torch.nn.Sequential(
        torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.GELU(), torch.nn.Linear(4 * WIDTH, CLASSES)
    ).to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4)
    inputs = torch.randn(BATCH, WIDTH, device=device)
    labels = torch.randint(CLASSES, (BATCH,), device=device)

    def step() -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(inputs), labels)
        loss.backward()
        optimizer.step()
        return float(loss)  # waits for the GPU

    name = torch.cuda.get_device_name() if device == "cuda" else "the processor"
    return f"PyTorch {torch.__version__} on {name}", step


def numpy_step() -> tuple[str, Step]:
    """A step of gradient descent of a linear classifier in numpy, on the processor."""
    rng = np.random.default_rng(0)
    inputs, labels = rng.standard_normal((BATCH, WIDTH)), rng.integers(CLASSES, size=BATCH)
    weights = np.zeros((WIDTH, CLASSES))

    def step() -> float:
        scores = inputs @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        loss = float(-np.log(shares[np.arange(BATCH), labels] + 1e-12).mean())
        shares[np.arange(BATCH), labels] -= 1
        weights[:] -= 0.01 * inputs.T @ shares / BATCH
        return loss

    return f"numpy {np.__version__} on the processor, since PyTorch is not installed", step


if __name__ == "__main__":
    main()
