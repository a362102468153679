"""What was read of runs, as screens and scripts look at it: pure memory, changed by nothing but ``apply``."""
