"""Memory while much is read: the cyclic garbage collector is held, and what was freed is given back afterwards."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 10_000
"""Objects made at a time from which they are not looked at one by one."""


@contextmanager
def paused() -> Iterator[None]:
    """Hold the collector for a moment: a bounded piece of work that makes no cycles.

    Parsing makes a container for each row and drops it at once. Each few hundred of them would start a collection that
    finds nothing, and the larger the program the longer it looks: a quarter of the time to read a thousand runs.
    Whoever switched the collector off finds it off afterwards.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > MANY and not gc.get_freeze_count():
            _grow_old()
        gc.enable()


def _grow_old() -> None:
    """Put all objects to the old ones, which are looked at rarely.

    Otherwise the first collection would look at every one, to find that hardly any is garbage: a tenth of the time to
    read ten thousand runs.
    """
    gc.freeze()
    gc.unfreeze()


def settle() -> None:
    """What is there now is there to stay: later collections need not look at it.

    With ten thousand runs a full collection takes a third of a second, during which no key is answered.
    """
    gc.freeze()


def give_back() -> None:
    """Let the system have the memory that was freed; the C library would keep it for later.

    After a run of gigabytes that is a hundred megabytes. Without ``malloc_trim(3)`` (musl) nothing is done.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
