"""One row of the benchmark table: what we measured, what stands beside it, and how the two compare.

Every module of ``benchmarks`` that measures something has ``rows(quick: bool) -> list[Row]``. A figure that was not
measured is ``None``, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of ours beside a floor or a peer, measured in the same run of the benchmark.

    Attributes:
        name: What was measured, in a few words: ``"log() of 5 scalars, median"``.
        ours: Our figure, or None where it could not be measured.
        ours_unit: Its unit: ``"µs"``, ``"ms"``, ``"B/value"``. The figure beside has the same one.
        beside: The floor's or the peer's figure, or None where there is none.
        beside_name: Whose figure that is: ``"orjson.dumps + os.write"``.
        ratio: ``ours / beside``, or None where either is missing; smaller is better unless the name says otherwise.
        target: The figure to reach, as text: ``"≤ 2.5×"``, ``"< 60 ms"``; empty where there is none.
    """

    name: str
    ours: float | None
    ours_unit: str
    beside: float | None = None
    beside_name: str = ""
    ratio: float | None = None
    target: str = ""


def ratio_row(name: str, ours: float, unit: str, beside: float, beside_name: str, target: str = "") -> Row:
    """A row whose ratio follows from its two figures."""
    return Row(name, ours, unit, beside, beside_name, ours / beside if beside else None, target)
