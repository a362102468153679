"""Series that are logged together share their steps; those that part keep their past."""

from __future__ import annotations

import numpy as np

from logstore.model.curves import Curves
from logstore.model.delta import Block, Column


def block(steps: list[float], **columns: list[float] | tuple[list[int], list[float]]) -> Block:
    made: dict[str, Column] = {}
    shared: dict[tuple[int, ...], np.ndarray[tuple[int], np.dtype[np.int64]]] = {}
    for name, column in columns.items():
        if isinstance(column, tuple):
            rows = shared.setdefault(tuple(column[0]), np.array(column[0], np.int64))
            made[name] = Column(rows, np.array(column[1], float))
        else:
            made[name] = Column(None, np.array(column, float))
    return Block(np.array(steps, float), np.array(steps, float) + 100, made)


def test_columns_of_whole_rows_share_one_axis() -> None:
    curves = Curves()
    for low in (0.0, 2.0):
        curves.extend(block([low, low + 1], loss=[1, 2], acc=[3, 4]))
    assert curves["loss"].axis is curves["acc"].axis
    assert np.shares_memory(curves["loss"].steps, curves["acc"].steps)
    assert curves["acc"].values.tolist() == [3, 4, 3, 4]
    assert curves["loss"].steps.tolist() == [0, 1, 2, 3]


def test_columns_that_are_sparse_together_share_one_axis() -> None:
    curves = Curves()
    curves.extend(block([0, 1, 2], loss=[1, 2, 3], val=([2], [9]), val_acc=([2], [8])))
    curves.extend(block([3, 4], loss=[4, 5], val=([0], [7]), val_acc=([0], [6])))
    assert curves["val"].axis is curves["val_acc"].axis
    assert curves["val"].axis is not curves["loss"].axis
    assert curves["val"].steps.tolist() == [2, 3]
    assert curves["val"].times.tolist() == [102, 103]


def test_a_metric_that_stays_away_gets_an_axis_of_its_own() -> None:
    curves = Curves()
    curves.extend(block([0, 1], loss=[1, 2], acc=[3, 4], lr=[5, 6]))
    curves.extend(block([2], loss=[3], lr=[7]))
    curves.extend(block([3], loss=[4], acc=[9], lr=[8]))
    assert curves["loss"].axis is curves["lr"].axis
    assert curves["acc"].axis is not curves["loss"].axis
    assert curves["loss"].steps.tolist() == [0, 1, 2, 3]
    assert curves["acc"].steps.tolist() == [0, 1, 3]
    assert curves["acc"].values.tolist() == [3, 4, 9]


def test_a_metric_that_comes_late_begins_late() -> None:
    curves = Curves()
    curves.extend(block([0], loss=[1]))
    curves.extend(block([1], loss=[2], acc=[5]))
    assert list(curves) == ["loss", "acc"]
    assert curves["acc"].steps.tolist() == [1]


def test_a_fork_reaches_every_axis() -> None:
    curves = Curves()
    curves.extend(block([0, 1, 2], loss=[1, 2, 3], val=([2], [9])))
    curves.fork(1)
    curves.extend(block([1], loss=[5]))
    assert curves["loss"].values.tolist() == [1, 5]
    assert len(curves["val"]) == 0
    assert curves["val"].ghost[0].tolist() == [2]


def test_a_metric_that_parts_after_a_fork_keeps_its_ghost() -> None:
    curves = Curves()
    curves.extend(block([0, 1], loss=[1, 2], acc=[3, 4]))
    curves.fork(1)
    curves.extend(block([1], loss=[5]))
    assert curves["acc"].ghost[1].tolist() == [4]
    assert curves["loss"].ghost[1].tolist() == [2]
    assert curves["acc"].values.tolist() == [3]
