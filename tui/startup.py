"""What makes the first frame come sooner: nothing that was imported is garbage, and one thread is enough for numpy.

OpenBLAS starts a thread for each core when numpy is loaded, which takes longer than loading the rest of numpy (50 ms on
two cores, more on a large machine), and nothing here multiplies matrices. The garbage collector looks through every
function and class while they are made; it comes back as soon as the app stands, and then leaves them out for good,
so that it costs less while the app runs too.
"""

from __future__ import annotations

import gc
import os
from collections.abc import MutableMapping


def begin(environ: MutableMapping[str, str] = os.environ) -> None:
    """Before numpy and Textual are imported."""
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()


def done() -> None:
    """When the app stands: take back what ``begin`` did, if it did."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
