"""What the machine does: GPUs, host, and the processes of a run.

Nothing here knows ``logstore`` or ``tui``.
"""
