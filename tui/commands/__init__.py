"""The commands of ``tui``, one module each: parse, ask the store, print or open the app.

numpy's linear algebra, which none of them uses, would start a thread for each core when it is imported, on the machines
this is made for dozens; it gets one, unless somebody says otherwise.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
